"""Report a message; and the moderators' list of reports, which shows nothing that was not reported."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.chat.blueprint import chat
from blueprints.me import me
from core.access import roles, signed_in
from core.errors import Refused
from tenants.chat import moderating, queries, reading, standing
from tenants.chat.rules import MAX_REASON
from tenants.people.queries import member

Answer = str | Response | tuple[str, int]


@chat.route("/messages/<uuid:room_id>/<uuid:message_id>/report", methods=["GET", "POST"])
@signed_in
def report(room_id: UUID, message_id: UUID) -> Answer:
    """Ask a moderator to look at a message, and block its sender if one wants."""
    room = queries.room_for(me(), room_id)
    message = reading.message_in(room, message_id)
    error = ""
    if request.method == "POST":
        try:
            moderating.report(me(), message, request.form.get("reason", ""))
            if request.form.get("block") == "y" and message.sender_id:
                standing.block(me(), member(message.sender_id))
            flash(_("Reported. A moderator looks at it and does not tell who reported it."))
            return redirect(url_for(".room", room_id=room_id), 303)
        except Refused as refused:
            error = {"report reason": _("Say in a few words what is wrong with it, in at most %(most)d characters.", most=MAX_REASON)}.get(
                str(refused), _("This message cannot be reported: it is removed already, or your own."))  # fmt: skip
    page = render_template("chat/report.html", room=room, one=reading.seen([message])[0], error=error, reason=request.form.get("reason", ""),
                           most=MAX_REASON)  # fmt: skip
    return (page, 422) if error else page


@chat.get("/messages/reports")
@roles("manager", "owner")
def reports() -> str:
    """List the reported messages that wait, or those that were decided. The messages themselves are opened one by one."""
    is_open = request.args.get("show") != "decided"
    return render_template("chat/reports.html", cases=moderating.cases(me(), is_open), is_open=is_open, waiting=moderating.open_count(me()))


@chat.get("/messages/reports/<uuid:report_id>")
@roles("manager", "owner")
def case(report_id: UUID) -> str:
    """Show one report with the message; that somebody looked is written down."""
    shown = moderating.case(me(), report_id)
    moderating.looked(me(), shown)
    return render_template("chat/case.html", case=shown, decided_by=queries.who(shown.report.decided_by))


@chat.post("/messages/reports/<uuid:report_id>")
@roles("manager", "owner")
def decide(report_id: UUID) -> Response:
    """Remove the message, warn its sender, or let it stand."""
    moderating.decide(me(), moderating.case(me(), report_id, lock=True), request.form.get("outcome", ""))
    flash(_("Decided."))
    return redirect(url_for(".reports"), 303)


@chat.post("/messages/warnings/read")
@signed_in
def read_warnings() -> Response:
    """Note that the person read the warnings of a moderator."""
    moderating.read_warnings(me())
    return redirect(url_for(".index"), 303)
