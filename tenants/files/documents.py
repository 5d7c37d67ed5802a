"""What somebody hands in, told by its bytes: documents, sheets, slides, plain text, images and sound.

Nothing that runs or that a browser would draw as a page is taken: HTML, SVG and files with macros are refused. A name
always ends in what the content is, so that a double click opens nothing else.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

from tenants.files.looks import EBML, MP4_BRANDS, NotThat, brands_of, find_box, read_at_most

GROUPS = ("document", "sheet", "slides", "text", "image", "audio")
MAX_DOCUMENT_BYTES = 25 * 1024 * 1024
MAX_AUDIO_BYTES = 100 * 1024 * 1024
MAX_PARTS = 5_000
MAX_CONTENTS_BYTES = 1024 * 1024
OFFICE = "application/vnd.openxmlformats-officedocument."
IMAGES = ((b"\xff\xd8\xff", ".jpg"), (b"\x89PNG\r\n\x1a\n", ".png"), (b"GIF8", ".png"))
_OFFICE_KINDS = (
    (b"wordprocessingml.document.main+xml", "document", "wordprocessingml.document", ".docx"),
    (b"spreadsheetml.sheet.main+xml", "sheet", "spreadsheetml.sheet", ".xlsx"),
    (b"presentationml.presentation.main+xml", "slides", "presentationml.presentation", ".pptx"),
)
_TEXTS = {".txt": "text/plain", ".md": "text/markdown", ".markdown": "text/markdown", ".csv": "text/csv"}
_MARKED_UP = re.compile(r"\s*<(?:!doctype|html|head|body|script|svg|math|\?xml|iframe|!--)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_SOUND_BRANDS = {b"M4A ", b"M4B "}
_BITRATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_RATES_HZ = (44_100, 48_000, 32_000)


@dataclass(frozen=True)
class Paper:
    """What a file turned out to be; `content` where the bytes were made clean, else they stay as they came."""

    group: str
    media_type: str
    suffixes: tuple[str, ...]
    content: bytes | None = None


def paper_of(source: BinaryIO, name: str) -> Paper:
    """Return what the file is; leaves `source` at its start. Raises NotThat for all that is not taken."""
    source.seek(0)
    head = source.read(4096)
    if not head:
        raise NotThat("empty")
    found = _by_head(source, head) or _text_of(source, name)
    source.seek(0)
    return found


def kind_of(source: BinaryIO) -> str:
    """Return which kind of file an author uploads, by its first bytes: whether it is a whole one shows when it is stored."""
    source.seek(0)
    head = source.read(4096)
    if any(head.startswith(mark) for mark, _suffix in IMAGES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return "image"
    if head.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
        return "captions"
    if _sound(source, head):
        return "audio"
    return "video" if head[4:8] == b"ftyp" or head[:4] == EBML else "document"


def sound_of(source: BinaryIO, name: str) -> Paper:
    """Return which sound the file is. Raises NotThat for all that is none."""
    try:
        paper = paper_of(source, name)
    except NotThat as refusal:
        raise NotThat("empty" if refusal.why == "empty" else "not_a_sound") from None
    if paper.group != "audio":
        raise NotThat("not_a_sound")
    return paper


def _by_head(source: BinaryIO, head: bytes) -> Paper | None:
    if head.startswith(b"%PDF-"):
        return Paper("document", "application/pdf", (".pdf",))
    if head.startswith(b"PK\x03\x04"):
        return _packed(source)
    for mark, suffix in IMAGES:
        if head.startswith(mark):
            return Paper("image", "", (suffix, ".jpeg") if suffix == ".jpg" else (suffix,))
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Paper("image", "", (".webp",))
    return _sound(source, head)


def _packed(source: BinaryIO) -> Paper:
    """Return which office document this ZIP is, by its own list of contents; nothing else of it is unpacked."""
    if _part_count(source) > MAX_PARTS:
        raise NotThat("not_a_document")
    try:
        with zipfile.ZipFile(source) as pack:
            return _office(pack)
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, NotImplementedError, RuntimeError, EOFError, struct.error):
        raise NotThat("not_a_document") from None


def _part_count(source: BinaryIO) -> int:
    """Return how many parts the end of the ZIP announces: a long list is refused before it is read."""
    end = source.seek(0, io.SEEK_END)
    source.seek(max(0, end - 66_000))
    tail = source.read()
    at = tail.rfind(b"PK\x05\x06")
    return int.from_bytes(tail[at + 10 : at + 12], "little") if at >= 0 else MAX_PARTS + 1


def _office(pack: zipfile.ZipFile) -> Paper:
    names = set(pack.namelist())
    if "mimetype" in names and _piece(pack, "mimetype") == b"application/vnd.oasis.opendocument.text":
        return Paper("document", "application/vnd.oasis.opendocument.text", (".odt",))
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise NotThat("has_macros")
    contents = _piece(pack, "[Content_Types].xml")
    for mark, group, kind, suffix in _OFFICE_KINDS:
        if mark in contents:
            return Paper(group, OFFICE + kind, (suffix,))
    raise NotThat("not_a_document")


def _piece(pack: zipfile.ZipFile, name: str) -> bytes:
    with pack.open(name) as part:
        return part.read(MAX_CONTENTS_BYTES)


def _sound(source: BinaryIO, head: bytes) -> Paper | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return Paper("audio", "audio/wav", (".wav",))
    if head[4:8] == b"ftyp" and _is_only_sound(source, brands_of(head)):
        return Paper("audio", "audio/mp4", (".m4a",))
    if head.startswith(b"ID3") or _mp3_frames(head):
        return Paper("audio", "audio/mpeg", (".mp3",))
    return None


def _is_only_sound(source: BinaryIO, brands: set[bytes]) -> bool:
    if brands & _SOUND_BRANDS:
        return True
    moov = find_box(source, b"moov", 0, source.seek(0, io.SEEK_END)) if brands & MP4_BRANDS else None
    if moov is None:
        return False
    source.seek(moov[0])
    tracks = source.read(min(moov[1] - moov[0], MAX_CONTENTS_BYTES))
    return b"soun" in tracks and b"vide" not in tracks


def _mp3_frames(head: bytes) -> bool:
    """Return whether the bytes begin with two MPEG-1 layer III frames, one right behind the other."""
    length = _frame_length(head[:4])
    return length > 0 and _frame_length(head[length : length + 4]) > 0


def _frame_length(frame: bytes) -> int:
    """Return the length of an MPEG-1 layer III frame in bytes by its first four, 0 if it is none."""
    if len(frame) < 4 or frame[0] != 0xFF or frame[1] & 0xFE != 0xFA:
        return 0
    bitrate, rate = frame[2] >> 4, (frame[2] >> 2) & 3
    if not 0 < bitrate < len(_BITRATES) or rate == len(_RATES_HZ):
        return 0
    return 144_000 * _BITRATES[bitrate] // _RATES_HZ[rate] + ((frame[2] >> 1) & 1)


def _text_of(source: BinaryIO, name: str) -> Paper:
    """Return the plain text as UTF-8; by its name it is Markdown or CSV. Raises NotThat for pages and drawings."""
    suffix = suffix_of(name)
    if suffix not in _TEXTS:
        raise NotThat("not_a_document")
    text = _decoded(read_at_most(source, MAX_DOCUMENT_BYTES))
    if _CONTROL.search(text) or _MARKED_UP.match(text):
        raise NotThat("not_a_document")
    group = "sheet" if suffix == ".csv" else "text"
    return Paper(group, _TEXTS[suffix], (suffix,), text.encode())


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:  # spreadsheets in Western Europe still write CSV in this one
        try:
            return content.decode("cp1252")
        except UnicodeDecodeError:
            raise NotThat("not_a_document") from None


def suffix_of(name: str) -> str:
    """Return the last suffix of a name in small letters, with its point; empty if it has none."""
    _, point, last = name.rpartition(".")
    return f".{last.lower()}" if point else ""


def named(name: str, suffixes: tuple[str, ...]) -> str:
    """Return the name, ending in one of the suffixes of what it holds."""
    return name if suffix_of(name) in suffixes else name + suffixes[0]
