"""Draws every picture and film in `media/`: run `python -m jobs.demo.draw` (films need ffmpeg) to remake them.

The results are committed, so nothing at run time needs this module. Coordinates are in a field of 1200 x 675;
everything is drawn twice as large and then scaled down, which smooths the edges.
"""

from __future__ import annotations

import math
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

MEDIA = Path(__file__).parent / "media"
FONT = Path(__file__).parents[2] / "static/fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2"
WIDTH, HEIGHT, SCALE = 1200, 675, 2
FILM_SIZE, FRAMES_PER_S = (854, 480), 12

PAPER, INK, QUIET, LINE, WHITE = "#f6f4ee", "#1d2a27", "#5d6a66", "#cfd3cb", "#ffffff"
PINE, PINE_SOFT, PINE_MID = "#14685a", "#dbebe6", "#7fb5a8"
CRUST, CRUST_SOFT, CRUST_MID = "#b4531f", "#f4e2d3", "#dba67e"
BERRY = "#a3324a"

Picture = Callable[["Canvas"], None]
Scene = tuple[float, Callable[["Canvas", float], None]]


class Canvas:
    """A field of 1200 x 675 to draw shapes and words on."""

    def __init__(self, paper: str = PAPER) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), paper)
        self.pen = ImageDraw.Draw(self.image)

    def box(self, x: float, y: float, w: float, h: float, fill: str, edge: str = "", radius: float = 18) -> None:
        """Draw a rounded rectangle."""
        self.pen.rounded_rectangle(_scaled(x, y, x + w, y + h), radius * SCALE, fill, edge or None, 4 * SCALE)

    def oval(self, x: float, y: float, rx: float, ry: float, fill: str, edge: str = "") -> None:
        """Draw an ellipse around its middle."""
        self.pen.ellipse(_scaled(x - rx, y - ry, x + rx, y + ry), fill, edge or None, 4 * SCALE)

    def line(self, *points: float, fill: str = INK, width: float = 5) -> None:
        """Draw a line through points given as x, y, x, y ..."""
        self.pen.line(_scaled(*points), fill, round(width * SCALE), joint="curve")

    def shape(self, *points: float, fill: str) -> None:
        """Draw a filled polygon."""
        self.pen.polygon(_scaled(*points), fill)

    def words(self, x: float, y: float, text: str, size: int = 34, fill: str = INK, bold: bool = False) -> None:
        """Write one line of text around (x, y)."""
        font = ImageFont.truetype(str(FONT), size * SCALE)
        font.set_variation_by_axes([650 if bold else 420])
        self.pen.text((x * SCALE, y * SCALE), text, fill, font, anchor="mm")

    def tick(self, x: float, y: float, size: float, fill: str) -> None:
        """Draw a check mark around (x, y)."""
        self.line(x - size, y, x - size * 0.3, y + size * 0.7, x + size, y - size * 0.7, fill=fill, width=size / 3)

    def scaled_to(self, size: tuple[int, int]) -> Image.Image:
        """Return the picture in `size` pixels."""
        return self.image.resize(size, Image.Resampling.LANCZOS)


def _scaled(*values: float) -> list[float]:
    return [value * SCALE for value in values]


def pill_box(c: Canvas) -> None:
    """Draw a week box; Thursday still holds two tablets."""
    c.box(90, 210, 1020, 290, PINE_SOFT, PINE)
    for at, day in enumerate(("ma", "di", "wo", "do", "vr", "za", "zo")):
        x, late = 118 + at * 139, at == 3
        c.box(x, 250, 130, 210, WHITE, BERRY if late else PINE_MID)
        c.words(x + 65, 285, day, 32, BERRY if late else PINE, bold=True)
        for row in range(2 if at >= 3 else 0):
            c.oval(x + 65, 350 + row * 66, 38, 22, PINE_MID if row else "#e9c46a", INK)
    c.words(600, 130, "Donderdagavond", 44, INK, bold=True)
    c.line(600, 165, 600, 200, fill=BERRY)
    c.words(600, 570, "Het vakje van vandaag is nog vol", 36, QUIET)


