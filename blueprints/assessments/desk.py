"""Trainers: tests that wait for them, how a test went, one attempt with its points, and more time for one person."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from blueprints.assessments import assessments
from blueprints.learning.player import Answer
from blueprints.me import me
from core.access import roles
from tenants.assessments import desk, queries, reviewing
from tenants.assessments.models import SittingAllowance
from tenants.assessments.rules import MAX_EXTRA_ATTEMPTS, MAX_EXTRA_MINUTES, MAX_FACTOR, Allowance
from tenants.learning.models import Enrolment
from tenants.people.models import Member


@assessments.get("/tests")
@roles("trainer", "manager", "owner")
def index() -> str:
    """Show what waits for a trainer, and every test."""
    return render_template("assessments/index.html", waiting=desk.waiting(me()), tests=desk.tests(me()))


@assessments.get("/tests/<uuid:course_id>/<uuid:lesson_id>")
@roles("trainer", "manager", "owner")
def results(course_id: UUID, lesson_id: UUID) -> str:
    """Show how everybody did in a test, and how each of its questions went."""
    return render_template("assessments/results.html", here=desk.test_here(me(), course_id, lesson_id))


@assessments.get("/tests/sittings/<uuid:sitting_id>")
@roles("trainer", "manager", "owner")
def review(sitting_id: UUID) -> str:
    """Show one attempt, question by question."""
    return review_page(desk.sitting_for(me(), sitting_id))


def review_page(open_: desk.OnDesk, **more: Any) -> str:
    """Return the page of an attempt; `error`, `bad` and `typed` after a form was refused."""
    return render_template("assessments/review.html", **{"open": open_, "error": None, "bad": [], "typed": None, **more})


@assessments.post("/tests/sittings/<uuid:sitting_id>")
@roles("trainer", "manager", "owner")
def judge(sitting_id: UUID) -> Answer:
    """Give points, or decide about a failure, as the button says."""
    open_ = desk.sitting_for(me(), sitting_id, lock=True)
    try:
        act(open_)
    except reviewing.LookedMeanwhile:
        words = _("Somebody looked at this meanwhile. What you typed is kept below; look again before you save it.")
        return review_page(open_, error=words, typed=request.form), 409
    except reviewing.BadPoints as error:
        words = _("Give points from 0 to what the question is worth, such as 0.5.")
        return review_page(open_, error=words, bad=error.questions, typed=request.form), 422
    flash(done_words(open_.sitting.state))
    return redirect(url_for(".index") if open_.sitting.state == "final" else url_for(".review", sitting_id=sitting_id))


def act(open_: desk.OnDesk) -> None:
    """Do what the button says."""
    button, note, seen = request.form.get("do", ""), request.form.get("note", ""), seen_at()
    if button in ("stands", "passed"):
        reviewing.decide(open_.sitting, me(), "passed" if button == "passed" else "stands", note, seen)
    else:
        reviewing.give_points(open_.sitting, me(), sent_points(open_), note, seen)


def seen_at() -> datetime | None:
    """Return when somebody had looked last, as the page was drawn."""
    try:
        return datetime.fromisoformat(request.form.get("seen", ""))
    except ValueError:
        return None


def sent_points(open_: desk.OnDesk) -> dict[UUID, Decimal | None]:
    """Return the points that were typed; what cannot be read is below 0, which no question earns."""
    fields = {row.question_id: request.form.get(f"points-{row.question_id}") for row in open_.answers}
    return {key: number_of(text) for key, text in fields.items() if text is not None}


def number_of(text: str) -> Decimal | None:
    """Return the number, None for nothing, -1 for what is none or has more than two decimals."""
    if not text.strip():
        return None
    try:
        number = Decimal(text.strip().replace(",", "."))
        return number if number == number.quantize(Decimal("0.01")) else Decimal(-1)
    except InvalidOperation:
        return Decimal(-1)


def done_words(state: str) -> str:
    """Return what became of the attempt."""
    return {
        "final": _("The result counts now."), "judging": _("Points saved. The test is not passed with them: decide about that now."),
        "marking": _("Points saved. Some answers still wait for theirs."),
    }[state]  # fmt: skip


@assessments.get("/tests/<uuid:course_id>/<uuid:lesson_id>/people/<uuid:member_id>")
@roles("trainer", "manager", "owner")
def person(course_id: UUID, lesson_id: UUID, member_id: UUID) -> str:
    """Show one person's attempts, and what they get beyond the settings."""
    enrolment, member = desk.enrolment_for(me(), course_id, member_id)
    return person_page(course_id, lesson_id, enrolment, member)


