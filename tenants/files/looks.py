"""What a file is, told by its bytes and never by its name; images are drawn anew, so only pixels remain."""

from __future__ import annotations

import io
import re
import shutil
import struct
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import Refused

MAX_IMAGE_BYTES = 20 * 1024 * 1024
MAX_VIDEO_BYTES = 500 * 1024 * 1024
MAX_CAPTIONS_BYTES = 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_EDGE = 2_400
MAX_BOXES = 10_000

_FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/png"}
MP4_BRANDS = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash", b"MSNV"}
PHONE_BRANDS = {b"qt  ", b"3gp4", b"3gp5", b"3gp6", b"3g2a"}
PLAYED_CODECS = {b"avc1", b"avc3", b"vp09", b"av01"}
MOST_TRACKS = 64
TELLERS = (b"udta", b"meta", b"uuid")
EBML = b"\x1a\x45\xdf\xa3"
_CUE = re.compile(r"^(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3} +--> +(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}", re.MULTILINE)


class NotThat(Refused):
    """The upload is not what it has to be; `why` names the sentence to show."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Picture:
    """An image, drawn anew: its bytes, media type and size in pixels."""

    content: bytes
    media_type: str
    width: int
    height: int


def picture_of(source: BinaryIO) -> Picture:
    """Return the image with its metadata gone, upright, at most MAX_EDGE on the longer side. Raises NotThat."""
    with opened_image(source) as image:
        return _drawn_anew(image)


@contextmanager
def opened_image(source: BinaryIO, formats: Iterable[str] = tuple(_FORMATS)) -> Iterator[Image.Image]:
    """Give the image of one of the formats, not drawn yet; what goes wrong in the body is the image's fault. Raises NotThat."""
    content = read_at_most(source, MAX_IMAGE_BYTES)
    try:
        with Image.open(io.BytesIO(content), formats=list(formats)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise NotThat("too_many_pixels")
            yield image
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise NotThat("too_many_pixels") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, struct.error):
        raise NotThat("not_an_image") from None


def _drawn_anew(image: Image.Image) -> Picture:
    kind = image.format or "PNG"
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((MAX_EDGE, MAX_EDGE))
    saved = "PNG" if kind == "GIF" else kind
    plain = upright.convert("RGB" if saved == "JPEG" else "RGBA" if _has_alpha(upright) else "RGB")
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)
    out = io.BytesIO()
    clean.save(out, saved, **({"quality": 86} if saved in ("JPEG", "WEBP") else {"optimize": True}))
    return Picture(out.getvalue(), _FORMATS[kind], clean.width, clean.height)