def syringe(c: Canvas, fill_to: float = 0.75, label: bool = True) -> None:
    """Draw a syringe of 1 ml filled up to `fill_to` ml."""
    left, right = 220, 900
    end = left + (right - left) * fill_to
    c.box(150, 325, 80, 26, LINE, radius=4)
    c.line(60, 338, 150, 338, fill=QUIET, width=6)
    c.box(left, 268, right - left, 140, WHITE, QUIET, 10)
    c.box(left + 4, 274, max(end - left - 4, 12), 128, PINE_SOFT, radius=6)
    c.box(end - 6, 272, 26, 132, INK, radius=6)
    c.box(end + 16, 326, 230, 24, QUIET, radius=4)
    c.box(end + 240, 278, 24, 120, QUIET, radius=8)
    for tenth in range(11):
        x = left + (right - left) * tenth / 10
        c.line(x, 408, x, 440 if tenth % 5 else 460, fill=INK, width=4)
        if label and tenth % 5 == 0:
            c.words(x, 492, f"{tenth / 10:.1f}".replace(".", ","), 32, INK)
    if label:
        c.words(end, 220, "0,75 ml", 44, PINE, bold=True)
        c.words(600, 580, "7,5 mg : 10 mg per ml = 0,75 ml", 36, QUIET)


def injection_places(c: Canvas) -> None:
    """Draw a torso and thighs with the places that suit an injection under the skin."""
    skin = "#e8c9ae"
    c.box(430, 60, 340, 330, skin, radius=90)
    c.box(440, 330, 320, 130, "#ffffff", LINE, 40)
    for x in (445, 610):
        c.box(x, 420, 145, 330, skin, radius=60)
    for x in (508, 692):
        c.oval(x, 275, 54, 66, PINE_MID, PINE)
    for x in (500, 700):
        c.oval(x, 560, 38, 80, PINE_MID, PINE)
    c.oval(600, 285, 8, 10, "#9a6d4d")
    for y, name in ((275, "buik"), (560, "bovenbeen")):
        c.line(760, y, 860, y, fill=PINE, width=4)
        c.words(1000, y, name, 38, PINE, bold=True)


def locked_phone(c: Canvas) -> None:
    """Draw a phone with a padlock and four dots."""
    c.box(460, 40, 280, 595, INK, radius=44)
    c.box(478, 66, 244, 543, PINE_SOFT, radius=26)
    c.oval(600, 245, 52, 62, PINE_SOFT, PINE)
    c.oval(600, 245, 40, 50, PINE_SOFT, PINE)
    c.box(530, 255, 140, 110, PINE, radius=14)
    c.oval(600, 300, 13, 13, WHITE)
    c.box(594, 302, 12, 34, WHITE, radius=4)
    for at in range(4):
        c.oval(528 + at * 48, 460, 13, 13, PINE if at < 3 else WHITE, PINE)


def starter_jar(c: Canvas) -> None:
    """Draw a jar whose starter doubled above its rubber band."""
    c.box(420, 90, 360, 520, WHITE, QUIET, 40)
    c.box(400, 70, 400, 46, CRUST_MID, CRUST, 14)
    c.oval(600, 285, 168, 46, CRUST_SOFT)
    c.box(432, 285, 336, 312, CRUST_SOFT, radius=34)
    for at in range(46):
        x, y = 450 + (at * 89) % 300, 300 + (at * 61) % 270
        c.oval(x + 8, y, 5 + at % 9, 5 + at % 8, "#e3c3a5")
    c.box(412, 440, 376, 20, BERRY, radius=8)
    for y, name, colour in ((450, "08:00", BERRY), (262, "14:00", CRUST)):
        c.line(795, y, 860, y, fill=colour, width=4)
        c.words(960, y, name, 44, colour, bold=True)


def folds(c: Canvas) -> None:
    """Draw four bowls; in each one another side is folded to the middle."""
    for at, (dx, dy) in enumerate(((0, -1), (1, 0), (0, 1), (-1, 0))):
        x, y = 165 + at * 290, 310
        c.oval(x, y, 128, 128, WHITE, QUIET)
        c.oval(x, y, 104, 104, CRUST_SOFT, CRUST_MID)
        c.oval(x + dx * 54, y + dy * 54, 42, 42, CRUST_MID, CRUST)
        tip = (x - dx * 34, y - dy * 34)
        c.line(x + dx * 54, y + dy * 54, *tip, fill=CRUST, width=8)
        side = (dy * 20, dx * 20)
        back = (tip[0] + dx * 26, tip[1] + dy * 26)
        c.shape(
            tip[0] - dx * 10, tip[1] - dy * 10, back[0] + side[0], back[1] + side[1],
            back[0] - side[0], back[1] - side[1], fill=CRUST,
        )  # fmt: skip
        c.words(x, 500, ("top", "right", "bottom", "left")[at], 38, INK, bold=True)


