"""Matches, orders, gaps and spots on an image: written by an author, published, answered, and seen by the trainer."""

from __future__ import annotations

import io
import re

import pytest
from flask.testing import FlaskClient
from PIL import Image

from blueprints.hosts import HostedFlask
from core.db import db
from tenants.courses.models import Course
from tenants.courses.question_rules import rule_of
from tests.cast import Cast
from tests.courses.test_question_kinds import author, check, new_question, published, question_of, save, written
from tests.courses.writing import Written

__all__ = ["author", "written"]


def ids_of(cast: Cast, block, name: str) -> list[str]:  # type: ignore[no-untyped-def]
    """Return the ids of the rows of the question's rule."""
    return [row["id"] for row in question_of(cast, block)[1][name]]  # type: ignore[attr-defined]


def a_match(cast: Cast, author: FlaskClient, written: Written):  # type: ignore[no-untyped-def]
    """Return the block of a match with two pairs and an option that fits nowhere."""
    block = new_question(cast, written)
    author.post(f"/courses/{written.course}/blocks/{block}", data={"kind": "single", "do": "kind:matching"})
    assert len(ids_of(cast, block, "pairs")) == 3, "three pairs to begin with"
    one, two, three = ids_of(cast, block, "pairs")
    author.post(f"/courses/{written.course}/blocks/{block}", data={
        "kind": "matching", "do": f"remove:{three}", "prompt": "What does what?", "pair": [one, two, three], "extra": "Sink\nSink",
        f"left-{one}": "Yeast", f"right-{one}": "Rise", f"left-{two}": "Oven", f"right-{two}": "Brown", "has_partial": "1",
    })  # fmt: skip
    return block


def test_a_match(app: HostedFlask, cast: Cast, author: FlaskClient, written: Written) -> None:
    block = a_match(cast, author, written)
    one, two = ids_of(cast, block, "pairs")
    browser, path = published(app, cast, author, written, block)
    page = browser.get(f"/learn/{written.course}/{written.last}").text
    options = re.findall(r'<option value="([^"]+)"', page)
    assert sorted(options) == ["Brown", "Brown", "Rise", "Rise", "Sink", "Sink"], "each list offers each option once"
    assert check(browser, path).status_code == 422, "nothing given"
    assert check(browser, path, **{f"place-{one}": "Fly"}).status_code == 422, "not an option"
    half = check(browser, path, **{f"place-{one}": "Rise", f"place-{two}": "Sink"}).text
    assert "Not yet" in half and "1 of 2 are right." in half and 'value="Sink" selected' in half
    right = check(browser, path, **{f"place-{one}": "Rise", f"place-{two}": "Brown"})
    assert "That is right" in right.text
    assert "1/3" in browser.get("/").text, "the lesson is done"
    seen = cast.client(app, "trainer").get(f"/reports/{written.course}/people/{cast.ids['participant']}").text
    assert "Yeast → Rise" in seen and "Oven → Brown" in seen


def test_a_pair_left_empty_is_no_pair_and_one_half_filled_stops_publishing() -> None:
    rows = [{"id": "1", "left": "Yeast", "right": "Rise"}, {"id": "2", "left": "Oven", "right": "Brown"}, {"id": "3", "left": "", "right": ""}]
    assert [pair["id"] for pair in rule_of("matching", {"pairs": rows})["pairs"]] == ["1", "2"]
    rows[2]["left"] = "Sink"
    assert [pair["id"] for pair in rule_of("matching", {"pairs": rows})["pairs"]] == ["1", "2", "3"]
    assert rule_of("ordering", {"items": [], "pairs": rows}) == {"items": []}


def test_an_order(app: HostedFlask, cast: Cast, author: FlaskClient, written: Written) -> None:
    block = new_question(cast, written)
    save(author, written, block, kind="ordering", prompt="Bake", items="Mix\nKnead\nBake\n\n")
    keys = ids_of(cast, block, "items")
    save(author, written, block, kind="ordering", prompt="Bake", items="Mix\nKnead well\nBake")
    assert ids_of(cast, block, "items") == keys, "a line that is mended keeps its id"
    browser, path = published(app, cast, author, written, block)
    page = browser.get(f"/learn/{written.course}/{written.last}").text
    shown = re.findall(r'data-item="([^"]+)"', page)
    assert sorted(shown) == ["Bake", "Knead well", "Mix"] and shown != ["Mix", "Knead well", "Bake"], "never in order"
    assert page == page and shown == re.findall(r'data-item="([^"]+)"', browser.get(f"/learn/{written.course}/{written.last}").text)
    wrong = check(browser, path, **dict(zip([f"place-{key}" for key in keys], "213", strict=True))).text
    assert "1 of 3 are right." in wrong
    assert re.findall(r'data-item="([^"]+)"', wrong) == ["Knead well", "Mix", "Bake"], "as it was put"
    assert check(browser, path, **{f"place-{keys[0]}": "9"}).status_code == 422
    assert "That is right" in check(browser, path, **dict(zip([f"place-{key}" for key in keys], "123", strict=True))).text


