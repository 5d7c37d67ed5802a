"""What a file is, told by its bytes; T29: bombs and liars are refused."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from tenants.files.looks import MAX_CAPTIONS_BYTES, NotThat, captions_of, film_of, picture_of
from tests.files.making import box, captions, film, picture


@pytest.mark.parametrize(("kind", "media_type"), [
    ("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp"), ("GIF", "image/png"),
])
def test_an_image_is_known_by_its_bytes_and_drawn_anew(kind: str, media_type: str) -> None:
    found = picture_of(picture(kind))
    assert (found.media_type, found.width, found.height) == (media_type, 60, 40)
    with Image.open(io.BytesIO(found.content)) as again:
        assert Image.MIME[again.format or ""] == media_type


def test_where_a_photo_was_taken_does_not_survive() -> None:
    exif = Image.Exif()
    exif[0x010E] = "at my home"
    exif[0x0112] = 6
    found = picture_of(picture("JPEG", exif=exif))
    assert b"at my home" not in found.content and (found.width, found.height) == (40, 60)


def test_what_hides_behind_the_pixels_is_gone() -> None:
    sent = io.BytesIO(picture("PNG").getvalue() + b"<script>alert(1)</script>")
    assert b"<script>" not in picture_of(sent).content


def test_a_huge_image_is_made_smaller() -> None:
    found = picture_of(picture("JPEG", (5000, 2500)))
    assert (found.width, found.height) == (2400, 1200)


def bomb(width: int, height: int) -> io.BytesIO:
    """Return a PNG of a few bytes that claims to be enormous."""
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return io.BytesIO(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b""))


@pytest.mark.parametrize("size", [(50_000, 50_000), (200_000, 100_000), (8_000, 6_000)])
def test_T29_a_pixel_bomb_is_refused_before_it_is_drawn(size: tuple[int, int]) -> None:
    with pytest.raises(NotThat) as refusal:
        picture_of(bomb(*size))
    assert refusal.value.why == "too_many_pixels"


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize("content", [
    SVG, b"<html><script>alert(1)</script></html>", b"GIF89a" + b"<script>", b"\x89PNG\r\n\x1a\nxx", b"%PDF-1.7",
    film().getvalue(), b"\xff\xd8\xff\xe0" + bytes(40), b"RIFF\x00\x00\x00\x00WEBPVP8 ",
])  # fmt: skip
def test_T29_what_is_not_an_image_is_refused(content: bytes) -> None:
    with pytest.raises(NotThat) as refusal:
        picture_of(io.BytesIO(content))
    assert refusal.value.why == "not_an_image"


def test_an_empty_file_is_said_to_be_empty() -> None:
    for check in (picture_of, captions_of):
        with pytest.raises(NotThat) as refusal:
            check(io.BytesIO(b""))
        assert refusal.value.why == "empty"


def test_a_film_tells_its_length() -> None:
    found = film_of(film(90))
    assert (found.media_type, found.seconds) == ("video/mp4", 90.0)


def test_a_webm_film_is_known() -> None:
    head = b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm" + bytes(20)
    length = b"\x2a\xd7\xb1\x83\x0f\x42\x40" + b"\x44\x89\x88" + struct.pack(">d", 61_500.0)
    found = film_of(io.BytesIO(head + length + bytes(100)))
    assert (found.media_type, found.seconds) == ("video/webm", 61.5)


@pytest.mark.parametrize("content", [
    b"", b"abc", SVG, picture().getvalue(), box(b"ftyp", b"evil" + bytes(4) + b"evil"), b"\x1a\x45\xdf\xa3matroska",
    b"\x00\x00\x00\x00ftypisom",
])  # fmt: skip
def test_T29_what_is_not_a_film_is_refused(content: bytes) -> None:
    with pytest.raises(NotThat):
        film_of(io.BytesIO(content))


def test_a_film_with_broken_boxes_has_no_length_and_ends_the_search() -> None:
    head = box(b"ftyp", b"isom" + bytes(4) + b"isom")
    assert film_of(io.BytesIO(head + b"\x00\x00\x00\x00moov")).seconds is None
    assert film_of(io.BytesIO(head + b"\x00\x00\x00\x04free" * 50)).seconds is None
    assert film_of(io.BytesIO(head + box(b"moov", b"\x00\x00\x00\x09mvhd\x00"))).seconds is None


def test_captions_come_out_clean() -> None:
    sent = io.BytesIO(b"\xef\xbb\xbfWEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\nHi\r\n")
    assert captions_of(sent) == b"WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n"


@pytest.mark.parametrize("content", [
    b"1\n00:00:01,000 --> 00:00:02,000\nsrt", b"WEBVTT without a cue", b"WEBVTTX\n\n00:01.000 --> 00:02.000\nx",
    b"\xff\xfe\x00", SVG,
])  # fmt: skip
def test_what_is_not_webvtt_is_refused(content: bytes) -> None:
    with pytest.raises(NotThat) as refusal:
        captions_of(io.BytesIO(content))
    assert refusal.value.why == "not_captions"


def test_endless_captions_are_refused() -> None:
    with pytest.raises(NotThat) as refusal:
        captions_of(io.BytesIO(captions().getvalue() + b"x" * MAX_CAPTIONS_BYTES))
    assert refusal.value.why == "too_large"