def crumb(c: Canvas) -> None:
    """Draw the cut side of a loaf with an even crumb and an ear."""
    c.shape(505, 190, 640, 84, 740, 112, 690, 200, fill="#7d3714")
    c.oval(600, 400, 430, 240, "#8a4015")
    c.oval(600, 408, 404, 212, "#f3dfc2")
    for at in range(170):
        turn, far = at * 2.39996, math.sqrt(at / 170)
        c.oval(600 + math.cos(turn) * far * 366, 412 + math.sin(turn) * far * 178, 6 + at * 7 % 13, 5 + at * 5 % 10,
               "#dfbf97")  # fmt: skip
    c.box(0, 592, 1200, 83, PAPER, radius=0)
    c.box(130, 586, 940, 26, CRUST_MID, radius=12)


PICTURES: dict[str, Picture] = {
    "medicijndoos": pill_box, "spuit": syringe, "injectieplaatsen": injection_places, "schermslot": locked_phone,
    "starter-jar": starter_jar, "folds": folds, "crumb": crumb,
}  # fmt: skip


def eased(part: float) -> float:
    """Return 0-1 that starts and ends slowly, for 0-1 that runs evenly."""
    part = min(max(part, 0.0), 1.0)
    return part * part * (3 - 2 * part)


def step(c: Canvas, number: str, title: str) -> None:
    """Draw the heading of a step in the film about the double check."""
    c.oval(110, 100, 46, 46, PINE)
    c.words(110, 100, number, 46, WHITE, bold=True)
    c.words(620, 100, title, 44, INK, bold=True)


def person(c: Canvas, x: float, y: float, colour: str) -> None:
    """Draw a head and shoulders."""
    c.oval(x, y + 150, 120, 105, colour)
    c.box(x - 130, y + 160, 260, 110, PAPER, radius=0)
    c.oval(x, y, 62, 62, colour)


def two_people(c: Canvas, at: float) -> None:
    """Two people come together below the title."""
    c.words(600, 130, "De dubbele controle", 64, INK, bold=True)
    near = 150 * (1 - eased(at * 2))
    person(c, 440 - near, 290, PINE)
    person(c, 760 + near, 290, PINE_MID)
    c.words(600, 590, "Twee mensen, twee berekeningen, één getal", 38, QUIET)


def read_order(c: Canvas, at: float) -> None:
    """The five parts of the order light up one by one."""
    step(c, "1", "Lees de opdracht hardop voor")
    for row, name in enumerate(("naam", "medicijn", "dosis", "tijd", "toedieningsweg")):
        read = at * 5.6 > row
        c.box(330, 175 + row * 92, 540, 76, PINE_SOFT if read else WHITE, PINE if read else LINE)
        c.words(600, 213 + row * 92, name, 38, PINE if read else QUIET, bold=read)
        if read:
            c.tick(820, 213 + row * 92, 18, PINE)


def prepare(c: Canvas, at: float) -> None:
    """The syringe fills, then it is laid down."""
    syringe(c, 0.05 + 0.55 * eased(at * 1.6), label=False)
    step(c, "2", "Maak de dosis klaar en leg alles neer")
    if at > 0.62:
        c.box(60, 520, 1080, 26, PINE_MID, radius=12)
        c.words(600, 595, "Alles ligt. Nu pas komt je collega.", 38, PINE, bold=True)


def work_out(c: Canvas, at: float) -> None:
    """A colleague works the dose out again; the first number stays covered."""
    step(c, "3", "Je collega rekent opnieuw")
    person(c, 320, 290, PINE)
    person(c, 880, 290, PINE_MID)
    c.box(235, 540, 170, 90, PINE, radius=14)
    c.words(320, 585, "?", 56, WHITE, bold=True)
    sums = "36 : 3 = 12"[: max(1, round(11 * eased(at * 1.7)))]
    c.box(740, 540, 280, 90, WHITE, PINE_MID, 14)
    c.words(880, 585, sums, 42, INK, bold=True)
    c.words(600, 200, "zonder jouw uitkomst te zien", 36, QUIET)


def compare(c: Canvas, at: float, other: str, good: bool) -> None:
    """Two numbers meet; they are the same or they are not."""
    step(c, "4", "Vergelijk de getallen")
    near, colour = 60 * (1 - eased(at * 3)), PINE if good else BERRY
    for x, number in ((380 - near, "12"), (820 + near, other)):
        c.box(x - 130, 220, 260, 200, WHITE, colour, 24)
        c.words(x, 320, number, 110, INK, bold=True)
    if at > 0.3:
        c.words(600, 320, "=", 90, colour, bold=True)
        if not good:
            c.line(572, 370, 628, 268, fill=colour, width=10)
        says = "Hetzelfde getal. Teken allebei." if good else "Geef niets. Begin opnieuw, of bel."
        c.words(600, 530, says, 46, colour, bold=True)


def same(c: Canvas, at: float) -> None:
    """Both come to twelve."""
    compare(c, at, "12", good=True)


