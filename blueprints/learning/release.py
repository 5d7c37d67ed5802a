"""What pages say of lessons that open later, of deadlines, and of what is still to do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from blueprints.learning import learning
from blueprints.me import is_fragment
from core.i18n import format_day
from tenants.learning.queries import Locked, OpenLesson, results_of
from tenants.learning.release import Lock
from tenants.learning.rules import Step

MOMENT = timedelta(microseconds=1)


@learning.app_errorhandler(Locked)
def show_locked(error: Locked) -> Any:
    """Say why a lesson is closed and when it opens; what a form sent meanwhile is not kept, and the page says so."""
    if is_fragment():
        return "", 403
    return render_template("learning/locked.html", taken=error.taken, step=error.step), 403


def lock_words(lock: Lock) -> str:
    """Return why a lesson is closed, or when it opens."""
    if lock.opens_at is not None:
        return _("Opens on %(day)s", day=format_day(lock.opens_at))
    if lock.why == "percent":
        return _("Opens when you have at least %(percent)s%% for %(lesson)s", percent=lock.percent, lesson=lock.lesson)
    if lock.why == "lesson":
        return _("Opens when you have finished %(lesson)s", lesson=lock.lesson)
    return _("This lesson is for another group")


@learning.app_template_global()
def locks_words(step: Step) -> list[str]:
    """Return every reason why a lesson is closed, as sentences without a full stop."""
    return [lock_words(lock) for lock in step.locks]


@learning.app_template_global()
def due_words(due_at: datetime | None, is_late: bool = False) -> str:
    """Return "By 27 November" or "Was due by 27 November"; "" without a deadline."""
    if due_at is None:
        return ""
    day = format_day(due_at - MOMENT)
    return _("Was due by %(day)s", day=day) if is_late else _("By %(day)s", day=day)


@learning.app_template_global()
def still_words(open_: OpenLesson) -> str:
    """Return what still counts before the lesson is done, "" when nothing does or the participant decides."""
    rule = open_.page.content["done_when"]
    results = results_of(open_.page, open_.rows, open_.approvals)
    if open_.step.is_done or rule in ("marked", "viewed"):
        return ""
    asked = [one for one in results if (one.kind == "exercise") == (rule == "approved")]
    if rule == "approved":
        waiting = sum(one.is_given and not one.is_right for one in asked)
        left = sum(not one.is_right for one in asked)
        if waiting == left:
            return _("Waiting for your trainer") if left else ""
        return ngettext("%(num)d exercise to go", "%(num)d exercises to go", left - waiting)
    left = sum(not (one.is_given if one.kind == "open" else one.is_right) for one in asked)
    return ngettext("%(num)d question to go", "%(num)d questions to go", left) if left else ""
