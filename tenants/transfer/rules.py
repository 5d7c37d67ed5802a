"""What `course.json` may hold, key by key: shapes, lengths and words. No database.

Limits are those of the forms, so that nothing is cut off in silence: what a form would not take, an archive may not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.config import LANGUAGES
from core.errors import Refused
from tenants.courses import exercise as tasks
from tenants.courses import pieces
from tenants.courses import question_rules as asked
from tenants.courses.actions import COVERS, MAX_SUMMARY, MAX_TITLE
from tenants.courses.block_actions import MAX_LINE, MAX_PROMPT
from tenants.courses.markup import MAX_MARKDOWN
from tenants.courses.models import DONE_WHEN, QUESTION_KINDS
from tenants.courses.rules import MAX_CHOICES, is_decimal
from tenants.learning.release import BadRule, deadline_of, release_of
from tenants.surveys import rules as surveys
from tenants.surveys.models import MODES

MAX_MODULES = 200
MAX_LESSONS = 1_000
MAX_BLOCKS = 500
MAX_TRACKS = 20
MAX_TRANSCRIPT = 500_000
MAX_INTRO = 2_000
MAX_LEFT_OUT = 1_000
MAX_SHOWN = 200
Check = Callable[[Any, str], None]


class BadArchive(Refused):
    """The archive cannot be imported; `why` names the sentence, `where` the place in it."""

    def __init__(self, why: str, where: str = "") -> None:
        super().__init__(why)
        self.why, self.where = why, where[:MAX_SHOWN]


def text(most: int, least: int = 0) -> Check:
    """Return the check of a text that is so long."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, str) or not least <= len(value.strip()) or len(value) > most or not _is_clean(value):
            raise BadArchive("content", where)

    return check


def _is_clean(value: str) -> bool:
    """Return whether the database can hold it: no NUL, no half of a pair of surrogates."""
    return not any(sign == "\x00" or "\ud800" <= sign <= "\udfff" for sign in value)


def flag(value: Any, where: str) -> None:
    """Check that it is true or false."""
    if not isinstance(value, bool):
        raise BadArchive("content", where)


