"""Operators look after the list: who is on it, what happened to a subscription, take somebody off who phones."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from blueprints.academies.me import me
from blueprints.credentials import here
from blueprints.newsletter.blueprint import newsletter
from core.access import operator
from core.audit.actions import record
from core.newsletter import actions, queries

STATES = {"asked": _l("Not confirmed yet"), "active": _l("Gets it"), "left": _l("Left"), "bounced": _l("Mail came back")}
ACTS = {"asked": _l("Asked for it"), "confirmed": _l("Confirmed"), "left": _l("Left"), "stayed": _l("Came back"), "bounced": _l("Mail came back")}
WAYS = {"page": _l("on the page"), "link": _l("by the link in a mail"), "one-click": _l("by the button of the mail program"),
        "mail": _l("by mail"), "operator": _l("by an operator")}  # fmt: skip


@newsletter.get("/operator/newsletter/people")
@operator
def subscribers() -> str:
    """Show the list; an address is found when it is typed whole."""
    state, email = request.args.get("state") or None, (request.args.get("q") or "").strip()[:320]
    listing = queries.subscribers(state, email, request.args.get("page", 1, type=int))
    return render_template("newsletter/people.html", listing=listing, state=state, words=email, states=STATES, counts=queries.count_by_state())


@newsletter.get("/operator/newsletter/people/<uuid:subscriber_id>")
@operator
def subscriber(subscriber_id: UUID) -> str:
    """Show one subscription and what happened to it."""
    row = queries.subscriber(subscriber_id)
    return render_template("newsletter/person.html", row=row, log=queries.log_of(row), states=STATES, acts=ACTS, ways=WAYS)


@newsletter.post("/operator/newsletter/people/<uuid:subscriber_id>/removal")
@operator
def take_off(subscriber_id: UUID) -> Response:
    """Take somebody off the list who asked for it by phone or letter."""
    row = queries.subscriber(subscriber_id)
    if actions.leave(row, "operator", me().id):
        record("newsletter left", actor_id=me().id, subscriber=str(row.id))
    return here(url_for(".subscriber", subscriber_id=row.id), _("Taken off the list."))
