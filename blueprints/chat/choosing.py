"""Managers: how the academy talks, how long messages are kept, and what holds them."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.chat.blueprint import chat
from blueprints.me import me
from core.access import roles
from core.errors import NotFound, Refused
from tenants.chat import keeping, manners, moderating, queries
from tenants.chat.models import KINDS
from tenants.chat.rules import KEEP_MONTHS, MAX_REASON, SWITCHES

Answer = str | Response | tuple[str, int]


def whole() -> None:
    """Raise NotFound for a manager who sees only chosen groups: these choices are about everybody."""
    if me().is_limited:
        raise NotFound("for everybody")


@chat.route("/settings/messages", methods=["GET", "POST"])
@roles("manager", "owner")
def choose() -> str | Response:
    """Show and change how the academy talks."""
    whole()
    if request.method == "POST":
        manners.choose({name: request.form.get(name) == "y" for name in (*SWITCHES, "minors")}, me())
        flash(_("Saved"))
        return redirect(url_for(".choose"), 303)
    return render_template("chat/choose.html", chosen=queries.manners_chosen(), courses=manners.course_choices(),
                           waiting=moderating.open_count(me()))  # fmt: skip


@chat.post("/settings/messages/courses/<uuid:course_id>")
@roles("manager", "owner")
def choose_course(course_id: UUID) -> Response:
    """Let participants of one course talk to one another, or not."""
    whole()
    if course_id not in {one[0] for one in manners.course_choices()}:
        raise NotFound("no such course")
    manners.choose_course(course_id, {"on": True, "off": False}.get(request.form.get("peers", "")), me())
    flash(_("Saved"))
    return redirect(url_for(".choose", _anchor="courses-h"), 303)


@chat.route("/settings/messages/keeping", methods=["GET", "POST"])
@roles("manager", "owner")
def keep() -> str | Response:
    """Show and change how long messages are kept; and what the next clearing takes."""
    whole()
    if request.method == "POST":
        manners.choose_keeping({kind: request.form.get(kind, 0, type=int) for kind in KINDS}, me())
        flash(_("Saved. Look at what the next clearing takes."))
        return redirect(url_for(".keep", _anchor="plan-h"), 303)
    return render_template("chat/keep.html", manners=queries.manners_chosen(), plan=keeping.plan(me()), channels=keeping.channels(me()),
                           held=keeping.held_talks(), kinds=KINDS, months=KEEP_MONTHS)  # fmt: skip


@chat.route("/settings/messages/rooms/<uuid:room_id>", methods=["GET", "POST"])
@roles("manager", "owner")
def channel(room_id: UUID) -> Answer:
    """Show and change how long the messages of one course or group are kept, and hold them."""
    named, error = keeping.channel_for(me(), room_id), ""
    if request.method == "POST":
        try:
            _change(named)
            flash(_("Saved"))
            return redirect(url_for(".channel", room_id=room_id), 303)
        except Refused:
            error = _("Say in a few words why, in at most %(most)d characters. The people in the room read it.", most=MAX_REASON)
    page = render_template("chat/channel.html", named=named, error=error, reason=request.form.get("reason", ""), months=KEEP_MONTHS, most=MAX_REASON,
                           held_by=queries.who(named.room.held_by), manners=queries.manners_chosen())  # fmt: skip
    return (page, 422) if error else page


def _change(named: queries.Named) -> None:
    wish = request.form.get("do", "")
    if wish == "hold":
        keeping.hold(named.room, request.form.get("reason", ""), me())
    elif wish == "release":
        keeping.release(named.room, me())
    else:
        keeping.keep(named.room, request.form.get("months", type=int), me())


@chat.post("/messages/reports/<uuid:report_id>/hold")
@roles("manager", "owner")
def hold_talk(report_id: UUID) -> Answer:
    """Hold the talk of a reported message, whose other words the manager does not see."""
    shown = moderating.case(me(), report_id)
    try:
        keeping.hold(shown.report.message.room, request.form.get("reason", ""), me())
    except Refused:
        flash(_("Say in a few words why, in at most %(most)d characters. The people in the room read it.", most=MAX_REASON), "error")
        return redirect(url_for(".case", report_id=report_id), 303)
    flash(_("Held. The people in the talk read the reason."))
    return redirect(url_for(".case", report_id=report_id), 303)


@chat.post("/settings/messages/holds/<uuid:room_id>")
@roles("manager", "owner")
def release(room_id: UUID) -> Response:
    """End the hold of a talk."""
    whole()
    keeping.release(keeping.held_talk(room_id), me())
    flash(_("The hold is ended."))
    return redirect(url_for(".keep"), 303)
