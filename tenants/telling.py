"""Every feature that tells people of something, imported so that the registry of notices is whole; and one's own notices in
what people take along."""

from __future__ import annotations

from typing import Any

from tenants.catalogue import notices as catalogue
from tenants.certificates import notices as certificates
from tenants.chat import notices as chat
from tenants.exercises import notices as exercises
from tenants.learning import notices as learning
from tenants.learning.own_work import adds_own, stamp
from tenants.notifications.choices import choices_of, times_of
from tenants.notifications.pushing import browsers_of
from tenants.notifications.queries import all_of
from tenants.notifications.registry import tell
from tenants.notifications.rules import clock_words
from tenants.people.models import Member
from tenants.reports import notices as reports
from tenants.sessions import notices as sessions

__all__ = ["catalogue", "certificates", "chat", "exercises", "learning", "reports", "sessions", "tell"]


@adds_own
def own_notices(member: Member) -> dict[str, Any]:
    """Return what the member was told and how they want to be told."""
    times = times_of(member)
    return {
        "notifications": [
            {"kind": one.kind, "page": one.link, "made_at": stamp(one.made_at), "read_at": stamp(one.read_at),
             "mailed_at": stamp(one.mailed_at) if one.was_mailed else None}
            for one in all_of(member)
        ],
        "notification_choices": {
            "kinds": {name: {"app": one.app, "mail": one.mail, "push": one.push} for name, one in choices_of(member).items()},
            "zone": times.zone, "quiet_hours": [clock_words(times.quiet_from), clock_words(times.quiet_until)] if times.is_quiet else None,
            "paused_until": stamp(times.paused_until),
            "browsers": [{"device": one.device, "since": stamp(one.made_at)} for one in browsers_of(member)],
        },
    }  # fmt: skip
