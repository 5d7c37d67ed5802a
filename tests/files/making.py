"""Small real files for tests: a picture, a film's head, captions."""

from __future__ import annotations

import io
import struct

from PIL import Image


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), **save: object) -> io.BytesIO:
    """Return a red image."""
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **save)
    out.seek(0)
    return out


def box(kind: bytes, content: bytes) -> bytes:
    """Return one box of an MP4 file."""
    return struct.pack(">I4s", len(content) + 8, kind) + content


def film(seconds: int = 90, padding: int = 200_000) -> io.BytesIO:
    """Return an MP4 file without pictures, but with a length."""
    mvhd = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, seconds * 1000) + bytes(80))
    head = box(b"ftyp", b"isom" + bytes(4) + b"isommp42")
    return io.BytesIO(head + box(b"mdat", bytes(range(256)) * (padding // 256)) + box(b"moov", mvhd))


def captions(text: str = "Hello") -> io.BytesIO:
    """Return WebVTT captions with one line."""
    return io.BytesIO(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}\n".encode())


def phone_film(codec: bytes = b"hvc1", brand: bytes = b"qt  ", seconds: int = 4) -> io.BytesIO:
    """Return a phone's film without pictures: its brand, length and codec as a phone writes them."""
    mvhd = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, seconds * 1000) + bytes(80))
    hdlr = box(b"hdlr", bytes(8) + b"vide" + bytes(12))
    stsd = box(b"stsd", struct.pack(">II", 0, 1) + box(codec, bytes(78)))
    track = box(b"trak", box(b"tkhd", bytes(84)) + box(b"mdia", hdlr + box(b"minf", box(b"stbl", stsd))))
    head = box(b"ftyp", brand + bytes(4) + brand)
    return io.BytesIO(head + box(b"mdat", bytes(5_000)) + box(b"moov", mvhd + track))
