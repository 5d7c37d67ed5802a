"""Words of certificates: how one stands, where else to go, what is wrong with a row of a file."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from flask import g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user

from blueprints.certificates import certificates
from core import clock
from core.i18n import language
from tenants.certificates.models import Certificate
from tenants.certificates.queries import AUTHORS, MANAGERS

STANDINGS = {
    "valid": (_l("Valid"), "ok", "check"), "soon": (_l("Ends soon"), "warn", "clock"),
    "expired": (_l("Expired"), "warn", "clock"), "replaced": (_l("Replaced"), "", "again"),
    "revoked": (_l("Revoked"), "warn", "cross"),
}  # fmt: skip


@certificates.app_template_global()
def standing_of(certificate: Certificate) -> str:
    """Return how the certificate stands today, as a word for code."""
    return certificate.standing(clock.today(g.academy.zone))


@certificates.app_template_global()
def standing_tag(certificate: Certificate) -> tuple[Any, str, str]:
    """Return how the certificate stands today: the words, the kind of tag, the icon."""
    return STANDINGS[standing_of(certificate)]


@certificates.app_template_global()
def hours_text(hours: Decimal | None) -> str:
    """Return `12.5 study hours`, nothing for none."""
    if not hours:
        return ""
    number = format_decimal(hours.normalize(), locale=language())
    return ngettext("%(hours)s study hour", "%(hours)s study hours", 1 if hours == 1 else 2, hours=number)


@certificates.app_template_global()
def certificate_tabs(here: str) -> list[dict[str, object]]:
    """Return the places around certificates that this person may go to; nothing for who has one place only."""
    places = [("index", _("My certificates"), None), ("record", _("My study record"), None), ("issued", _("Issued"), MANAGERS), ("designs", _("Designs"), AUTHORS)]
    open_ = [(name, label) for name, label, roles in places if roles is None or current_user.roles & roles]
    return [{"label": label, "url": url_for("study.own" if name == "record" else f"certificates.{name}"), "current": name == here}
            for name, label in open_] if len(open_) > 1 else []  # fmt: skip
