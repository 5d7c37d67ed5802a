"""What tests of copies and archives share: a course with everything, its content without ids, archives made by hand."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient

from core.db import db
from jobs import perform
from tenants.courses import actions, block_actions, queries
from tenants.courses.block_actions import ChoiceDraft, QuestionDraft
from tenants.courses.content import snapshot_of
from tenants.courses.models import Lesson
from tenants.files.actions import store_file
from tenants.files.models import File
from tenants.surveys import actions as surveys
from tenants.surveys.queries import course_survey
from tenants.surveys.rules import new_question
from tests.cast import Cast
from tests.courses.writing import member
from tests.files.making import captions, film, picture

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{10}(?:[0-9a-f]{2})?\b")
HTML = "<script>alert(1)</script> **bold** [x](javascript:alert(1)) {{ 7*7 }} 'quote\" — ñ 漢 🙂"


@dataclass(frozen=True)
class Full:
    """Ids of the course, and of the image that it shows."""

    course: UUID
    image: UUID


QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ("short", {"accepted": "Flour\nthe flour", "typos": "1", "case": ""}),
    ("number", {"value": "12,5", "tolerance": "0.5", "unit": "g"}),
    ("matching", {"pairs": [{"left": "a", "right": "b"}, {"left": "c", "right": "d"}], "extra": "e\nf", "partial": "1"}),
    ("ordering", {"items": "one\ntwo\nthree", "has_partial": "1"}),
    ("gaps", {"text": "The [[heart|the heart]] has [[4|~2|~3]].", "typos": "2", "case": "1"}),
    ("open", {}),
    ("file", {}),
]


def full_course(cast: Cast) -> Full:
    """Return a course with every kind of block and question, rules and a survey, in the open frame."""
    author = member(cast, "author")
    course = actions.create_course("Bread & <b>butter</b>", by=author, module_title="Start", lesson_title="Flour",
                                   language="en", cover="bread", summary="All of it.\nTwice.", trainer=member(cast, "trainer"))  # fmt: skip
    first = course.live_modules[0].live_lessons[0]
    block_actions.add_block(first, "text", {"markdown": HTML})
    image = store_file("image", picture(), "Sanne de Wit.png", author)
    block_actions.add_block(first, "image", {"file_id": str(image.id), "alt": "A red field", "decorative": False, "caption": "Red",
                                             "width": image.width, "height": image.height})  # fmt: skip
    _film(first, cast)
    block_actions.remove_block(block_actions.add_block(first, "text", {"markdown": "REMOVED"}))
    _pieces(first, cast)
    asking = actions.add_lesson(course.live_modules[0], "Questions", minutes=25, done_when="question")
    ask_all(asking, image)
    last = actions.add_lesson(actions.add_module(course, "Bake"), "Oven", done_when="approved")
    _exercise(last)
    block = block_actions.add_block(last, "survey")
    surveys.save_block_survey(block, survey("In the lesson"))
    actions.rule_lesson(asking, {"on": "2026-12-01", "days": 3, "after": str(first.id)}, {"days": 30})
    actions.rule_lesson(last, {"after": "previous", "percent": "70", "groups": [str(cast.ids["second"])]}, {})
    actions.rule_course(course, True, {"on": "2027-06-30"})
    surveys.save_course_survey(course, survey("At the end"), author)
    return Full(course.id, image.id)


def _film(lesson: Lesson, cast: Cast) -> None:
    video = store_file("video", film(), "film.mp4", member(cast, "author"))
    track = store_file("captions", captions(), "film.vtt", member(cast, "author"))
    block_actions.add_block(lesson, "video", {
        "file_id": str(video.id), "title": "Kneading", "transcript": "Push.", "silent": False, "seconds": video.seconds,
        "media_type": video.media_type, "captions": [{"file_id": str(track.id), "language": "nl"}],
    })  # fmt: skip


def _pieces(lesson: Lesson, cast: Cast) -> None:
    for kind, name, content in (("file", "Recipes of Sanne.csv", b"flour,500\n"), ("audio", "Sanne sings.mp3", b"ID3\x04" + bytes(100))):
        file = store_file({"file": "document"}.get(kind, kind), io.BytesIO(content), name, member(cast, "author"))
        block_actions.add_block(lesson, kind, {"file_id": str(file.id), "title": f"The {kind}", "media_type": file.media_type,
                                               "size_bytes": file.size_bytes, **({"transcript": "La."} if kind == "audio" else {})})  # fmt: skip
    block_actions.add_block(lesson, "callout", {"tone": "warning", "title": "Hot", "markdown": HTML})
    block_actions.add_block(lesson, "checklist", {"title": "Ready?", "items": [{"id": "0123456789ab", "text": "<b>Oven</b>"}]})
    block_actions.add_block(lesson, "accordion", {"sections": [{"id": "0123456789ac", "title": "More", "markdown": HTML}]})
    block_actions.add_block(lesson, "package", {"title": "Oven simulator", "note": "In spring."})
    block_actions.add_block(lesson, "embed", {"url": "https://youtu.be/M7lc1UVf-VE", "title": "A film"})
    block_actions.add_block(lesson, "divider")


def ask_all(lesson: Lesson, image: File) -> None:
    """Ask a question of every kind."""
    two = [ChoiceDraft(None, "Yes", True, "Indeed"), ChoiceDraft(None, "No", False, "")]
    for kind in ("single", "multiple", "truefalse"):
        block = block_actions.add_block(lesson, "question")
        draft = QuestionDraft(kind, f"{kind}?", "Right.", "Again.", two, "A hint", {"has_partial": True, "partial": True})
        block_actions.save_question(block, draft)
    for kind, rule in QUESTIONS:
        block_actions.save_question(block_actions.add_block(lesson, "question"), QuestionDraft(kind, f"{kind}?", rule=rule))
    spot = block_actions.add_block(lesson, "question")
    block_actions.save_picture(spot, {"file_id": str(image.id), "width": image.width, "height": image.height})
    area = {"label": "Left", "is_right": True, "x": "1.5", "y": "2", "w": "10", "h": "20"}
    rule = {"alt": "A field", "areas": [area, {**area, "label": "Right", "is_right": False}]}
    block_actions.save_question(spot, QuestionDraft("hotspot", "Where?", rule=rule))


def _exercise(lesson: Lesson) -> None:
    level = {"id": "0123456789", "title": "Good", "points": "2.5", "description": "Crisp"}
    block_actions.add_block(lesson, "exercise", {
        "title": "Bake it", "markdown": "Bake **one**.", "wants_text": True, "most_files": 3, "types": ["image"], "peers": 2,
        "anonymous": True, "criteria": [{"id": "abcdef0123", "title": "Crust", "levels": [level, {**level, "id": "0123456780", "points": "0"}]}],
    })  # fmt: skip


def survey(title: str) -> dict[str, Any]:
    """Return a survey of two questions."""
    chosen = {**new_question("single", "Which?"), "options": [{"id": str(uuid4()), "text": word} for word in ("This", "That")]}
    return {"title": title, "intro": "Be honest.", "mode": "named", "questions": [chosen, {**new_question("nps", "How likely?"), "low": "no", "high": "yes"}]}


def plain(cast: Cast, course_id: UUID, *, groups: bool = True) -> Any:
    """Return everything that the course says, ids numbered in the order in which they come, in the open frame."""
    course = queries.course_to_edit(member(cast, "author"), course_id)
    draft = snapshot_of(course)
    end = course_survey(course_id)
    outline = {name: value for name, value in draft.outline.items() if name != "files"}
    whole = json.dumps([outline, list(draft.pages.values()), end.body if end else None, course.rules], sort_keys=True)
    if not groups:
        whole = re.sub(r'"groups": \[[^\]]*\],? ?', "", whole)
    seen: dict[str, str] = {}
    return json.loads(ID.sub(lambda found: seen.setdefault(found[0], f"#{len(seen)}"), whole))


def differing(one: Any, other: Any, where: str = "") -> list[str]:
    """Return where two values differ, each place with both."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [found for name in {**one, **other} for found in differing(one.get(name), other.get(name), f"{where}/{name}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [found for n, pair in enumerate(zip(one, other, strict=True)) for found in differing(*pair, f"{where}/{n}")]
    return [] if one == other else [f"{where}: {one!r} | {other!r}"]


