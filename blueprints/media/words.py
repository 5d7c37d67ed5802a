"""Words of the library: kinds of files, what is the matter with them, why an upload was refused."""

from __future__ import annotations

from flask import g
from flask_babel import gettext as _

from blueprints.courses.words import upload_words
from blueprints.media import media
from core.config import config
from tenants.courses.models import Block
from tenants.files import queries
from tenants.files.models import File
from tenants.media.uses import Use


@media.app_template_global()
def media_kinds() -> dict[str, str]:
    """Return the kinds of files with their names."""
    return {"image": _("Image"), "video": _("Video"), "audio": _("Audio"), "document": _("Document"), "captions": _("Captions")}


@media.app_template_global()
def media_states() -> dict[str, str]:
    """Return what a list of the library can be about."""
    return {"unused": _("Used nowhere"), "uncaptioned": _("Video without captions"), "unplayable": _("Not playable yet")}


@media.app_template_global()
def use_words(use: Use) -> str:
    """Return what kind of place shows the file."""
    return {
        "draft": _("Draft"), "published": _("Published"), "bin": _("Removed lately; undo brings it back"), "bank": _("Question bank"),
        "test": _("Tests that people sat"), "design": _("Certificate design"),
    }[use.where]  # fmt: skip


@media.app_template_global()
def trouble_words(trouble: str | None) -> str:
    """Return why a film could not be made playable, and what to do."""
    advice = _("Save it as MP4 (H.264) and upload that. On an iPhone, choose Settings, Camera, Formats, Most Compatible, and film again.")
    return {
        "too_slow": _("It takes too long to make this video playable. Cut it into shorter parts, or make it smaller."),
        "no_room": _("The platform has no room to make this video playable now. Try again later, or ask its people."),
        "missing": _("The platform cannot make videos playable now.") + " " + advice,
    }.get(trouble or "") or _("This video could not be made playable.") + " " + advice


@media.app_template_global()
def video_hint() -> str:
    """Return which videos are taken here, and what to do with others."""
    if config().ffmpeg:
        return _("Videos from phones (MOV, HEVC) are made playable here; that takes some minutes.")
    return _("Videos have to be MP4 (H.264) or WebM. On an iPhone, choose Settings, Camera, Formats, Most Compatible.")


@media.app_template_global()
def unready_film(block: Block) -> File | None:
    """Return the block's film while it is not playable; all films of the page are asked for at once, and kept for it."""
    if "unready_films" not in g:
        films = [one.body.get("file_id") for one in block.lesson.live_blocks if one.kind == "video"]
        g.unready_films = queries.unready(films)
    found: dict[str, File] = g.unready_films
    return found.get(block.body.get("file_id") or "")


def refusal_words(why: str) -> str:
    """Return why an upload to the library was refused, and what to do."""
    if why == "not_a_document":
        return _("This file cannot be kept here. Use an image, a video, a sound, WebVTT captions, or PDF, Word, Excel, PowerPoint or text.")
    return upload_words(why, "video")