def person_page(course_id: UUID, lesson_id: UUID, enrolment: Enrolment, member: Member, **more: Any) -> str:
    """Return the page; `errors` and `typed` after the form was refused."""
    here, known = desk.test_here(me(), course_id, lesson_id, whole=False), queries.allowance_row(enrolment.id, lesson_id)
    return render_template("assessments/person.html", **{
        "here": here, "member": member, "sittings": queries.sittings_of(enrolment.id, lesson_id), "errors": {},
        "typed": fields_of(known), "known": known, **more,
    })  # fmt: skip


def fields_of(known: SittingAllowance | None) -> dict[str, str]:
    """Return what was given as the form shows it."""
    if known is None:
        return {}
    return {"extra_minutes": str(known.extra_minutes or ""), "extra_attempts": str(known.extra_attempts or ""),
            "factor": f"{known.factor.normalize():f}" if known.factor != 1 else "", "reason": known.reason or ""}  # fmt: skip


@assessments.post("/tests/<uuid:course_id>/<uuid:lesson_id>/people/<uuid:member_id>")
@roles("trainer", "manager", "owner")
def allow(course_id: UUID, lesson_id: UUID, member_id: UUID) -> Answer:
    """Give one person more time or attempts, before or while they sit the test."""
    enrolment, member = desk.enrolment_for(me(), course_id, member_id, lock=True)
    here = desk.test_here(me(), course_id, lesson_id, whole=False)
    allowance, errors = sent_allowance()
    if allowance is None or not request.form.get("reason", "").strip():
        return person_page(course_id, lesson_id, enrolment, member, errors=errors, typed=request.form), 422
    reviewing.allow(enrolment, lesson_id, reviewing.Given(allowance, request.form["reason"]), me())
    flash(_("Saved. It counts at once for %(name)s.", name=member.name))
    return redirect(url_for(".person", course_id=here.course.id, lesson_id=lesson_id, member_id=member_id))


def sent_allowance() -> tuple[Allowance | None, dict[str, str]]:
    """Return what was typed, None with sentences by field when something cannot be."""
    minutes, attempts = whole("extra_minutes", MAX_EXTRA_MINUTES), whole("extra_attempts", MAX_EXTRA_ATTEMPTS)
    factor = number_of(request.form.get("factor", "")) or Decimal(1)
    errors = {
        "extra_minutes": _("Give whole minutes, from 0 to %(most)d.", most=MAX_EXTRA_MINUTES) if minutes is None else "",
        "extra_attempts": _("Give a whole number, from 0 to %(most)d.", most=MAX_EXTRA_ATTEMPTS) if attempts is None else "",
        "factor": "" if 1 <= factor <= MAX_FACTOR else _("Give a number from 1 to 5, such as 1.5."),
        "reason": "" if request.form.get("reason", "").strip() else _("Write down why. Only trainers see it."),
    }  # fmt: skip
    wrong = {name: text for name, text in errors.items() if text}
    if minutes is None or attempts is None or "factor" in wrong:
        return None, wrong
    return Allowance(minutes, factor, attempts), wrong


def whole(name: str, most: int) -> int | None:
    """Return the whole number of a field, 0 for an empty one, None for what cannot be."""
    text = request.form.get(name, "").strip() or "0"
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 and int(text) <= most else None
