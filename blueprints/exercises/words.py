"""What pages say about exercises: what is asked, how it stands, points, what is wrong with an upload."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from blueprints.exercises import exercises
from tenants.courses.rules import is_decimal
from tenants.exercises.actions import HandedInAlready, NothingToHandIn, TooManyFiles
from tenants.exercises.peers import Finished, NothingSaid
from tenants.exercises.reviewing import NoWords
from tenants.exercises.rules import Points, points_of
from tenants.files.documents import MAX_DOCUMENT_BYTES
from tenants.files.looks import NotThat

MB = 1024 * 1024


@exercises.app_template_global()
def asked_words(exercise: Mapping[str, Any]) -> str:
    """Return what the exercise asks for."""
    most = exercise["most_files"]
    if not most:
        return _("Write a text")
    if exercise["wants_text"]:
        return ngettext("Write a text or add a file", "Write a text or add up to %(num)d files", most)
    return ngettext("Add a file", "Add up to %(num)d files", most)


@exercises.app_template_global()
def type_words(kind: str) -> str:
    """Return the name of a group of file types."""
    return {
        "document": _("PDF, Word and ODT documents"), "sheet": _("Excel and CSV sheets"),
        "slides": _("PowerPoint slides"), "text": _("plain text and Markdown"), "image": _("images"),
        "audio": _("sound (MP3, M4A, WAV)"),
    }[kind]  # fmt: skip


ACCEPTED = {
    "document": ".pdf,.docx,.odt", "sheet": ".xlsx,.csv", "slides": ".pptx", "text": ".txt,.md",
    "image": "image/jpeg,image/png,image/webp,image/gif", "audio": ".mp3,.m4a,.wav",
}  # fmt: skip


@exercises.app_template_global()
def accepted_types(exercise: Mapping[str, Any]) -> str:
    """Return the types for the attribute `accept` of a file field."""
    return ",".join(ACCEPTED[kind] for kind in exercise["types"])


@exercises.app_template_global()
def hand_in_words(state: str | None) -> str:
    """Return how an exercise stands, for its participant."""
    words: dict[str | None, str] = {
        None: _("Not handed in yet"), "draft": _("Not handed in yet"), "handed_in": _("Handed in"),
        "in_review": _("Handed in"), "again": _("Not yet: try again"), "approved": _("Approved"),
    }  # fmt: skip
    return words[state]


@exercises.app_template_global()
def points_words(points: Points) -> str:
    """Return "7.5 of 10 points", and how many criteria were judged when that is not all of them."""
    shown = {"got": decimal_words(points.got), "most": decimal_words(points.most)}
    if points.is_whole:
        return _("%(got)s of %(most)s points", **shown)
    return ngettext(
        "%(got)s of %(most)s points, %(judged)d of %(num)d criterion judged",
        "%(got)s of %(most)s points, %(judged)d of %(num)d criteria judged",
        points.criteria, judged=points.judged, **shown,
    )  # fmt: skip


@exercises.app_template_global()
def decimal_words(number: Any) -> str:
    """Return a number of points as people write it, "7.5"; what an author has not finished stays as it is."""
    text = str(number)
    return str(format_decimal(Decimal(text), format="0.##")) if is_decimal(text) else text


@exercises.app_template_global()
def size_words(size_bytes: int) -> str:
    """Return the size of a file: "48 kB", "1.2 MB"."""
    if size_bytes < MB:
        return _("%(size)s kB", size=format_decimal(max(1, round(size_bytes / 1024))))
    return _("%(size)s MB", size=format_decimal(Decimal(size_bytes) / MB, format="0.#"))


@exercises.app_template_global()
def rubric_points(exercise: Mapping[str, Any], levels: Mapping[str, str]) -> Points:
    """Return what the chosen levels add up to."""
    return points_of(exercise["criteria"], levels)


def refusal_words(error: Exception) -> str:
    """Return why something about an exercise could not be stored, and what to do."""
    if isinstance(error, NotThat):
        return upload_words(error.why)
    words: dict[type[Exception], str] = {
        HandedInAlready: _("You handed this in already. Reload the page to see how it stands."),
        NothingToHandIn: _("Write something or add a file first, then hand in."),
        TooManyFiles: _("That is more files than the exercise takes. Remove one first."),
        Finished: _("You sent this feedback already."),
        NothingSaid: _("Write something or choose a level first."),
        NoWords: _("Write what is missing: who tries again needs to know what to do."),
    }
    return words.get(type(error), _("This cannot be stored as it is. Check it and try again."))


def upload_words(why: str) -> str:
    """Return why a file was refused, and what to do."""
    return {
        "empty": _("The file is empty. Choose another one."),
        "too_large": _("A file is too large. It may be %(limit)d MB at most.", limit=MAX_DOCUMENT_BYTES // MB),
        "too_many_pixels": _("This image has too many pixels. Make it smaller than 40 megapixels."),
        "not_an_image": _("This file is not an image that we can show. Use JPEG, PNG, WebP or GIF."),
        "has_macros": _("A document with macros cannot be handed in. Save it without macros and add it again."),
        "not_asked": _("The exercise does not ask for files of this type. Its task says which ones it takes."),
    }.get(why, _("We do not know this type of file. Use PDF, Word, Excel, PowerPoint, ODT, plain text, an image or sound."))