def _has_alpha(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info


@dataclass(frozen=True)
class Film:
    """A video: its media type, its length in seconds where the file tells, and whether browsers play it as it is."""

    media_type: str
    seconds: float | None
    plays: bool = True


def film_of(source: BinaryIO) -> Film:
    """Return what video this is; leaves `source` at its start. Raises NotThat for all but mp4, webm and phones' mov."""
    source.seek(0)
    head = source.read(4096)
    if head[:4] == EBML and b"webm" in head[:64]:
        film = Film("video/webm", _webm_seconds(head))
    elif head[4:8] == b"ftyp" and MP4_BRANDS & brands_of(head):
        film = Film("video/mp4", _mp4_seconds(source), video_codecs(source) <= PLAYED_CODECS)
    elif head[4:8] == b"ftyp" and PHONE_BRANDS & brands_of(head):
        film = Film("video/quicktime", _mp4_seconds(source), False)
    else:
        raise NotThat("not_a_video")
    source.seek(0)
    return film


def brands_of(head: bytes) -> set[bytes]:
    """Return the brands that the box ftyp names; none when the box is too short to name any."""
    size = min(struct.unpack(">I", head[:4])[0], len(head))
    if size < 16:
        return set()
    return {head[8:12]} | {head[at : at + 4] for at in range(16, size - 3, 4)}


def _mp4_seconds(source: BinaryIO) -> float | None:
    """Return the length that the box moov/mvhd tells, or None."""
    end = source.seek(0, io.SEEK_END)
    moov = find_box(source, b"moov", 0, end)
    mvhd = find_box(source, b"mvhd", *moov) if moov else None
    if mvhd is None:
        return None
    source.seek(mvhd[0])
    body = source.read(32)
    try:
        scale, length = struct.unpack(">IQ" if body[0] else ">II", body[20:32] if body[0] else body[12:20])
    except (struct.error, IndexError):
        return None
    return round(length / scale, 1) if scale and length else None


def find_box(source: BinaryIO, name: bytes, at: int, end: int) -> tuple[int, int] | None:
    """Return where the content of the first box `name` between `at` and `end` begins and ends."""
    for _ in range(MAX_BOXES):
        if at + 8 > end:
            return None
        source.seek(at)
        size, kind = struct.unpack(">I4s", source.read(8))
        head = 8
        if size == 1:
            head, size = 16, int.from_bytes(source.read(8), "big")
        size = size or end - at
        if size < head:
            return None
        if kind == name:
            return at + head, min(at + size, end)
        at += size
    return None


def video_codecs(source: BinaryIO) -> set[bytes]:
    """Return the four letters of each video track's codec, such as avc1 (H.264) or hvc1 (HEVC)."""
    moov = find_box(source, b"moov", 0, source.seek(0, io.SEEK_END))
    return {codec for track in _tracks(source, *moov) for codec in _codec(source, *track)} if moov else set()


def without_place(source: BinaryIO) -> BinaryIO:
    """Return the MP4 with what phones write beside the pictures (place, maker, names) emptied; its length stays.

    Boxes become `free`, which players skip. It is done in the upload itself where that may be written, else in a copy.
    """
    end = source.seek(0, io.SEEK_END)
    moov = find_box(source, b"moov", 0, end)
    tellers = [found for name in TELLERS if (found := find_box(source, name, 0, end))]
    if moov:
        tellers += [found for name in TELLERS if (found := find_box(source, name, *moov))]
        tellers += [found for track in _tracks(source, *moov) for name in TELLERS if (found := find_box(source, name, *track))]
    if not tellers:
        return source
    target = source if source.writable() else _copied(source)
    for start, stop in tellers:
        _empty(target, start, stop)
    return target


def _tracks(source: BinaryIO, at: int, end: int) -> Iterator[tuple[int, int]]:
    for _ in range(MOST_TRACKS):
        track = find_box(source, b"trak", at, end)
        if track is None:
            return
        yield track
        at = track[1]


def _copied(source: BinaryIO) -> BinaryIO:
    target = tempfile.TemporaryFile()  # noqa: SIM115  whoever stores it reads it to its end
    source.seek(0)
    shutil.copyfileobj(source, target)
    return target


def _empty(target: BinaryIO, start: int, stop: int) -> None:
    """Write zeros over the content of a box, and `free` over its name: it stands before a length of 0 or of 8 bytes."""
    name_at = start - 4 if _bytes_at(target, start - 4) in TELLERS else start - 12
    target.seek(name_at)
    target.write(b"free")
    target.seek(start)
    while start < stop:
        start += target.write(bytes(min(stop - start, 1 << 16)))


def _codec(source: BinaryIO, at: int, end: int) -> set[bytes]:
    """Return the codec of one track, if it is a video track that says so."""
    mdia = find_box(source, b"mdia", at, end)
    hdlr = find_box(source, b"hdlr", *mdia) if mdia else None
    place: tuple[int, int] | None = mdia
    for name in (b"minf", b"stbl", b"stsd"):
        place = find_box(source, name, *place) if place else None
    if hdlr is None or place is None or _bytes_at(source, hdlr[0] + 8) != b"vide":
        return set()
    return {_bytes_at(source, place[0] + 12)}


def _bytes_at(source: BinaryIO, at: int) -> bytes:
    source.seek(at)
    return source.read(4)


def _webm_seconds(head: bytes) -> float | None:
    """Return the length that Info/Duration tells in the first bytes, or None (live recordings have none)."""
    at = head.find(b"\x44\x89")
    if at < 0 or at + 11 > len(head):
        return None
    size = head[at + 2] & 0x7F
    if size not in (4, 8):
        return None
    ticks = struct.unpack(">f" if size == 4 else ">d", head[at + 3 : at + 3 + size])[0]
    return round(ticks * _webm_scale_ns(head) / 1e9, 1) if 0 < ticks < 1e12 else None


def _webm_scale_ns(head: bytes) -> int:
    at = head.find(b"\x2a\xd7\xb1")
    size = head[at + 3] & 0x7F if at >= 0 and at + 4 < len(head) else 0
    return int.from_bytes(head[at + 4 : at + 4 + size], "big") or 1_000_000 if 1 <= size <= 8 else 1_000_000


def captions_of(source: BinaryIO) -> bytes:
    """Return the captions as clean UTF-8 WebVTT. Raises NotThat."""
    content = read_at_most(source, MAX_CAPTIONS_BYTES)
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    except UnicodeDecodeError:
        raise NotThat("not_captions") from None
    if not re.match(r"WEBVTT(?:[ \t\n]|$)", text) or not _CUE.search(text):
        raise NotThat("not_captions")
    return text.encode()


def read_at_most(source: BinaryIO, limit: int) -> bytes:
    """Return the whole content. Raises NotThat when it is empty or longer than `limit` bytes."""
    source.seek(0)
    content = source.read(limit + 1)
    if not content:
        raise NotThat("empty")
    if len(content) > limit:
        raise NotThat("too_large")
    return content