def different(c: Canvas, at: float) -> None:
    """One comes to twelve, the other to twenty."""
    compare(c, at, "20", good=False)


def flour_title(c: Canvas, at: float) -> None:
    """The title, with a bag of flour."""
    c.words(600, 120, "What water does to dough", 60, INK, bold=True)
    c.box(470, 220, 260, 320, WHITE, CRUST, 24)
    c.words(600, 350, "flour", 46, CRUST, bold=True)
    c.words(600, 420, f"{round(100 * eased(at * 2))}%", 64, CRUST, bold=True)
    c.words(600, 605, "Flour is always 100%", 38, QUIET)


def dough(percent: int, title: str, says: str) -> Callable[[Canvas, float], None]:
    """Return a scene in which dough of this hydration spreads on the table."""

    def scene(c: Canvas, at: float) -> None:
        c.words(600, 80, f"{percent}% water: {title}", 54, INK, bold=True)
        wet, level = (percent - 60) / 20, eased(at * 2.5)
        c.box(70, 170, 90, 380, WHITE, "#4d7ea8", 20)
        c.box(78, 542 - 3.6 * percent * level, 74, 3.6 * percent * level, "#9dc1de", radius=12)
        spread = eased((at - 0.25) * 1.8)
        rx, ry = 210 + (40 + 190 * wet) * spread, 190 - (20 + 105 * wet) * spread
        c.box(230, 540, 900, 16, CRUST_MID, radius=8)
        c.oval(680, 540 - ry * 0.86, rx, ry, CRUST_SOFT, CRUST)
        for bubble in range(14):
            turn, far = bubble * 2.4, 0.2 + 0.5 * math.sqrt(bubble / 14)
            size = (5 + 17 * wet + bubble % 4) * spread + 1
            c.oval(680 + math.cos(turn) * far * rx, 540 - ry * 0.86 + math.sin(turn) * far * ry, size, size * 0.8,
                   "#e0b48f")  # fmt: skip
        c.words(680, 622, says, 38, QUIET)

    return scene


def pick_one(c: Canvas, at: float) -> None:
    """The three doughs side by side, the middle one marked."""
    c.words(600, 100, "More water is not better bread", 54, INK, bold=True)
    for x, percent, rx, ry in ((220, 60, 120, 110), (580, 70, 155, 90), (970, 80, 205, 55)):
        c.oval(x, 400 - ry, rx, ry, CRUST_SOFT, CRUST)
        c.words(x, 460, f"{percent}%", 44, CRUST, bold=True)
    if at > 0.35:
        c.tick(580, 525, 26, CRUST)
        c.words(600, 605, "Pick a dough that you can handle. Start at 70%.", 38, QUIET)


FILMS: dict[str, list[Scene]] = {
    "dubbele-controle": [(4, two_people), (6, read_order), (5, prepare), (6, work_out), (5, same), (5, different)],
    "hydration": [
        (4, flour_title),
        (6, dough(60, "firm", "Keeps its shape. A fine, even crumb.")),
        (6, dough(70, "soft", "Easy to shape once you know how. Start here.")),
        (6, dough(80, "loose", "Spreads. Large, open holes.")),
        (5, pick_one),
    ],
}


def draw_pictures() -> None:
    """Write every picture as WebP into `media/`."""
    for name, draw in PICTURES.items():
        canvas = Canvas()
        draw(canvas)
        canvas.scaled_to((WIDTH, HEIGHT)).save(MEDIA / f"{name}.webp", quality=82, method=6)


def frames(scenes: list[Scene]) -> Iterator[bytes]:
    """Yield the raw RGB frames of a film."""
    for seconds, scene in scenes:
        count = round(seconds * FRAMES_PER_S)
        for at in range(count):
            canvas = Canvas()
            scene(canvas, at / count)
            yield canvas.scaled_to(FILM_SIZE).tobytes()


def film(name: str, scenes: list[Scene]) -> None:
    """Write one film as WebM (VP9) into `media/`. Raises CalledProcessError when ffmpeg fails."""
    size = f"{FILM_SIZE[0]}x{FILM_SIZE[1]}"
    source = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-r", str(FRAMES_PER_S), "-i", "-"]
    coding = ["-c:v", "libvpx-vp9", "-pix_fmt", "yuv420p", "-crf", "38", "-b:v", "0", "-g", "60"]
    command = ["ffmpeg", "-loglevel", "error", "-y", *source, *coding, str(MEDIA / f"{name}.webm")]
    subprocess.run(command, input=b"".join(frames(scenes)), check=True)


if __name__ == "__main__":
    draw_pictures()
    for film_name, film_scenes in FILMS.items():
        film(film_name, film_scenes)
