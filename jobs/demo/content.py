"""The demo courses as plain values, read from `content/*.md`. No database here: a loader writes the rows.

Structure: `load_courses()` returns DemoCourse (academy, slug, title, ...) -> `.modules` of DemoModule ->
`.lessons` of DemoLesson -> `.blocks` of DemoBlock, all in reading order. A block is one of

- kind "text": `markdown` (CommonMark with tables; headings start at level 3);
- kind "image": `file` (a name in `media/`), `alt`, `caption`;
- kind "video": `file`, `title`, `captions` (DemoCaption language + file), `transcript`;
- kinds of pieces.py (file, audio, callout ...): `body`, and `file` to be stored;
- kind "question": `question` (DemoQuestion kind, prompt, choices, feedback, hint, rule as an author's form sends it).

`DemoCourse.lessons` is the flat list; `cast.py` points at lessons by their 1-based number in it and at
questions by their 1-based number in the lesson. `MEDIA / block.file` is the file on disk.

File format: front matter between `---`, `# Module`, `## Lesson` followed by `minutes:` and `done:`
(question or marked), then Markdown with fences `:::image|video|single|multiple|truefalse|short|number|matching|ordering|gaps|hotspot <file>|open` ... `:::`.
In questions `+` is a right and `-` another choice, with feedback after ` | `; `accept:` (one or more) and `typos:` are of
short, `value:` `margin:` `unit:` of number ones, `pair: left = right` and `extra:` of matches, `item:` of orders, `text:` of gaps,
`alt:` and `spot: x y w h + label` (percent; + right, - not) of a hotspot; `hint:`, `right:` and `again:` close it.
A file that breaks these rules raises ContentError with its name and what is at fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jobs.demo.pieces import PIECES, body_of

HERE = Path(__file__).parent
CONTENT = HERE / "content"
MEDIA = HERE / "media"
QUESTION_KINDS = (
    "single", "multiple", "truefalse", "short", "number", "matching", "ordering", "gaps", "hotspot", "open",
)
LISTED = {"accept": "accepted", "item": "items", "extra": "extra"}
RULE_LINES = {"value": "value", "margin": "tolerance", "unit": "unit", "typos": "typos"}


class ContentError(ValueError):
    """A demo course file breaks the format described above."""


@dataclass(frozen=True)
class DemoChoice:
    """One answer that can be chosen."""

    text: str
    is_right: bool
    feedback: str


@dataclass(frozen=True)
class DemoQuestion:
    """A question; an open one has no choices and `feedback_right` is said after handing in."""

    kind: str
    prompt: str
    choices: tuple[DemoChoice, ...]
    feedback_right: str
    feedback_again: str
    hint: str = ""
    rule: dict[str, Any] = field(default_factory=dict)
    file: str = ""


@dataclass(frozen=True)
class DemoCaption:
    """A WebVTT file in `media/` and its language."""

    language: str
    file: str


@dataclass(frozen=True)
class DemoBlock:
    """One piece of a lesson; which fields are set depends on `kind` (see the module docstring)."""

    kind: str
    markdown: str = ""
    file: str = ""
    alt: str = ""
    caption: str = ""
    title: str = ""
    captions: tuple[DemoCaption, ...] = ()
    transcript: str = ""
    question: DemoQuestion | None = None
    body: dict[str, Any] = field(default_factory=dict)


@dataclass
class DemoLesson:
    """A lesson; `done_when` is "marked" or "question" as in tenants.courses."""

    title: str
    minutes: int = 0
    done_when: str = ""
    blocks: list[DemoBlock] = field(default_factory=list)

    @property
    def questions(self) -> list[DemoQuestion]:
        """Return the questions in order."""
        return [block.question for block in self.blocks if block.question]


@dataclass
class DemoModule:
    """A part of a course."""

    title: str
    lessons: list[DemoLesson] = field(default_factory=list)


@dataclass
class DemoCourse:
    """A course; `trainer` is the key of a person in cast.py, `state` is draft or published."""

    academy: str
    slug: str
    title: str
    cover: str
    summary: str
    language: str
    state: str
    trainer: str
    modules: list[DemoModule] = field(default_factory=list)

    @property
    def lessons(self) -> list[DemoLesson]:
        """Return all lessons in reading order."""
        return [lesson for module in self.modules for lesson in module.lessons]


def load_courses(academy: str | None = None) -> list[DemoCourse]:
    """Return the demo courses, of one academy if named, sorted by file name. Raises ContentError."""
    courses = [read_course(path) for path in sorted(CONTENT.glob("*.md"))]
    return [course for course in courses if academy in (None, course.academy)]


def read_course(path: Path) -> DemoCourse:
    """Return the course in one file. Raises ContentError naming the file."""
    try:
        return parse_course(path.read_text(encoding="utf-8"))
    except ContentError as error:
        raise ContentError(f"{path.name}: {error}") from error


def parse_course(text: str) -> DemoCourse:
    """Return the course that `text` describes. Raises ContentError."""
    pieces = text.split("---\n", 2)
    if len(pieces) != 3 or pieces[0].strip():
        raise ContentError("Start with front matter between two lines of ---.")
    course = _course(_pairs(pieces[1].splitlines()))
    for title, body in _sections(pieces[2], "# "):
        lessons = [_lesson(name, part) for name, part in _sections(body, "## ")]
        course.modules.append(DemoModule(title, lessons))
    return course


def _course(front: dict[str, str]) -> DemoCourse:
    """Return a course without modules. Raises ContentError when a field is missing or unknown."""
    try:
        return DemoCourse(**front)  # type: ignore[arg-type]  # an unknown field is a TypeError, answered below
    except TypeError as error:
        raise ContentError(f"Front matter: {error}") from error


def _pairs(lines: list[str]) -> dict[str, str]:
    """Return `name: value` lines as a dictionary, without quotes around a value."""
    found = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise ContentError(f"Expected name: value, found {line!r}.")
        found[name.strip()] = value.strip().strip('"')
    return found


def _sections(text: str, mark: str) -> list[tuple[str, str]]:
    """Return (title, body) for each line that starts with `mark`; nothing may stand before the first."""
    before, *parts = re.split(rf"^{mark}", text, flags=re.MULTILINE)
    if before.strip():
        raise ContentError(f"Text before the first {mark!r} heading: {before.strip()[:40]!r}.")
    return [(part.partition("\n")[0].strip(), part.partition("\n")[2]) for part in parts]


def _lesson(title: str, body: str) -> DemoLesson:
    """Return a lesson with its blocks. Raises ContentError."""
    head, _, rest = body.strip().partition("\n\n")
    facts = _pairs(head.splitlines())
    if set(facts) != {"minutes", "done"} or not facts["minutes"].isdigit():
        raise ContentError(f"Lesson {title!r} needs minutes: and done: below its title.")
    return DemoLesson(title, int(facts["minutes"]), facts["done"], list(_blocks(rest)))


def _blocks(text: str) -> Iterator[DemoBlock]:
    """Yield text blocks and fenced blocks in turn. Raises ContentError on an open fence."""
    parts = re.split(r"^:::(.*)$", text, flags=re.MULTILINE)
    if len(parts) % 4 != 1 or any(parts[3::4]):
        raise ContentError("A ::: fence is not closed.")
    for at in range(0, len(parts), 4):
        if parts[at].strip():
            yield DemoBlock("text", markdown=parts[at].strip())
        if at + 1 < len(parts):
            yield _fenced(parts[at + 1].strip(), parts[at + 2].strip())


def _fenced(head: str, body: str) -> DemoBlock:
    """Return the block of one fence. Raises ContentError on an unknown kind."""
    kind, _, file = head.partition(" ")
    if kind in QUESTION_KINDS:
        return DemoBlock("question", question=replace(_question(kind, body), file=file))
    if kind == "image":
        facts = _pairs(body.splitlines())
        return DemoBlock("image", file=file, alt=facts.get("alt", ""), caption=facts.get("caption", ""))
    if kind == "video":
        return _video(file, body)
    if kind in PIECES:
        return DemoBlock(kind, file=file if kind in ("file", "audio") else "", body=body_of(kind, file, body))
    raise ContentError(f"Unknown block :::{kind}.")


def _video(file: str, body: str) -> DemoBlock:
    """Return a video block; everything after `transcript:` is the transcript."""
    head, _, transcript = body.partition("transcript:\n")
    lines = head.splitlines()
    tracks = [line.split()[1:] for line in lines if line.startswith("captions:")]
    facts = _pairs([line for line in lines if not line.startswith("captions:")])
    captions = tuple(DemoCaption(language, name) for language, name in tracks)
    return DemoBlock(
        "video", file=file, title=facts.get("title", ""), captions=captions, transcript=transcript.strip()
    )


def _question(kind: str, body: str) -> DemoQuestion:
    """Return a question; lines that are neither a choice nor feedback make up the prompt."""
    prompt: list[str] = []
    choices: list[DemoChoice] = []
    said = {"right": "", "again": "", "hint": ""}
    rule: dict[str, Any] = {}
    for line in body.splitlines():
        name, _, rest = line.partition(": ")
        if line.startswith(("+ ", "- ")):
            choices.append(_choice(line))
        elif name in said:
            said[name] = rest.strip()
        elif name in LISTED:
            rule[LISTED[name]] = f"{rule.get(LISTED[name], '')}\n{rest.strip()}".strip()
        elif name in ("pair", "spot"):
            rule.setdefault(f"{name}s" if name == "pair" else "areas", []).append(_row(name, rest))
        elif (kind == "gaps" and name == "text") or (kind == "hotspot" and name == "alt"):
            rule[name] = rest.strip()
        elif (kind == "number" and name in RULE_LINES) or (kind == "short" and name == "typos"):
            rule[RULE_LINES[name]] = rest.strip()
        else:
            prompt.append(line)
    return DemoQuestion(kind, "\n".join(prompt).strip(), tuple(choices), said["right"], said["again"],
                        said["hint"], rule)  # fmt: skip


def _row(name: str, rest: str) -> dict[str, Any]:
    """Return a pair or a spot, as an author's form sends it."""
    if name == "pair":
        left, _, right = rest.partition(" = ")
        return {"left": left, "right": right}
    x, y, w, h, sign, label = rest.split(" ", 5)
    return {"x": x, "y": y, "w": w, "h": h, "is_right": sign == "+", "label": label}


def _choice(line: str) -> DemoChoice:
    """Return the choice on one line; without ` | ` it has no feedback."""
    text, _, feedback = line[2:].partition(" | ")
    return DemoChoice(text.strip(), line.startswith("+"), feedback.strip())
