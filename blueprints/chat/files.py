"""Files of messages: taken with a message, sent to who is in the room, and what pages say of them."""

from __future__ import annotations

from typing import BinaryIO, cast
from uuid import UUID

from flask import Response, request
from flask_babel import gettext as _

import tenants.chat.own_files  # noqa: F401  adds sent files to a person's own work
from blueprints.chat.blueprint import chat
from blueprints.courses.words import upload_words
from blueprints.files.show import sent
from blueprints.me import me
from core import limits
from core.access import roles, signed_in
from core.limits import Limit
from tenants.chat import actions, attachments, moderating, queries
from tenants.chat.attachment_models import Attachment
from tenants.chat.attachments import MOST_DAILY_BYTES, MOST_FILES, SMALL_EDGE, NotTaken, Prepared
from tenants.chat.models import Message
from tenants.files.documents import MAX_DOCUMENT_BYTES

MOST_HOURLY = 200
ACCEPTED = "image/jpeg,image/png,image/webp,image/gif,audio/*,.pdf,.docx,.odt,.xlsx,.csv,.pptx,.txt,.md,.mp3,.m4a,.wav"


def uploads(room_id: UUID) -> list[Prepared]:
    """Return the files of the form, ready to be stored; the person may write in the room now, which is asked before anything is
    drawn anew. Raises NotFound, Silent, TooMany, NotTaken."""
    chosen = [(cast(BinaryIO, one.stream), one.filename) for one in request.files.getlist("files") if one.filename]
    if not chosen:
        return []
    actions.check_may_say(me(), queries.room_for(me(), room_id))
    limits.spend([Limit("chat files", (str(me().id),), MOST_HOURLY, 3600)])
    attachments.check_day(me(), request.content_length or 0)
    return attachments.prepare(chosen)


@chat.get("/messages/<uuid:room_id>/files/<uuid:attachment_id>")
@signed_in
def file(room_id: UUID, attachment_id: UUID) -> Response:
    """Send a file of a message to who is in the room now."""
    return _fresh(sent(attachments.file_in(me(), room_id, attachment_id)))


@chat.get("/messages/<uuid:room_id>/files/<uuid:attachment_id>/small")
@signed_in
def small_file(room_id: UUID, attachment_id: UUID) -> Response:
    """Send the small picture of an image of a message."""
    return _fresh(sent(attachments.file_in(me(), room_id, attachment_id, small=True)))


@chat.get("/messages/reports/<uuid:report_id>/files/<uuid:attachment_id>")
@roles("manager", "owner")
def reported_file(report_id: UUID, attachment_id: UUID) -> Response:
    """Send a file of a reported message to a moderator: of that message only, and of no other in the room. It is written down."""
    case = moderating.case(me(), report_id)
    found = attachments.one_of(case.message.files, attachment_id)
    moderating.looked(me(), case)
    return _fresh(sent(found))


def _fresh(answer: Response) -> Response:
    """Let browsers keep the file and ask each time whether it may still be shown."""
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def not_taken_words(error: NotTaken) -> str:
    """Return why a file was not taken, and what to do."""
    if error.why == "too_many_files":
        return _("A message takes at most %(most)d files. Send the others in a second message.", most=MOST_FILES)
    if error.why == "too_much_today":
        return _("You sent %(limit)d MB of files within a day, which is the most. Send this tomorrow.", limit=MOST_DAILY_BYTES // 1024 // 1024)
    if error.why == "heic":
        words = _("This is a HEIC photo, which browsers cannot show. Save it as JPEG and send that, or make a screenshot of it.")
    elif error.why in ("not_a_document", "not_a_sound"):
        words = _("This kind of file cannot be sent. Use an image, a sound, PDF, Word, Excel, PowerPoint or text.")
    elif error.why == "too_large":
        words = _("This file is too large. It may be %(limit)d MB at most.", limit=MAX_DOCUMENT_BYTES // 1024 // 1024)
    else:
        words = upload_words(error.why, "document")
    return f"{error.name}: {words}" if error.name else words


@chat.app_template_global()
def carried_words(message: Message) -> str:
    """Return what a message without words holds."""
    return {"image": _("Image"), "voice": _("Voice message"), "audio": _("Sound")}.get(message.carries or "", _("File"))


@chat.app_template_global()
def small_size(one: Attachment) -> tuple[int, int]:
    """Return width and height of an image's small picture, so that the page keeps room for it."""
    width, height = one.file.width or SMALL_EDGE, one.file.height or SMALL_EDGE
    scale = min(1.0, SMALL_EDGE / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


@chat.app_template_global()
def file_limits() -> dict[str, str | int]:
    """Return what the field for files needs to know."""
    return {"most": MOST_FILES, "bytes": MAX_DOCUMENT_BYTES, "megabytes": MAX_DOCUMENT_BYTES // 1024 // 1024, "accept": ACCEPTED}