def drain() -> None:
    """Do the work that waits."""
    perform.drain(most=20)


def unzip(content: bytes) -> dict[str, bytes]:
    """Return the entries of an archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


def zipped(entries: Mapping[str, bytes], **more: Any) -> bytes:
    """Return an archive of these entries, as they are."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in entries.items():
            pack.writestr(name, content)
    return out.getvalue()


def sealed(entries: Mapping[str, bytes], **manifest: Any) -> bytes:
    """Return an archive of these entries with a manifest that tells the truth about them."""
    files = {name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
             for name, content in entries.items() if name != "manifest.json"}  # fmt: skip
    told = {"format": "kweek-course", "version": 1, "files": files, "left_out": [], **manifest}
    return zipped({**{name: entries[name] for name in files}, "manifest.json": json.dumps(told).encode()})


def changed(entries: Mapping[str, bytes], change: Callable[[Any], None]) -> bytes:
    """Return the archive with another course in it, its manifest made to fit."""
    course = json.loads(entries["course.json"])
    change(course)
    return sealed({**entries, "course.json": json.dumps(course).encode()})


def exported(browser: FlaskClient, course_id: UUID) -> bytes:
    """Return the archive of a course, by the pages and the job."""
    browser.post(f"/courses/{course_id}/exports")
    drain()
    link = re.search(r'href="(/courses/exports/[0-9a-f-]+/archive)"', browser.get(f"/courses/{course_id}/exports").text)
    assert link, "there is an archive to download"
    answer = browser.get(link[1])
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    return answer.data


def upload(browser: FlaskClient, content: bytes) -> Any:
    """Return the answer to an upload of an archive."""
    return browser.post("/courses/import", data={"file": (io.BytesIO(content), "course.zip")})


def course_ids(cast: Cast) -> list[UUID]:
    """Return the ids of the academy's courses, newest first."""
    with db.scope(cast.academy.scope):
        return [course.id for course in queries.courses_to_edit(member(cast, "author"))]
