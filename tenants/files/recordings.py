"""What a browser records: WebM or Ogg with sound only, written anew from its known parts, with its length.

Browsers leave the length out while they record, so that a player cannot show it; here it is counted and put in.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from tenants.files.looks import EBML, NotThat

DOC_TYPE, SEGMENT, INFO, SCALE, DURATION = 0x4282, 0x18538067, 0x1549A966, 0x2AD7B1, 0x4489
TRACKS, ENTRY, TRACK_TYPE, CODEC = 0x1654AE6B, 0xAE, 0x83, 0x86
CLUSTER, TIMECODE, SIMPLE_BLOCK, BLOCK_GROUP, BLOCK = 0x1F43B675, 0xE7, 0xA3, 0xA0, 0xA1
TOP = {INFO, TRACKS, CLUSTER, 0x114D9B74, 0x1254C367, 0x1C53BB6B, 0x1043A770, 0x1941A469}
SOUND, CODECS = 2, {b"A_OPUS", b"A_VORBIS"}
OPUS_HZ, FRAME_S, LAST_FRAME_MS = 48_000, 1e9, 20
MOST_ELEMENTS = 2_000_000
HEADER = bytes.fromhex("4286810142f7810142f2810442f381084282847765626d42878104" "42858102")


@dataclass(frozen=True)
class Recording:
    """Sound as a browser recorded it, written anew."""

    content: bytes
    media_type: str
    suffix: str
    seconds: float


def is_recording(head: bytes) -> bool:
    """Return whether the first bytes are those of a WebM or Ogg file."""
    return head[:4] in (EBML, b"OggS")


def recording_of(content: bytes) -> Recording:
    """Return the recording. Raises NotThat for films and for what is broken."""
    try:
        return _ogg(content) if content[:4] == b"OggS" else _webm(content)
    except (struct.error, IndexError, ValueError, OverflowError):
        raise NotThat("not_a_sound") from None


def _number(data: bytes, at: int, keeps_mark: bool) -> tuple[int, int, bool]:
    """Return (value, next place, whether all bits are set: "unknown length") of a number of variable length."""
    first = data[at]
    length = 9 - first.bit_length()
    if not first or length > (4 if keeps_mark else 8) or at + length > len(data):
        raise ValueError("no number")
    value = int.from_bytes(data[at : at + length], "big")
    plain = value & ((1 << 7 * length) - 1)
    return (value if keeps_mark else plain), at + length, plain == (1 << 7 * length) - 1


def _children(data: bytes, at: int, end: int, stops: frozenset[int] = frozenset()) -> Iterator[tuple[int, int, int, bool]]:
    """Yield (id, begin, end, whether the length is unknown) of the elements inside; stops before an id of `stops`."""
    for _ in range(MOST_ELEMENTS):
        if at >= end:
            return
        kind, after, _all = _number(data, at, True)
        if kind in stops:
            return
        size, begin, is_open = _number(data, after, False)
        stop = end if is_open else begin + size
        if stop > end:
            stop, is_open = end, is_open or kind == CLUSTER  # the last part of a recording may be cut short
        yield kind, begin, stop, is_open
        if is_open and kind == CLUSTER:
            stop = _end_of_cluster(data, begin, stop)
        at = stop


def _end_of_cluster(data: bytes, begin: int, end: int) -> int:
    at = begin
    for _kind, _begin, stop, _is_open in _children(data, begin, end, frozenset(TOP)):
        at = stop
    return at


def _webm(content: bytes) -> Recording:
    parts = _children(content, 0, len(content))
    kind, begin, end, _ = next(parts)
    if kind != int.from_bytes(EBML, "big") or _first(content, begin, end, DOC_TYPE) != b"webm":
        raise NotThat("not_a_sound")
    kind, begin, end, _ = next(parts)
    if kind != SEGMENT:
        raise NotThat("not_a_sound")
    scale, tracks, clusters, last = 1_000_000, b"", [], 0
    for kind, at, stop, _ in _children(content, begin, end):
        if kind == INFO:
            scale = int.from_bytes(_first(content, at, stop, SCALE) or b"", "big") or scale
        elif kind == TRACKS:
            tracks = _tracks(content, at, stop)
        elif kind == CLUSTER:
            body, late = _cluster(content, at, stop)
            clusters.append(_element(CLUSTER, body))
            last = max(last, late)
    if not tracks or not clusters:
        raise NotThat("not_a_sound")
    seconds = last * scale / FRAME_S + LAST_FRAME_MS / 1000
    ticks = seconds * FRAME_S / scale
    info = _element(SCALE, scale.to_bytes(4, "big")) + _element(DURATION, struct.pack(">d", ticks))
    info += _element(0x4D80, b"kweek") + _element(0x5741, b"kweek")
    body = _element(INFO, info) + _element(TRACKS, tracks) + b"".join(clusters)
    return Recording(_element(int.from_bytes(EBML, "big"), HEADER) + _element(SEGMENT, body), "audio/webm", ".webm", round(seconds, 1))


def _first(data: bytes, at: int, end: int, wanted: int) -> bytes | None:
    return next((data[begin:stop] for kind, begin, stop, _ in _children(data, at, end) if kind == wanted), None)


def _tracks(data: bytes, at: int, end: int) -> bytes:
    """Return the one track, which has to be sound. Raises NotThat."""
    entries = [(begin, stop) for kind, begin, stop, _ in _children(data, at, end) if kind == ENTRY]
    if len(entries) != 1:
        raise NotThat("not_a_sound")
    begin, stop = entries[0]
    if _first(data, begin, stop, TRACK_TYPE) != bytes([SOUND]) or (_first(data, begin, stop, CODEC) or b"").rstrip(b"\0") not in CODECS:
        raise NotThat("not_a_sound")
    return _element(ENTRY, data[begin:stop])


def _cluster(data: bytes, at: int, end: int) -> tuple[bytes, int]:
    """Return the body of a cluster with nothing but its blocks, and when its last block begins."""
    began, last, kept = 0, 0, []
    for kind, begin, stop, _ in _children(data, at, end, frozenset(TOP)):
        if kind == TIMECODE:
            began = int.from_bytes(data[begin:stop], "big")
        elif kind in (SIMPLE_BLOCK, BLOCK_GROUP):
            block = data[begin:stop] if kind == SIMPLE_BLOCK else _first(data, begin, stop, BLOCK) or b""
            _track, after, _all = _number(block, 0, False)
            last = max(last, struct.unpack(">h", block[after : after + 2])[0])
            kept.append(_element(kind, data[begin:stop]))
    return _element(TIMECODE, began.to_bytes(8, "big")) + b"".join(kept), began + last


def _element(kind: int, body: bytes) -> bytes:
    return kind.to_bytes((kind.bit_length() + 7) // 8, "big") + (len(body) | 1 << 56).to_bytes(8, "big") + body


def _ogg(content: bytes) -> Recording:
    """Return the pages of one Opus stream; whatever stands between or behind them is left out."""
    at, kept, last, serial = 0, bytearray(), 0, b""
    while content[at : at + 4] == b"OggS":
        count = content[at + 26]
        size = 27 + count + sum(content[at + 27 : at + 27 + count])
        page = content[at : at + size]
        if len(page) < size:
            break
        if not kept and page[27 + count : 35 + count] != b"OpusHead":
            raise NotThat("not_a_sound")
        serial = serial or page[14:18]
        if page[14:18] != serial:
            raise NotThat("not_a_sound")
        granule = struct.unpack("<q", page[6:14])[0]
        last = max(last, granule)
        kept += page
        at += size
    if not last:
        raise NotThat("not_a_sound")
    return Recording(bytes(kept), "audio/ogg", ".ogg", round(last / OPUS_HZ, 1))