def whole(low: int, high: int) -> Check:
    """Return the check of a whole number."""

    def check(value: Any, where: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise BadArchive("content", where)

    return check


def percent(value: Any, where: str) -> None:
    """Check a place or size in percent, with one decimal."""
    if isinstance(value, bool) or not isinstance(value, int | float) or asked.percent(value) != value:
        raise BadArchive("content", where)


def number_text(value: Any, where: str) -> None:
    """Check a decimal written with a point; empty is allowed, publishing says that it is missing."""
    text(asked.MAX_NUMBER_CHARS)(value, where)
    if "," in value and is_decimal(value):
        raise BadArchive("content", where)


def one_of(*words: str) -> Check:
    """Return the check of a word out of these."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, str) or value not in words:
            raise BadArchive("content", where)

    return check


def rows(of: Check, most: int) -> Check:
    """Return the check of a list."""

    def check(value: Any, where: str) -> None:
        if not isinstance(value, list) or len(value) > most:
            raise BadArchive("content", where)
        for number, one in enumerate(value, start=1):
            of(one, f"{where} {number}")

    return check


def shape(fields: Mapping[str, Check], more: Mapping[str, Check] | None = None) -> Check:
    """Return the check of an object that has all `fields`, perhaps some of `more`, and nothing else."""
    optional = more or {}

    def check(value: Any, where: str) -> None:
        if not isinstance(value, dict) or not set(fields) <= set(value) <= {*fields, *optional}:
            raise BadArchive("content", where)
        for name, one in value.items():
            (fields.get(name) or optional[name])(one, f"{where} / {name}" if where else name)

    return check


def _maybe(of: Check) -> Check:
    return lambda value, where: None if value is None else of(value, where)


def _rule(made: Callable[[Mapping[str, Any]], Mapping[str, Any]], names: Mapping[str, Check]) -> Check:
    """Return the check of a rule: shaped so, and just what the form would have made of it."""

    def check(value: Any, where: str) -> None:
        shape({}, names)(value, where)
        try:
            is_same = made(value) == value
        except BadRule:
            is_same = False
        if not is_same:
            raise BadArchive("content", where)

    return check


def _texts(rule: Mapping[str, Any], *names: str) -> list[str]:
    return [str(rule.get(name, "")) for name in names]


LINE = text(MAX_TITLE)
TITLE = text(MAX_TITLE, 1)
DAYS = {"on": text(10), "days": whole(0, 100_000)}
DEADLINE = _rule(lambda rule: deadline_of(*_texts(rule, "on", "days")), DAYS)
RELEASE = _rule(
    lambda rule: release_of(*_texts(rule, "on", "days", "after", "percent")),
    {**DAYS, "after": text(40, 1), "percent": text(10, 1)},
)
FILE = text(40, 1)
ROW = text(asked.MAX_ROW_CHARS)
CARE = {"typos": whole(0, 2), "case": flag}
PARTIAL = {"partial": flag}
AREA = {"label": ROW, "is_right": flag, "x": percent, "y": percent, "w": percent, "h": percent}
QUESTION_RULES: dict[str, Mapping[str, Check]] = {
    "multiple": PARTIAL,
    "short": {"accepted": rows(text(asked.MAX_ACCEPTED_CHARS, 1), asked.MAX_ACCEPTED), **CARE},
    "number": {"value": number_text, "tolerance": number_text, "unit": text(asked.MAX_NUMBER_CHARS)},
    "matching": {"pairs": rows(shape({"left": ROW, "right": ROW}), asked.MAX_ROWS), "extra": rows(ROW, asked.MAX_ROWS), **PARTIAL},
    "ordering": {"items": rows(ROW, asked.MAX_ROWS), **PARTIAL},
    "gaps": {"text": text(asked.MAX_GAPPED), **CARE, **PARTIAL},
    "hotspot": {"file": FILE, "alt": ROW, "areas": rows(shape(AREA), asked.MAX_ROWS)},
    "file": {"most": whole(1, 10)},
}


def question(value: Any, where: str) -> None:
    """Check a question: its texts, and the rule of its kind."""
    prompt = text(MAX_PROMPT)
    line = text(MAX_LINE)
    choice = shape({"text": line, "is_right": flag, "feedback": line})
    shape({
        "kind": one_of(*QUESTION_KINDS), "prompt": prompt, "feedback_right": prompt, "feedback_again": prompt, "hint": prompt,
        "choices": rows(choice, MAX_CHOICES), "rule": lambda rule, at: None,
    })(value, where)  # fmt: skip
    shape({}, QUESTION_RULES.get(value["kind"], {}))(value["rule"], f"{where} / rule")


LEVEL = {"title": LINE, "points": text(12), "description": text(tasks.MAX_DESCRIPTION)}
CRITERION = {"title": LINE, "levels": rows(shape(LEVEL), tasks.MOST_LEVELS)}
SURVEY_QUESTION = {
    "kind": one_of(*surveys.KINDS), "prompt": text(surveys.MAX_PROMPT), "low": text(surveys.MAX_LINE),
    "high": text(surveys.MAX_LINE), "options": rows(text(surveys.MAX_LINE, 1), surveys.MAX_OPTIONS),
}  # fmt: skip
SURVEY = {
    "title": text(surveys.MAX_LINE), "intro": text(MAX_INTRO), "mode": one_of(*MODES),
    "questions": rows(shape(SURVEY_QUESTION), surveys.MAX_QUESTIONS),
}  # fmt: skip
KIND: Mapping[str, Check] = {"kind": lambda value, where: None}
PIECE_TITLE = text(pieces.MAX_TITLE)
BLOCKS: dict[str, Check] = {
    "text": shape({**KIND, "markdown": text(MAX_MARKDOWN)}),
    "image": shape({**KIND, "alt": text(MAX_MARKDOWN), "caption": text(MAX_MARKDOWN), "decorative": flag}, {"file": FILE}),
    "video": shape({
        **KIND, "title": text(MAX_MARKDOWN), "transcript": text(MAX_TRANSCRIPT), "silent": flag,
        "captions": rows(shape({"file": FILE, "language": one_of(*LANGUAGES)}), MAX_TRACKS),
    }, {"file": FILE}),
    "exercise": shape({
        **KIND, "title": LINE, "markdown": text(MAX_MARKDOWN), "wants_text": flag, "most_files": whole(0, tasks.MOST_FILES),
        "types": rows(one_of(*tasks.TYPES), len(tasks.TYPES)), "peers": whole(0, tasks.MOST_PEERS), "anonymous": flag,
        "criteria": rows(shape(CRITERION), tasks.MOST_CRITERIA),
    }),
    "survey": shape({**KIND, **SURVEY}),
    "question": shape({**KIND, "question": question}),
    "file": shape({**KIND, "title": PIECE_TITLE}, {"file": FILE}),
    "audio": shape({**KIND, "title": PIECE_TITLE, "transcript": text(pieces.MAX_TRANSCRIPT)}, {"file": FILE}),
    "callout": shape({**KIND, "tone": one_of(*pieces.TONES), "title": PIECE_TITLE, "markdown": text(MAX_MARKDOWN)}),
    "checklist": shape({**KIND, "title": PIECE_TITLE, "items": rows(shape({"text": text(pieces.MAX_ITEM)}), pieces.MOST_ROWS)}),
    "accordion": shape({
        **KIND, "sections": rows(shape({"title": PIECE_TITLE, "markdown": text(MAX_MARKDOWN)}), pieces.MOST_ROWS),
    }),
    "embed": shape({**KIND, "url": text(pieces.MAX_URL), "title": PIECE_TITLE}),
    "divider": shape(KIND),
    "package": shape({**KIND, "title": PIECE_TITLE, "note": text(pieces.MAX_NOTE)}),
}  # fmt: skip


def block(value: Any, where: str) -> None:
    """Check a block by its kind."""
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in BLOCKS:
        raise BadArchive("kind", where)
    BLOCKS[kind](value, where)


LESSON = {
    "ref": text(40, 1), "title": TITLE, "minutes": whole(1, 600), "done_when": one_of(*DONE_WHEN), "release": RELEASE,
    "deadline": DEADLINE, "blocks": rows(block, MAX_BLOCKS),
}  # fmt: skip
COURSE = shape({
    "title": TITLE, "summary": text(MAX_SUMMARY), "cover": one_of(*COVERS), "language": one_of(*LANGUAGES),
    "in_order": flag, "deadline": DEADLINE, "survey": _maybe(shape(SURVEY)),
    "modules": rows(shape({"title": TITLE, "lessons": rows(shape(LESSON), MAX_LESSONS)}), MAX_MODULES),
}, {"study_minutes": whole(30, 9_999 * 60)})  # fmt: skip


def check_course(data: Any) -> dict[str, str]:
    """Return the files that the course shows, by name, with what each has to be (image, video, captions, audio, document).

    Raises BadArchive for anything that is not as the format says.
    """
    COURSE(data, "")
    lessons = [lesson for module in data["modules"] for lesson in module["lessons"]]
    refs = [lesson["ref"] for lesson in lessons]
    if len(set(refs)) != len(refs) or len(refs) > MAX_LESSONS:
        raise BadArchive("content", "lessons")
    for lesson in lessons:
        after = lesson["release"].get("after", "previous")
        if after != "previous" and (after not in refs or after == lesson["ref"]):
            raise BadArchive("content", f"{lesson['ref']} / release")
    return _files(block for lesson in lessons for block in lesson["blocks"])


def _files(blocks: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in blocks:
        shown = [(pieces.STORED.get(one["kind"], one["kind"]), one), *(("captions", track) for track in one.get("captions", ()))]
        shown += [("image", one["question"]["rule"])] if "question" in one else []
        for kind, holder in shown:
            if "file" in holder and found.setdefault(holder["file"], kind) != kind:
                raise BadArchive("content", holder["file"])
    return found


def counts(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the course holds, for the preview: modules, lessons, blocks by kind, whether there is a survey."""
    lessons = [lesson for module in data["modules"] for lesson in module["lessons"]]
    kinds: dict[str, int] = {}
    for one in (block for lesson in lessons for block in lesson["blocks"]):
        kinds[one["kind"]] = kinds.get(one["kind"], 0) + 1
    return {
        "title": data["title"], "modules": len(data["modules"]), "lessons": len(lessons), "blocks": kinds,
        "survey": bool(data["survey"]), "outline": _outline(data["modules"]),
    }  # fmt: skip


def _outline(modules: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"title": one["title"], "lessons": [lesson["title"] for lesson in one["lessons"]]} for one in modules]
