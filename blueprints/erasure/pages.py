"""Who is blocked; what goes with a person; their own work as a ZIP; and the removal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, ValidationError

from blueprints import credentials
from blueprints.erasure import erasure
from blueprints.me import me
from core import clock
from core.access import roles
from tenants.audit.actions import record
from tenants.erasure import actions, queries, rules
from tenants.learning import own_work as work

KIND_NAMES = {
    "enrolments": _l("Enrolments"), "progress": _l("Lessons with progress"), "answers": _l("Answers"),
    "tests": _l("Tests taken"), "hand_ins": _l("Hand-ins"), "feedback": _l("Feedback on hand-ins"),
    "messages": _l("Messages at hand-ins"), "certificates": _l("Certificates"), "files": _l("Files"),
    "seats": _l("Seats in sessions"), "surveys": _l("Surveys filled in by name"), "requests": _l("Requests to join a course"),
    "devices": _l("Signed-in devices"), "more": _l("Other records"),
}  # fmt: skip


class ErasureForm(FlaskForm):  # type: ignore[misc]
    """The consequences are read and the person's name is typed."""

    typed = StringField(_l("Type the name"), [DataRequired(_l("Type the name."))],
                        render_kw={"autocomplete": "off", "spellcheck": "false"})  # fmt: skip

    def __init__(self, name: str, **kw: Any) -> None:
        super().__init__(**kw)
        self.name = name

    def validate_typed(self, field: StringField) -> None:
        """Refuse anything but the person's name."""
        if field.data and not rules.is_meant(field.data, self.name):
            raise ValidationError(_("This is not the name of this person. Type %(name)s.", name=self.name))


@erasure.get("/people/blocked")
@roles("owner", "manager")
def blocked() -> str:
    """List who is blocked, and who is about to go."""
    return render_template("erasure/blocked.html", people=queries.blocked())


@erasure.route("/people/<uuid:member_id>/erasure", methods=["GET", "POST"])
@roles("owner", "manager")
def show(member_id: UUID) -> Any:
    """Name what goes with the person, and let it go once their name is typed."""
    member = queries.member_to_erase(member_id, me())
    form, name = ErasureForm(member.name), member.name
    if form.validate_on_submit():
        actions.ask_erasure(member, form.typed.data, me())
        return credentials.here(url_for("people.index"), _("%(name)s is being removed. It takes a minute.", name=name))
    counts = rules.by_kind(queries.what_goes(member.id))
    return credentials.page("erasure/show.html", form, member=member, counts=counts, kind_names=KIND_NAMES)


@erasure.post("/people/<uuid:member_id>/own-work.zip")
@roles("owner", "manager")
def own_work(member_id: UUID) -> Response:
    """Download what the person made here, to hand it to them; that it was fetched is noted."""
    member = queries.member_to_erase(member_id, me())
    record("member.own_work_fetched", actor_id=me().id, member=str(member.id))
    found = work.own_work(member)
    page = render_template("learning/own_work_file.html", work=found, day=clock.now())
    headers = {"Content-Disposition": f'attachment; filename="own-work-{clock.now():%Y-%m-%d}.zip"'}
    return Response(work.pieces(found, page), mimetype="application/zip", headers=headers)
