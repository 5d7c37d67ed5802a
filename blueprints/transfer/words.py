"""Sentences about archives: what is in them, what stays behind, why one is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from blueprints.transfer import transfer
from tenants.transfer.archive import MAX_ARCHIVE_BYTES

MB = 1024 * 1024


@transfer.app_template_global()
def refusal_words(why: str, where: str = "") -> str:
    """Return why an archive is refused, where in it, and what to do."""
    sentence = {
        "empty": _("Choose an archive first: a file that ends in .zip."),
        "not_an_archive": _("This file is no archive of a course, or it is damaged. Export the course again."),
        "no_manifest": _("This ZIP was not made by exporting a course. Choose the file that the export gave."),
        "version": _("This archive was made by a newer version of the platform. This academy cannot read it yet."),
        "too_large": _("The archive is too large. It may be %(limit)d MB at most; split the course in two.", limit=MAX_ARCHIVE_BYTES // MB),
        "too_many_files": _("The archive holds too many files. Split the course in two."),
        "bomb": _("The archive unpacks to far more than it should. It is not read any further."),
        "name": _("The archive holds a file that does not belong there. Export the course again."),
        "list": _("The archive does not hold just the files that it names. Export the course again."),
        "checksum": _("A file in the archive is not what was exported. Export the course again."),
        "content": _("Something in the course is not as it has to be. Export the course again."),
        "kind": _("The course has a part that this academy does not know."),
        "not_image": _("An image in the archive is no image that we can show."),
        "not_video": _("A video in the archive is no video that browsers play."),
        "not_captions": _("Captions in the archive are no WebVTT."),
        "not_audio": _("A sound in the archive is no sound that browsers play."),
        "not_document": _("A document in the archive is not of a kind that can be offered."),
        "gone": _("The archive was deleted, because it waited too long. Upload it again."),
    }.get(why, _("This archive cannot be read. Export the course again."))
    return f"{sentence} ({where})" if where else sentence


@transfer.app_template_global()
def contents_words(report: Mapping[str, Any]) -> list[str]:
    """Return what comes over, line by line."""
    blocks: dict[str, Callable[[int], str]] = {
        "text": lambda n: ngettext("%(num)d text", "%(num)d texts", n),
        "image": lambda n: ngettext("%(num)d image", "%(num)d images", n),
        "video": lambda n: ngettext("%(num)d video", "%(num)d videos", n),
        "question": lambda n: ngettext("%(num)d question", "%(num)d questions", n),
        "exercise": lambda n: ngettext("%(num)d exercise", "%(num)d exercises", n),
        "survey": lambda n: ngettext("%(num)d survey in a lesson", "%(num)d surveys in lessons", n),
        "file": lambda n: ngettext("%(num)d document", "%(num)d documents", n),
        "audio": lambda n: ngettext("%(num)d sound", "%(num)d sounds", n),
        "callout": lambda n: ngettext("%(num)d callout", "%(num)d callouts", n),
        "checklist": lambda n: ngettext("%(num)d checklist", "%(num)d checklists", n),
        "accordion": lambda n: ngettext("%(num)d accordion", "%(num)d accordions", n),
        "embed": lambda n: ngettext("%(num)d video from the web", "%(num)d videos from the web", n),
        "package": lambda n: ngettext("%(num)d place of a package", "%(num)d places of packages", n),
    }
    lines = [
        ngettext("%(num)d module", "%(num)d modules", report["modules"]),
        ngettext("%(num)d lesson", "%(num)d lessons", report["lessons"]),
        *(say(report["blocks"][kind]) for kind, say in blocks.items() if report["blocks"].get(kind)),
    ]
    if report["files"]:
        lines.append(ngettext("%(num)d file", "%(num)d files", report["files"]))
    return [*lines, _("The survey at the end of the course")] if report["survey"] else lines


@transfer.app_template_global()
def left_out_words(report: Mapping[str, Any]) -> list[str]:
    """Return what does not come over, line by line: what the exporting academy left out, then what never travels."""
    say: dict[str, Callable[[int], str]] = {
        "block": lambda n: ngettext("%(num)d part of a lesson that only the other academy can show", "%(num)d parts of lessons that only the other academy can show", n),
        "rule": lambda n: ngettext("%(num)d setting of a lesson that only the other academy knows", "%(num)d settings of lessons that only the other academy knows", n),
        "groups": lambda n: ngettext("%(num)d rule that opens a lesson for groups", "%(num)d rules that open lessons for groups", n),
        "file": lambda n: ngettext("%(num)d file that was gone", "%(num)d files that were gone", n),
    }  # fmt: skip
    return [
        *(say[what](number) for what, number in report.get("left_out", {}).items() if what in say),
        _("People, progress, answers and hand-ins"), _("Who may enrol, groups, sessions and the certificate"),
        _("Earlier versions; what comes over is the version of the authors"), _("The trainer: you become the trainer"),
    ]
