"""Words for what publishing would change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from blueprints.courses import courses
from blueprints.courses.pages import COVER_NAMES
from core.i18n import NAMES
from tenants.courses.changes import Part

CODES: dict[str, Mapping[str, Any]] = {
    "done_when": {
        "viewed": _l("Participant has seen it to the end"), "marked": _l("Participant marks as done"),
        "question": _l("Question is right"), "approved": _l("Exercises are approved"), "passed": _l("Test is passed"),
    },
    "cover": COVER_NAMES, "language": NAMES, "tone": {"note": _l("Note"), "tip": _l("Tip"), "warning": _l("Warning")},
    "mode": {"anonymous": _l("Anonymous"), "named": _l("With name")},
}  # fmt: skip


@courses.app_template_test("coded")
def is_coded(name: str) -> bool:
    """Return whether the values of this field are choices of a list."""
    return name in CODES


@courses.app_template_global()
def part_words(part: Part) -> str:
    """Return what changed and how, such as "Text changed"."""
    thing = {
        "course": _("About this course"), "module": _("Module"), "lesson": _("Lesson"), "text": _("Text"),
        "image": _("Image"), "video": _("Video"), "question": _("Question"), "exercise": _("Exercise"),
        "survey": _("Survey"), "audio": _("Audio"), "file": _("File"), "callout": _("Callout"),
        "checklist": _("Checklist"), "accordion": _("Accordion"), "embed": _("Video from the web"), "package": _("Package"),
        "divider": _("Divider"), "draw": _("Questions from the bank"),
    }.get(part.what, _("Part of the lesson"))  # fmt: skip
    return {
        "added": _("%(thing)s: added", thing=thing), "removed": _("%(thing)s: removed", thing=thing),
        "changed": _("%(thing)s: changed", thing=thing), "moved": _("%(thing)s: other order", thing=thing),
    }[part.how]


@courses.app_template_global()
def how_words(how: str) -> str:
    """Return what happens to a lesson."""
    return {"added": _("New lesson"), "removed": _("Removed"), "changed": _("Changed")}[how]


@courses.app_template_global()
def edit_words(name: str) -> str:
    """Return what a field of the difference is called."""
    return {
        "title": _("Title"), "summary": _("What one learns here"), "cover": _("Drawing"), "language": _("Language"),
        "in_order": _("Lessons open in order"), "deadline": _("Deadline"), "release": _("When it opens"),
        "minutes": _("Time needed"), "done_when": _("Done when"), "module": _("Module"), "lesson": _("Lesson"),
        "order": _("Order"), "markdown": _("Text"), "file_id": _("File"), "alt": _("Description of the image"),
        "decorative": _("Only decorates"), "caption": _("Caption"), "transcript": _("Transcript"),
        "silent": _("Nobody speaks in it"), "prompt": _("Question"), "kind": _("Kind"), "hint": _("Hint"),
        "feedback_right": _("Feedback when right"), "feedback_again": _("Feedback when not yet right"),
        "text": _("Text"), "is_right": _("Counts as right"), "feedback": _("Feedback"), "accepted": _("Also right"),
        "value": _("Right number"), "tolerance": _("Margin"), "unit": _("Unit"), "left": _("Left side"),
        "right": _("Right side"), "label": _("Name"), "intro": _("Introduction"), "mode": _("Anonymous or with name"),
        "points": _("Points"), "test": _("Test"), "description": _("Description"), "low": _("Lowest"), "high": _("Highest"),
        "tone": _("Kind of callout"), "url": _("Address of the video"), "note": _("Note for participants"),
    }.get(name, _("Setting"))  # fmt: skip


@courses.app_template_global()
def value_words(value: Any, name: str = "") -> str:
    """Return a value that no author wrote: a choice of a list by the name of its field, yes, no, a number, nothing."""
    if name in CODES:
        return str(CODES[name].get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _("nothing") if value is None or value == "" else str(value)
