"""Draws faces for some people of the demo world, by code alone; the others keep their initials."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw

from core.apart import apart
from tenants.people.models import Member
from tenants.photos.actions import put_photo
from tenants.photos.rules import Part

SIDE = 1200
INK, WHITE = "#22302c", "#ffffff"
PALE, ROSY, OLIVE, TAN, DEEP = "#f3d3bd", "#eec0a3", "#dbaa80", "#c38b5f", "#7c4f34"
BLACK, BROWN, BLOND, GINGER, GREY = "#23201f", "#5b3a26", "#d9ad62", "#b5562a", "#b9bcbd"


@dataclass(frozen=True)
class Look:
    """How somebody is drawn; `hair` is short, long, bob, bun, curls or none."""

    skin: str
    hair: str
    colour: str
    clothes: str
    paper: str
    glasses: bool = False
    beard: bool = False


LOOKS = {
    "margriet": Look(PALE, "bob", GREY, "#8a3b53", "#f1dfd2", glasses=True),
    "noor": Look(OLIVE, "long", BLACK, "#14685a", "#dbebe6"),
    "joris": Look(ROSY, "short", BROWN, "#3c5878", "#dfe6ee", beard=True),
    "sanne": Look(PALE, "long", BLOND, "#2f6f8f", "#e3eef2"),
    "yusuf": Look(OLIVE, "short", BLACK, "#7a5c20", "#efe6cf"),
    "fatma": Look(OLIVE, "bun", BROWN, "#a34a6c", "#f3dfe7"),
    "ngozi": Look(DEEP, "curls", BLACK, "#c47a16", "#f5e6c8"),
    "mei": Look(ROSY, "bob", BLACK, "#5a4b8a", "#e6e2f1"),
    "bram": Look(PALE, "short", GINGER, "#456b3a", "#e1ebdb", glasses=True),
    "eleanor": Look(PALE, "bun", GREY, "#3f5b78", "#e0e8ef", glasses=True),
    "tomas": Look(OLIVE, "short", BLACK, "#b4531f", "#f4e2d3", beard=True),
    "priya": Look(TAN, "long", BLACK, "#8c2f57", "#f3dde6"),
    "callum": Look(PALE, "short", GINGER, "#2f6b5d", "#dcebe5"),
    "aisha": Look(DEEP, "curls", BLACK, "#4c6db0", "#e0e6f3"),
}  # fmt: skip


def write(members: dict[str, Member]) -> None:
    """Give those who are drawn a photo."""
    for key, member in members.items():
        if key in LOOKS:
            put_photo(member, io.BytesIO(apart(drawn, LOOKS[key])), Part(0.5, 0.48, 0.8))


def drawn(look: Look) -> bytes:
    """Return the portrait as a PNG."""
    image = Image.new("RGB", (SIDE, SIDE), look.paper)
    pen = ImageDraw.Draw(image)
    _behind(pen, look)
    _body(pen, look)
    _head(pen, look)
    _front(pen, look)
    out = io.BytesIO()
    image.resize((SIDE // 2, SIDE // 2), Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()


def _oval(pen: ImageDraw.ImageDraw, x: int, y: int, wide: int, high: int, fill: str) -> None:
    pen.ellipse((x - wide, y - high, x + wide, y + high), fill)


def _behind(pen: ImageDraw.ImageDraw, look: Look) -> None:
    """Draw the hair that falls behind the head."""
    if look.hair == "long":
        pen.rounded_rectangle((320, 300, 880, 1000), 260, look.colour)
    if look.hair == "bob":
        pen.rounded_rectangle((325, 270, 875, 740), 230, look.colour)
    if look.hair == "bun":
        _oval(pen, 600, 215, 130, 125, look.colour)
    if look.hair == "curls":
        for x, y in ((370, 430), (350, 560), (830, 430), (850, 560), (420, 320), (780, 320), (520, 250), (680, 250), (600, 240)):
            _oval(pen, x, y, 130, 130, look.colour)


def _body(pen: ImageDraw.ImageDraw, look: Look) -> None:
    pen.rounded_rectangle((190, 920, 1010, 1500), 260, look.clothes)
    pen.rounded_rectangle((505, 760, 695, 1000), 90, _darker(look.skin))
    pen.pieslice((470, 880, 730, 1050), 0, 180, look.skin)


def _head(pen: ImageDraw.ImageDraw, look: Look) -> None:
    for x in (372, 828):
        _oval(pen, x, 570, 48, 68, _darker(look.skin))
    pen.rounded_rectangle((380, 280, 820, 860), 220, look.skin)
    if look.beard:
        pen.chord((382, 440, 818, 868), 12, 168, look.colour)
        _oval(pen, 600, 690, 130, 62, look.skin)
    for x in (515, 685):
        _oval(pen, x, 560, 24, 30, INK)
        _oval(pen, x + 8, 550, 8, 9, WHITE)
        pen.arc((x - 55, 470, x + 55, 550), 215, 325, look.colour if look.colour != GREY else "#7e8384", 14)
    pen.arc((565, 580, 635, 660), 30, 150, _darker(look.skin), 14)
    pen.arc((510, 620, 690, 760), 25, 155, "#9c3f3a", 18)
    if look.glasses:
        for x in (515, 685):
            pen.ellipse((x - 75, 488, x + 75, 638), outline=INK, width=12)
        pen.arc((575, 530, 625, 580), 200, 340, INK, 12)


def _front(pen: ImageDraw.ImageDraw, look: Look) -> None:
    """Draw the hair over the forehead."""
    if look.hair == "short":
        pen.chord((360, 235, 840, 660), 190, 350, look.colour)
        pen.rounded_rectangle((362, 390, 412, 520), 24, look.colour)
        pen.rounded_rectangle((788, 390, 838, 520), 24, look.colour)
    if look.hair in ("long", "bob"):
        pen.chord((350, 230, 850, 640), 180, 318, look.colour)
        pen.chord((430, 230, 850, 640), 228, 360, look.colour)
    if look.hair == "bun":
        pen.chord((365, 245, 835, 660), 188, 352, look.colour)
    if look.hair == "curls":
        for x, y in ((430, 350), (520, 310), (600, 300), (690, 315), (770, 350)):
            _oval(pen, x, y, 85, 75, look.colour)


def _darker(colour: str) -> str:
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part * 0.88):02x}" for part in parts)
