"""My learning and the course page."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from blueprints.learning import learning
from blueprints.learning.words import lesson_url, modules_of
from blueprints.me import me
from core.access import signed_in
from tenants.catalogue.walks import beside_courses
from tenants.erasure.actions import removed_on
from tenants.exercises.queries import news_for as feedback_for
from tenants.learning import queries
from tenants.learning.changes import news_for
from tenants.learning.resets import anew_since


@learning.get("/")
@signed_in
def home() -> str:
    """Show the person's courses, and first of all where to go on."""
    everything = queries.courses_of(me(), archived=True)
    courses = [taken for taken in everything if not taken.is_archived]
    resume = next((taken for taken in courses if taken.way.resume().step), None)
    over, walks = beside_courses(me())
    return render_template("learning/home.html", courses=courses, resume=resume, news=feedback_for(me()), over=over, walks=walks,
                           archived=[taken for taken in everything if taken.is_archived], removed_on=removed_on(me()))  # fmt: skip


@learning.get("/learn/<uuid:course_id>")
@signed_in
def course(course_id: UUID) -> str:
    """Show a course: what it is about, how far the person is, its lessons."""
    taken = queries.course_for(me(), course_id)
    began_anew = None if taken.way.is_begun else anew_since(taken.enrolment)
    return render_template("learning/course.html", taken=taken, modules=modules_of(taken), news=news_for(taken), began_anew=began_anew)


@learning.get("/learn/<uuid:course_id>/resume")
@signed_in
def resume(course_id: UUID) -> Response:
    """Go to the exact place where the person stopped, or to the nearest open lesson."""
    taken = queries.course_for(me(), course_id)
    found = taken.way.resume()
    if found.step is None:
        return redirect(url_for(".course", course_id=course_id))
    return redirect(lesson_url(taken, found.step, found.why))
