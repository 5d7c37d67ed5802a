"""Draws the square of a photo anew, in every size: only pixels remain of what was uploaded."""

from __future__ import annotations

import io
from typing import BinaryIO

from PIL import Image, ImageOps

from tenants.files.looks import NotThat, opened_image
from tenants.files.phones import is_heic
from tenants.photos.rules import SIZES, Part, box_of

FORMATS = ("JPEG", "PNG", "WEBP")
MEDIA_TYPE = "image/jpeg"
PAPER = (255, 255, 255)
QUALITY = 85


def faces_of(source: BinaryIO, part: Part) -> dict[int, bytes]:
    """Return the square as a JPEG in each of SIZES, upright, without metadata. Raises NotThat."""
    source.seek(0)
    head = source.read(64)
    if is_heic(head):
        raise NotThat("heic")
    with opened_image(source, FORMATS) as image:
        square = _square(image, part)
        return {size: _jpeg(square, size) for size in SIZES}


def _square(image: Image.Image, part: Part) -> Image.Image:
    """Return the chosen square on white paper: photos have no holes."""
    upright = ImageOps.exif_transpose(image)
    cut = upright.crop(box_of(part, upright.width, upright.height))
    cut.thumbnail((SIZES[-1] * 2, SIZES[-1] * 2))
    seen = cut.convert("RGBA")
    clean = Image.new("RGB", seen.size, PAPER)
    clean.paste(seen, mask=seen)
    return clean


def _jpeg(square: Image.Image, size: int) -> bytes:
    out = io.BytesIO()
    square.resize((size, size), Image.Resampling.LANCZOS).save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
