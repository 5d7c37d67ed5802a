"""What pages say of tests: why one cannot begin, how long it takes, how a sitting stands, points and percentages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from blueprints.assessments import assessments
from blueprints.me import me
from core.i18n import format_clock, format_moment, zone
from tenants.assessments import queries
from tenants.assessments.desk import waiting_count
from tenants.assessments.marking import right_given
from tenants.assessments.models import Sitting, SittingAllowance, SittingAnswer
from tenants.assessments.rules import Bar, View
from tenants.assessments.settings import Settings
from tenants.learning.answering import choices_of, lines_of


@assessments.app_template_global()
def tests_waiting() -> int:
    """Return how many sittings wait for the person who asks."""
    return waiting_count(me())


@assessments.app_template_global()
def bar_words(bar: Bar) -> str:
    """Return why the test cannot begin now, and when it can."""
    at = format_moment(bar.at) if bar.at else ""
    return {
        "early": _("This test opens on %(moment)s.", moment=at),
        "closed": _("This test closed on %(moment)s.", moment=at),
        "attempts": _("You have used all your attempts. Ask your trainer if you want to try again."),
        "wait": _("You can try again from %(moment)s.", moment=at),
        "pending": _("A trainer looks at your last attempt first."),
    }[bar.why]


@assessments.app_template_global()
def test_facts(settings: Settings) -> list[str]:
    """Return what to expect of the test, a sentence each."""
    facts = [
        ngettext("You have %(num)d minute.", "You have %(num)d minutes.", settings.minutes) if settings.minutes else _("There is no time limit."),
        ngettext("You can try once.", "You can try %(num)d times.", settings.attempts) if settings.attempts else _("You can try as often as you like."),
        _("You pass with %(percent)s%%.", percent=number_words(settings.pass_percent)) if settings.pass_percent else _("You pass when you hand it in."),
    ]  # fmt: skip
    if settings.attempts != 1:
        facts.append(_("Your best attempt counts.") if settings.counts == "best" else _("Your last attempt counts."))
    if settings.wait_hours and settings.attempts != 1:
        facts.append(ngettext("Between two attempts you wait %(num)d hour.", "Between two attempts you wait %(num)d hours.", settings.wait_hours))
    if closes := settings.closes(zone()):
        facts.append(_("The test closes on %(moment)s.", moment=format_moment(closes)))
    if settings.is_deciding:
        facts.append(_("If you do not pass, a trainer looks at it first."))
    return [*facts, _("Your answers are kept as you go.")]


@assessments.app_template_global()
def number_words(number: Decimal | None) -> str:
    """Return a number as people write it, without needless zeros."""
    return "–" if number is None else str(format_decimal(number.normalize(), "#,##0.##"))


@assessments.app_template_global()
def score_words(sitting: Sitting) -> str:
    """Return "7.5 of 10 points, 75%"."""
    return _("%(points)s of %(most)s points, %(percent)s%%", points=number_words(sitting.points), most=number_words(sitting.most),
             percent=number_words(sitting.percent))  # fmt: skip


@assessments.app_template_global()
def passed_words(is_passed: bool | None) -> str:
    """Return whether it is passed."""
    return _("Passed") if is_passed else _("Not yet passed")


@assessments.app_template_global()
def view_words(view: View) -> str:
    """Return why no result is shown (yet), "" when one is."""
    return {
        "": "", "marking": _("A trainer reads your open answers first. Then you see your result here."),
        "judging": _("A trainer looks at it first. Then you see your result here."),
        "until": _("You see your result from %(moment)s.", moment=format_moment(view.at)) if view.at else "",
        "never": _("Your answers are with your trainer. This test shows no result."),
    }[view.why]  # fmt: skip


@assessments.app_template_global()
def sitting_words(state: str) -> str:
    """Return how somebody stands with a test, for trainers."""
    return {
        "none": _("Not begun"), "open": _("Under way"), "marking": _("Open answers to mark"), "judging": _("Failure to judge"),
        "final": _("Done"), "passed": _("Passed"), "failed": _("Not yet passed"),
    }[state]  # fmt: skip


@assessments.app_template_global()
def allowance_words(given: SittingAllowance) -> str:
    """Return what one person gets beyond the settings, such as "1.5 ×, 10 minutes, 1 attempt"."""
    parts = [f"{number_words(given.factor)} ×" if given.factor != 1 else ""]
    parts.append(ngettext("%(num)d minute", "%(num)d minutes", given.extra_minutes) if given.extra_minutes else "")
    parts.append(ngettext("%(num)d attempt", "%(num)d attempts", given.extra_attempts) if given.extra_attempts else "")
    return ", ".join(filter(None, parts))


@assessments.app_template_global()
def late_words(sitting: Sitting) -> str:
    """Return that something came too late to count, and what becomes of it."""
    if sitting.ended_by == "person":
        return _("This attempt was handed in already. What you filled in later does not count; your trainer can see it.")
    return _("Your time was over at %(time)s. What came later does not count; your trainer can see it.", time=_end_of(sitting))


def _end_of(sitting: Sitting) -> str:
    ended: datetime | None = sitting.ends_at or sitting.handed_in_at
    return format_clock(ended) if ended else ""


@assessments.app_template_global()
def asked_in(sitting: Sitting, row: SittingAnswer) -> Mapping[str, Any]:
    """Return the question that the answer is to."""
    question: Mapping[str, Any] = sitting.paper["questions"][row.position]["question"]
    return question


@assessments.app_template_global()
def answered_lines(sitting: Sitting, row: SittingAnswer, late: bool = False) -> list[str]:
    """Return the answer as people read it, a line each; with `late` what came after the time."""
    given = queries.late_in(row) if late else queries.given_in(row)
    return lines_of(asked_in(sitting, row), given) if given and any(given.values()) else []


@assessments.app_template_global()
def right_lines(question: Mapping[str, Any]) -> list[str]:
    """Return the right answer as people read it; nothing where a trainer reads it."""
    given = right_given(question)
    return lines_of(question, given) if given else []


@assessments.app_template_global()
def said_of(question: Mapping[str, Any], row: SittingAnswer) -> list[str]:
    """Return the author's feedback on the answer: on what was chosen, then on the whole."""
    chosen = set((queries.given_in(row) or {}).get("choices", ()))
    on_choices = [choice["feedback"] for choice in choices_of(question) if choice["id"] in chosen]
    whole = question["feedback_right"] if row.points == row.worth else question["feedback_again"]
    return [text for text in [*on_choices, whole] if text]
