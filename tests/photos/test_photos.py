"""Profile photos: cut, drawn anew, shown to who sees the person, and gone when they are."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from PIL import Image

from blueprints.hosts import HostedFlask
from blueprints.people import photos
from core.config import config
from core.db import db
from jobs import perform, registry
from tenants.erasure import actions as erasing
from tenants.files.looks import NotThat
from tenants.files.models import File
from tenants.groups import actions as groups
from tenants.groups import limits
from tenants.photos.drawing import faces_of
from tenants.photos.models import Photo
from tenants.photos.rules import SIZES, Part, box_of, part_of
from tests.cast import Cast, make_cast
from tests.conftest import Pool
from tests.courses.writing import member
from tests.files.making import picture
from tests.files.test_looks import bomb
from tests.statements import note

RED, BLUE = (200, 30, 30), (30, 30, 200)


def two_colours(kind: str = "JPEG", size: tuple[int, int] = (900, 300), **save: Any) -> io.BytesIO:
    """Return a wide photo: its left third is red, the rest is blue."""
    image, out = Image.new("RGB", size, BLUE), io.BytesIO()
    image.paste(RED, (0, 0, size[0] // 3, size[1]))
    image.save(out, kind, **save)
    out.seek(0)
    return out


def colour_of(content: bytes) -> str:
    """Return whether the middle of the image is red or blue."""
    with Image.open(io.BytesIO(content)) as image:
        red, _green, blue = image.convert("RGB").getpixel((image.width // 2, image.height // 2))  # type: ignore[misc]
    return "red" if red > blue else "blue"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_becomes_a_square_in_every_size(kind: str) -> None:
    faces = faces_of(two_colours(kind), Part())
    assert tuple(faces) == SIZES
    for size, content in faces.items():
        with Image.open(io.BytesIO(content)) as image:
            assert (image.format, image.size) == ("JPEG", (size, size))
    assert colour_of(faces[96]) == "blue", "without a wish it is the middle"


def test_the_part_that_was_chosen_is_kept() -> None:
    assert colour_of(faces_of(two_colours(), Part(1 / 6, 0.5, 1.0))[96]) == "red"


def test_T29_nothing_of_a_photo_survives_but_its_pixels() -> None:
    exif = Image.Exif()
    exif[0x010E] = "at my home"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 22.0, 0.0), 3: "E", 4: (4.0, 53.0, 0.0)})
    sent = io.BytesIO(two_colours(exif=exif, comment=b"my comment").getvalue() + b"<script>alert(1)</script>PK\x03\x04")
    for content in faces_of(sent, Part()).values():
        assert not {b"home", b"comment", b"script", b"Exif"} & {word for word in (b"home", b"comment", b"script", b"Exif") if word in content}
        with Image.open(io.BytesIO(content)) as image:
            assert not image.getexif() and content.endswith(b"\xff\xd9")


def test_a_photo_taken_sideways_stands_upright_before_it_is_cut() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter: what is left in the file is on top for who looks
    assert colour_of(faces_of(two_colours(exif=exif), Part(0.5, 1 / 6, 1.0))[96]) == "red"


@pytest.mark.parametrize(("sent", "why"), [
    (bomb(50_000, 50_000), "too_many_pixels"),
    (io.BytesIO(struct.pack(">I", 24) + b"ftypheic" + bytes(4) + b"mif1heic" + bytes(200)), "heic"),
    (io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"), "not_an_image"),
    (picture("GIF"), "not_an_image"),
    (io.BytesIO(two_colours().getvalue()[:500]), "not_an_image"),
    (io.BytesIO(b""), "empty"),
])  # fmt: skip
def test_T29_bombs_liars_and_halves_are_refused(sent: io.BytesIO, why: str) -> None:
    with pytest.raises(NotThat) as refusal:
        faces_of(sent, Part())
    assert refusal.value.why == why


@pytest.mark.parametrize("said", [("", "", ""), ("nan", "inf", "-inf"), ("x", "1e999", "0")])
def test_whatever_a_form_says_the_square_lies_inside(said: tuple[str, str, str]) -> None:
    for width, height in ((900, 300), (1, 4000), (7, 7)):
        left, top, right, bottom = box_of(part_of(*said), width, height)
        assert 0 <= left < right <= width and 0 <= top < bottom <= height and right - left == bottom - top


def put(app: HostedFlask, cast: Cast, who: str, sent: io.BytesIO, name: str = "me.jpg", **part: str) -> Any:
    """Send a photo as somebody does who is on their page."""
    return cast.client(app, who).post("/me/photo", data={"photo": (sent, name), **part})


def photo_id(cast: Cast, who: str) -> UUID | None:
    """Return the address of a person's photo."""
    with db.scope(cast.academy.scope):
        return member(cast, who).photo_id


def stored(cast: Cast) -> int:
    """Return how many files the academy stores."""
    return len(list((config().files_dir / cast.academy.scope.role).iterdir()))


def test_somebody_puts_changes_and_removes_their_photo(app: HostedFlask, cast: Cast) -> None:
    assert put(app, cast, "participant", two_colours(), across="0.17", down="0.5", side="1").status_code == 303
    first = photo_id(cast, "participant")
    client = cast.client(app, "participant")
    assert first and f"/photos/{first}/512" in client.get("/me").text
    answer = client.get(f"/photos/{first}/192")
    assert (answer.status_code, answer.mimetype, colour_of(answer.data)) == (200, "image/jpeg", "red")
    assert answer.headers["Cache-Control"] == "private, no-cache" and answer.headers["X-Content-Type-Options"] == "nosniff"
    put(app, cast, "participant", two_colours())
    second = photo_id(cast, "participant")
    again = {"If-None-Match": answer.headers["ETag"]}
    assert client.get(f"/photos/{first}/192", headers=again).status_code == 404, "what a browser kept is shown no longer"
    newer = client.get(f"/photos/{second}/192")
    kept = client.get(f"/photos/{second}/192", headers={"If-None-Match": newer.headers["ETag"]})
    assert kept.status_code == 304 and not kept.data
    assert second not in (None, first) and client.get(f"/photos/{first}/192").status_code == 404 and stored(cast) == 3
    gone = client.post("/me/photo/removal")
    assert gone.status_code == 303 and photo_id(cast, "participant") is None and stored(cast) == 0
    assert client.get(f"/photos/{second}/96").status_code == 404 and "/photos/" not in client.get("/me").text