def test_gaps_to_type_and_to_choose(app: HostedFlask, cast: Cast, author: FlaskClient, written: Written) -> None:
    block = new_question(cast, written)
    save(author, written, block, kind="gaps", prompt="Fill in", typos="1",
         text="[[Yeast|sourdough]] eats [[sugar|~salt|~<b>sand</b>]].\nDone \\[[or not\\]].")  # fmt: skip
    browser, path = published(app, cast, author, written, block)
    page = browser.get(f"/learn/{written.course}/{written.last}").text
    assert 'name="place-1"' in page and "&lt;b&gt;sand&lt;/b&gt;" in page and "Done [[or not]]." in page
    assert "yeast" not in page.casefold().split('class="gaps"')[1].split("</form>")[0], "no answer in the page"
    half = check(browser, path, **{"place-1": "yaest", "place-2": "salt"}).text
    assert "1 of 2 are right." in half and 'value="yaest"' in half
    assert check(browser, path, **{"place-2": "sugar cane"}).status_code == 422, "not in the list"
    assert check(browser, path, **{"place-1": "x" * 201}).status_code == 422
    assert "That is right" in check(browser, path, **{"place-1": "Sourdough", "place-2": "sugar"}).text


def test_spots_on_an_image(app: HostedFlask, cast: Cast, author: FlaskClient, written: Written) -> None:
    block = new_question(cast, written)
    save(author, written, block, kind="hotspot", prompt="Where does it sit?")
    picture = io.BytesIO()
    Image.new("RGB", (80, 40), "white").save(picture, "PNG")
    picture.seek(0)
    sent = author.post(f"/courses/{written.course}/blocks/{block}/file", data={"file": (picture, "arm.png")})
    assert sent.status_code == 302
    for _ in range(2):
        author.post(f"/courses/{written.course}/blocks/{block}", data={
            "kind": "hotspot", "do": "area", "prompt": "Where does it sit?", "area": ids_of(cast, block, "areas")})
    here, there = ids_of(cast, block, "areas")
    save(author, written, block, kind="hotspot", prompt="Where does it sit?", alt="An arm", area=[here, there], right=there,
         **{f"label-{here}": "Elbow", f"x-{here}": "10", f"y-{here}": "200", f"w-{here}": "-3", f"h-{here}": "nan"},
         **{f"label-{there}": "Shoulder", f"x-{there}": "50,5", f"y-{there}": "10", f"w-{there}": "20", f"h-{there}": "20"},
         )  # type: ignore[arg-type]  # fmt: skip
    areas = question_of(cast, block)[1]["areas"]
    assert [(a["x"], a["y"], a["w"], a["h"]) for a in areas] == [(10.0, 100.0, 0.0, 0.0), (50.5, 10.0, 20.0, 20.0)]  # type: ignore[attr-defined]
    refused = author.post(f"/courses/{written.course}/publications", follow_redirects=True).text
    assert "at least two spots, each with a name and a size" in refused
    save(author, written, block, kind="hotspot", prompt="Where does it sit?", alt="An arm", area=[here, there], right=there,
         **{f"label-{here}": "Elbow", f"w-{here}": "5", f"h-{here}": "5"},
         **{f"label-{there}": "Shoulder", f"x-{there}": "50", f"w-{there}": "20", f"h-{there}": "20"})  # type: ignore[arg-type]  # fmt: skip
    browser, path = published(app, cast, author, written, block)
    page = browser.get(f"/learn/{written.course}/{written.last}").text
    image = re.search(r'<image href="([^"]+)"', page)
    assert image and 'viewBox="0 0 80 40"' in page and 'aria-label="An arm"' in page and "2. Shoulder" in page
    assert browser.get(image[1]).status_code == 200, "participants of the course may see it"
    assert "Not yet" in check(browser, path, choice=here).text
    assert check(browser, path, choice="somewhere").status_code == 422
    assert "That is right" in check(browser, path, choice=there).text
    seen = cast.client(app, "trainer").get(f"/reports/{written.course}/people/{cast.ids['participant']}").text
    assert "<li>Shoulder</li>" in seen
    preview = author.get(f"/courses/{written.course}/lessons/{written.last}/preview").text
    assert "2. Shoulder" in preview


@pytest.mark.parametrize(("values", "sentence"), [
    ({"kind": "matching"}, "at least two pairs"),
    ({"kind": "ordering", "items": "one"}, "at least two lines"),
    ({"kind": "gaps", "text": "no gap"}, "at least one gap"),
    ({"kind": "gaps", "text": "[[~only wrong]]"}, "A gap has no right answer"),
    ({"kind": "hotspot"}, "image"),
])  # fmt: skip
def test_what_nobody_could_answer_is_not_published(
    cast: Cast, author: FlaskClient, written: Written, values: dict[str, str], sentence: str
) -> None:
    block = new_question(cast, written)
    assert save(author, written, block, prompt="?", **values) == 204
    refused = author.post(f"/courses/{written.course}/publications", follow_redirects=True)
    assert sentence in refused.text
    with db.scope(cast.academy.scope):
        assert db.session.get_one(Course, written.course).publication_id is None
