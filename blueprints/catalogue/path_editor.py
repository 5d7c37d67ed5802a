"""Learning paths before their authors: write, order, publish."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from blueprints.catalogue import catalogue
from blueprints.catalogue.pages import Answer
from blueprints.me import is_fragment, me, sent_id
from core.access import roles
from core.errors import Refused
from tenants.catalogue import path_queries as queries
from tenants.catalogue import paths as acts
from tenants.catalogue.models import Path, PathStep
from tenants.courses.actions import MAX_SUMMARY, MAX_TITLE

TITLE = [DataRequired(_l("Give it a title.")), Length(max=MAX_TITLE, message=_l("Keep the title under 200 signs."))]


class NewPathForm(FlaskForm):  # type: ignore[misc]
    """The title is enough to begin."""

    title = StringField(_l("Title"), TITLE)


class PathForm(FlaskForm):  # type: ignore[misc]
    """What a path says of itself."""

    title = StringField(_l("Title"), TITLE)
    summary = TextAreaField(_l("What one can do at its end"), [Length(max=MAX_SUMMARY)])
    order = RadioField(
        _l("Order"), choices=[SelectChoice("steps", _l("Step by step")), SelectChoice("free", _l("Free"))],
    )  # fmt: skip


@catalogue.get("/path-desk")
@roles("trainer", "author", "manager", "owner")
def path_desk() -> str:
    """Show every path of the academy."""
    return render_template("catalogue/path_desk.html", listed=queries.paths_to_edit(me()))


@catalogue.route("/path-desk/new", methods=["GET", "POST"])
@roles("author", "manager", "owner")
def new_path() -> Answer:
    """Begin a path."""
    form = NewPathForm()
    if form.validate_on_submit():
        made = acts.create_path(sent_id(), form.title.data, me())
        return redirect(url_for(".edit_path", path_id=made.id), 303)
    return render_template("catalogue/path_new.html", form=form), 422 if form.errors else 200


@catalogue.route("/path-desk/<uuid:path_id>", methods=["GET", "POST"])
@roles("author", "manager", "owner")
def edit_path(path_id: UUID) -> Answer:
    """Show a path to change it, and change what it says of itself."""
    path = queries.path_to_edit(me(), path_id, lock=request.method == "POST")
    form = PathForm(obj=path, data={"order": "steps" if path.is_sequential else "free"})
    if form.validate_on_submit():
        acts.change_path(path, form.title.data, form.summary.data or "", form.order.data == "steps")
        flash(_("Saved"))
        return back(path)
    return path_page(path, form), 422 if form.errors else 200


def path_page(path: Path, form: PathForm | None = None, error: str | None = None) -> str:
    """Return the page of a path; `error` says why a step could not be changed."""
    form = form or PathForm(formdata=None, obj=path, data={"order": "steps" if path.is_sequential else "free"})
    courses = queries.addable_courses(path)
    return render_template("catalogue/path_edit.html", path=path, form=form, courses=courses, error=error)


def back(path: Path, anchor: str | None = None) -> Response | tuple[str, int]:
    """Return to the path; a script gets 204."""
    if is_fragment():
        return "", 204
    return redirect(url_for(".edit_path", path_id=path.id, _anchor=anchor), 303)


def load(path_id: UUID) -> Path:
    """Return the path to change, locked: two authors change its order one after the other. Raises NotFound."""
    return queries.path_to_edit(me(), path_id, lock=True)


def load_step(path_id: UUID, step_id: UUID) -> tuple[Path, PathStep]:
    """Return the path, locked, and a step of it. Raises NotFound."""
    path = load(path_id)
    return path, queries.step_of(path, step_id)


def ticked() -> list[UUID]:
    """Return the courses that were ticked."""
    return request.form.getlist("course", type=UUID)


@catalogue.post("/path-desk/<uuid:path_id>/steps")
@roles("author", "manager", "owner")
def add_step(path_id: UUID) -> Answer:
    """Add a step with the ticked courses at the end."""
    path = load(path_id)
    try:
        step = acts.add_step(path, ticked())
    except Refused:
        return path_page(path, error=_("Choose at least one course for the step.")), 422
    return back(path, f"step-{step.id}")


@catalogue.post("/path-desk/<uuid:path_id>/steps/order")
@roles("author", "manager", "owner")
def order_steps(path_id: UUID) -> Answer:
    """Put the steps in the order that was dragged."""
    path = load(path_id)
    try:
        wanted = [UUID(one) for one in request.form.get("order", "").split(",") if one]
    except ValueError:
        raise Refused("order") from None
    acts.arrange_steps(path, wanted)
    return back(path)


@catalogue.post("/path-desk/<uuid:path_id>/steps/<uuid:step_id>/position")
@roles("author", "manager", "owner")
def move_step(path_id: UUID, step_id: UUID) -> Answer:
    """Move a step up or down."""
    path, step = load_step(path_id, step_id)
    acts.move_step(step, -1 if request.form.get("move") == "up" else 1)
    return back(path, f"step-{step_id}")


@catalogue.post("/path-desk/<uuid:path_id>/steps/<uuid:step_id>/removal")
@roles("author", "manager", "owner")
def remove_step(path_id: UUID, step_id: UUID) -> Answer:
    """Take a step out; who takes its courses keeps them."""
    path, step = load_step(path_id, step_id)
    acts.remove_step(step)
    flash(_("The step is gone. Who takes its courses keeps them."))
    return back(path)


@catalogue.post("/path-desk/<uuid:path_id>/steps/<uuid:step_id>/courses")
@roles("author", "manager", "owner")
def add_courses(path_id: UUID, step_id: UUID) -> Answer:
    """Add a course to a step."""
    path, step = load_step(path_id, step_id)
    try:
        acts.add_courses(step, ticked())
    except Refused:
        return path_page(path, error=_("Choose a course to add.")), 422
    return back(path, f"step-{step_id}")


@catalogue.post("/path-desk/<uuid:path_id>/steps/<uuid:step_id>/courses/<uuid:course_id>/removal")
@roles("author", "manager", "owner")
def remove_course(path_id: UUID, step_id: UUID, course_id: UUID) -> Answer:
    """Take a course out of a step; its last course takes the step along."""
    path, step = load_step(path_id, step_id)
    acts.remove_course(step, course_id)
    return back(path, f"step-{step_id}")


@catalogue.post("/path-desk/<uuid:path_id>/steps/<uuid:step_id>/choice")
@roles("author", "manager", "owner")
def set_needed(path_id: UUID, step_id: UUID) -> Answer:
    """Let some of a step's courses be enough."""
    path, step = load_step(path_id, step_id)
    acts.set_needed(step, request.form.get("needed", type=int))
    return back(path, f"step-{step_id}")


@catalogue.post("/path-desk/<uuid:path_id>/publication")
@roles("author", "manager", "owner")
def publish_path(path_id: UUID) -> Answer:
    """Let people be put on the path."""
    path = load(path_id)
    try:
        acts.publish_path(path, me())
    except Refused:
        return path_page(path, error=_("Add a step first: a path needs at least one course.")), 422
    flash(_("Published. Now you can put people on the path."))
    return back(path)


@catalogue.post("/path-desk/<uuid:path_id>/archive")
@roles("author", "manager", "owner")
def archive_path(path_id: UUID) -> Answer:
    """Take the path off its followers' lists."""
    path = load(path_id)
    acts.archive_path(path, me())
    flash(_("Archived. The courses and what people did in them are kept."))
    return back(path)