@pytest.mark.parametrize(("name", "sent", "words"), [
    ("me.heic", struct.pack(">I", 24) + b"ftypheic" + bytes(4) + b"mif1heic" + bytes(200), "HEIC"),
    ("me.jpg", b"GIF89a not really", "Use JPEG, PNG or WebP"), ("", b"", "Choose a file"),
])
def test_what_is_no_photo_gets_a_sentence_and_changes_nothing(app: HostedFlask, cast: Cast, name: str, sent: bytes, words: str) -> None:
    put(app, cast, "participant", two_colours())
    before = photo_id(cast, "participant")
    answer = put(app, cast, "participant", io.BytesIO(sent), name)
    assert answer.status_code == 422 and words in answer.text and 'aria-invalid="true"' in answer.text
    assert photo_id(cast, "participant") == before and stored(cast) == 3


def test_only_who_sees_the_person_gets_the_photo(app: HostedFlask, cast: Cast, pool: Pool) -> None:
    put(app, cast, "participant", two_colours())
    address = f"/photos/{photo_id(cast, 'participant')}/96"
    assert cast.client(app, "second").get(address).status_code == 200
    assert cast.client(app, None).get(address).status_code == 302, "a stranger signs in first"
    assert cast.client(app, "second").get(address.replace("/96", "/97")).status_code == 404
    with db.scope(cast.academy.scope, commit=True):
        group = groups.make_group("Others", member(cast, "owner"))
        limits.limit_to(member(cast, "trainer"), [group.id], member(cast, "owner"))
    assert cast.client(app, "trainer").get(address).status_code == 404, "the trainer sees another group only"
    with db.scope(cast.academy.scope):
        file_ids = list(db.session.scalars(sa.select(File.id)))
    assert [cast.client(app, "owner").get(f"/files/{one}").status_code for one in file_ids] == [404] * 3, "a photo has one door"
    other = pool.take()
    assert make_cast(other).client(app, "owner").get(address).status_code == 404
    pool.give_back(other)


def test_a_manager_takes_a_photo_down_and_others_may_not(app: HostedFlask, cast: Cast) -> None:
    put(app, cast, "participant", two_colours())
    path = f"/people/{cast.ids['participant']}/photo/removal"
    client = cast.client(app, "second")
    assert client.post(path).status_code == 403
    assert photo_id(cast, "participant") is not None
    manager = cast.client(app, "manager")
    assert f"/photos/{photo_id(cast, 'participant')}/512" in manager.get(f"/people/{cast.ids['participant']}").text
    assert manager.post(path).status_code == 303
    assert photo_id(cast, "participant") is None and stored(cast) == 0


def test_the_photo_is_in_ones_own_work(app: HostedFlask, cast: Cast) -> None:
    put(app, cast, "participant", two_colours())
    with zipfile.ZipFile(io.BytesIO(cast.client(app, "participant").get("/own-work.zip").data)) as pack:
        assert colour_of(pack.read("files/photo.jpg")) == "blue"
        assert json.loads(pack.read("own-work.json"))["photo"]["path"] == "files/photo.jpg"


def test_T57_a_removed_persons_photo_is_gone(app: HostedFlask, cast: Cast) -> None:
    put(app, cast, "participant", two_colours())
    registry.load()
    with db.scope(cast.academy.scope, commit=True):
        manager = member(cast, "manager")
        planned = erasing.plan(erasing.person(cast.ids["participant"], manager), manager, cast.academy.slug, at_once=True)
        assert erasing.goes(cast.ids["participant"]).files == 3 and planned
    perform.drain(most=50)
    with db.scope(cast.academy.scope):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Photo)) == 0
        assert db.session.scalar(sa.select(sa.func.count()).select_from(File)) == 0
    assert stored(cast) == 0


def statements_of(cast: Cast, ask: Callable[[], Any]) -> list[str]:
    """Return the statements that `ask` costs."""
    seen: list[str] = []
    engine = db.engine_of(cast.academy.scope)
    sa.event.listen(engine, "before_cursor_execute", listener := lambda *args: note(seen, args[2]))
    try:
        ask()
    finally:
        sa.event.remove(engine, "before_cursor_execute", listener)
    return seen


def test_faces_cost_no_statement_however_many_there_are(app: HostedFlask, cast: Cast) -> None:
    client = cast.client(app, "manager")
    client.get("/people")
    bare = statements_of(cast, lambda: client.get("/people"))
    for who in ("participant", "second", "trainer", "manager"):
        put(app, cast, who, two_colours())
    page = client.get("/people").text
    seen = statements_of(cast, lambda: client.get("/people"))
    assert page.count('/96"') == 5 and len(seen) == len(bare), "four in the list and one's own in the bar"


def test_T29_who_sends_photos_without_end_has_to_wait(app: HostedFlask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MOST_HOURLY", 1)
    assert put(app, cast, "participant", two_colours()).status_code == 303
    monkeypatch.setattr(photos.actions, "put_photo", lambda *_: pytest.fail("drawn"))
    assert put(app, cast, "participant", two_colours()).status_code == 429
