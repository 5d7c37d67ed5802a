"""The list of courses, a new course, and one course with its outline."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from blueprints.courses import courses
from blueprints.me import me, sent_id
from core.access import roles
from core.i18n import NAMES, language
from tenants.courses import actions, publishing, queries
from tenants.courses.models import Course
from tenants.transfer.copying import copy_course, templates_for

Answer = str | Response | tuple[str, int]
COVER_NAMES = {
    "circles": _l("Circles"), "pills": _l("Medicine"), "bubbles": _l("Conversation"), "bread": _l("Bread"),
    "lock": _l("Lock"), "book": _l("Book"),
}
TITLE = [DataRequired(_l("Give it a title.")), Length(max=actions.MAX_TITLE, message=_l("Keep the title under 200 signs."))]


class NewCourseForm(FlaskForm):  # type: ignore[misc]
    """The title is enough to begin."""

    title = StringField(_l("Title"), TITLE, description=_l("What participants will see. You can change it later."))


class BeginForm(NewCourseForm):
    """A title, and perhaps a template."""

    template = SelectField(_l("Begin with"), validate_choice=True, default="")


class CourseForm(FlaskForm):  # type: ignore[misc]
    """What a course says of itself."""

    title = StringField(_l("Title"), TITLE)
    summary = TextAreaField(_l("What one learns here"), [Length(max=actions.MAX_SUMMARY)])
    cover = SelectField(_l("Drawing"), choices=list(COVER_NAMES.items()))
    language = SelectField(_l("Language of the content"), choices=list(NAMES.items()))
    trainer = SelectField(_l("Trainer"), description=_l("Participants see this name."))


@courses.get("/courses")
@roles("author", "manager", "owner")
def index() -> str:
    """Show every course of the academy; archived ones apart."""
    everything = queries.courses_to_edit(me())
    archived = "archived" in request.args
    found = [course for course in everything if (course.state == "archived") == archived]
    return render_template("courses/index.html", courses=found, archived=archived, other=len(everything) - len(found), counts=queries.lesson_counts(found))


@courses.route("/courses/new", methods=["GET", "POST"])
@roles("author", "manager", "owner")
def new() -> Answer:
    """Begin a course with one module and one empty lesson, or as a copy of a template."""
    form = BeginForm()
    form.template.choices = [("", _("One empty lesson")), *((str(one.id), one.title) for one in templates_for(me()))]
    if form.validate_on_submit():
        return redirect(url_for(".show", course_id=begun(form).id))
    return render_template("courses/new.html", form=form), 422 if form.errors else 200


def begun(form: BeginForm) -> Course:
    """Return the new course of the form; the same form sent twice makes one."""
    if form.template.data:
        source = queries.course_to_edit(me(), UUID(form.template.data))
        return copy_course(source, form.title.data, me(), sent_id())
    return actions.create_course_once(
        sent_id(), form.title.data, by=me(), module_title=_("Module 1"), lesson_title=_("Lesson 1"), language=language()
    )


@courses.route("/courses/<uuid:course_id>", methods=["GET", "POST"])
@roles("author", "manager", "owner")
def show(course_id: UUID) -> Answer:
    """Show the outline of a course to change it, and change what the course says of itself."""
    course = queries.course_to_edit(me(), course_id)
    form = course_form(course)
    if form.validate_on_submit():
        trainer_id = UUID(form.trainer.data) if form.trainer.data else None
        actions.change_course(
            course, title=form.title.data, summary=form.summary.data or "", cover=form.cover.data,
            language=form.language.data, trainer_id=trainer_id,
        )
        flash(_("Saved"))
        return redirect(url_for(".show", course_id=course.id))
    return course_page(course, form), 422 if form.errors else 200


def course_form(course: Course) -> CourseForm:
    """Return the form of a course with its trainers to choose from."""
    form = CourseForm(obj=course, trainer=str(course.trainer_id or ""))
    form.trainer.choices = [("", _("Nobody")), *((str(m.id), m.name) for m in queries.trainers())]
    return form


def course_page(course: Course, form: CourseForm | None = None, **context: object) -> str:
    """Return the page of a course; `problems` and `errors` in the context say what has to be mended."""
    return render_template("courses/show.html", **{
        "course": course, "form": form or course_form(course), "changes": publishing.changes_in(course),
        "removed": request.args.get("removed"), "errors": {}, "problems": [], **context,
    })  # fmt: skip
