"""Designs: made from a text that is ready, previewed while typing, changed, with a logo, out of use."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image

from blueprints.hosts import HostedFlask
from core.db import db
from tenants.certificates.models import CertificateDesign
from tests.certificates.giving import Given
from tests.files.making import picture

FORM = {"title": "Diploma", "body": "{name} did {course}.", "signers": "Noor, Trainer", "orientation": "portrait", "language": "nl",
        "valid_months": "12"}  # fmt: skip


@pytest.fixture
def author(app: HostedFlask, given: Given) -> FlaskClient:
    return given.cast.client(app, "author")


def image_in(page: str) -> Image.Image:
    found = re.search(r'src="data:image/png;base64,([^"]+)"', page)
    assert found is not None
    return Image.open(io.BytesIO(base64.b64decode(found[1])))


def stored(given: Given) -> list[CertificateDesign]:
    return list(db.session.scalars(sa.select(CertificateDesign).order_by(CertificateDesign.made_at)))


def test_a_new_design_begins_with_a_text_that_can_be_used(author: FlaskClient, given: Given) -> None:
    page = author.get("/certificates/designs/new")
    assert page.status_code == 200 and "{name}" in page.text and image_in(page.text).width > 1000
    answer = author.post("/certificates/designs/new", data={**FORM, "archived_at": "2020-01-01", "id": "x"})
    assert answer.status_code == 303
    with given.inside(commit=False):
        made = stored(given)[-1]
        assert (made.title, made.signers, made.valid_months, made.archived_at) == ("Diploma", "Noor, Trainer", 12, None)
    assert "Diploma" in author.get("/certificates/designs").text


def test_the_preview_follows_the_form_and_stores_nothing(author: FlaskClient, given: Given) -> None:
    for path in (f"/certificates/designs/{given.design_id}/preview", "/certificates/designs/preview"):
        tall, wide = (author.post(path, data={**FORM, "orientation": one}).text for one in ("portrait", "landscape"))
        assert "<html" not in tall and image_in(tall).height > image_in(tall).width and image_in(wide).width > image_in(wide).height
        assert "Name of the participant did Name of the course." in tall
    with given.inside(commit=False):
        assert stored(given)[0].title == "Certificate"


def test_the_preview_works_by_a_button_without_a_script(author: FlaskClient, given: Given) -> None:
    page = author.post(f"/certificates/designs/{given.design_id}", data={**FORM, "title": "Only looked at", "do": "preview"})
    assert page.status_code == 200 and "Only looked at" in page.text and image_in(page.text).height > 1000
    with given.inside(commit=False):
        assert stored(given)[0].title == "Certificate"


@pytest.mark.parametrize(
    "change",
    [{"title": ""}, {"body": "{nmae}"}, {"body": ""}, {"orientation": "x"}, {"language": "xx"}, {"valid_months": "-3"}, {"valid_months": "x"},
     {"title": "\u674e"}, {"signers": "\n".join("abcd")}, {"body": "x" * 5000}, {"title": "x" * 5000}],
)  # fmt: skip
def test_a_preview_of_nonsense_is_a_sentence_or_a_picture_and_never_an_error(author: FlaskClient, given: Given, change: dict[str, str]) -> None:
    answer = author.post(f"/certificates/designs/{given.design_id}/preview", data={**FORM, **change})
    assert answer.status_code == 200 and ("<img" in answer.text or 'class="hint"' in answer.text)


@pytest.mark.parametrize(
    ("change", "words"),
    [({"title": " "}, "Give the certificate a heading."), ({"body": "Hi {nmae}"}, "{nmae} is not filled in"), ({"body": " "}, "Write what"),
     ({"signers": "a\nb\nc\nd"}, "at most three people"), ({"valid_months": "500"}, "Give 1 to 240 months"), ({"title": "x" * 81}, "under 80"),
     ({"body": "x" * 1001}, "under 1,000")],
)  # fmt: skip
def test_what_is_refused_keeps_the_form(author: FlaskClient, given: Given, change: dict[str, str], words: str) -> None:
    answer = author.post(f"/certificates/designs/{given.design_id}", data={**FORM, **change})
    assert answer.status_code == 422 and words in answer.text
    assert change.get("signers", "Noor, Trainer") in answer.text and change.get("title", "Diploma").strip() in answer.text
    with given.inside(commit=False):
        assert stored(given)[0].title == "Certificate"


def test_a_logo_is_put_on_and_taken_off(author: FlaskClient, given: Given) -> None:
    path = f"/certificates/designs/{given.design_id}"
    before = image_in(author.get(path).text).tobytes()

    def send(content: Any, name: str = "logo.png") -> Any:
        return author.post(f"{path}/logo", data={"file": (content, name)}, content_type="multipart/form-data")

    refused = send(io.BytesIO(b"<svg onload=alert(1)>"), "logo.svg")
    assert refused.status_code == 422 and "not an image" in refused.text
    assert author.post(f"{path}/logo").status_code == 422
    assert send(picture()).status_code == 303
    assert image_in(author.get(path).text).tobytes() != before
    assert author.post(f"{path}/logo/removal").status_code == 303
    assert image_in(author.get(path).text).tobytes() == before


def test_out_of_use_no_course_gives_it(author: FlaskClient, given: Given) -> None:
    assert "Given by Medication safety" in author.get("/certificates/designs").text
    assert author.post(f"/certificates/designs/{given.design_id}/archive").status_code == 303
    page = author.get("/certificates/designs").text
    assert "Out of use" in page and "Given by" not in page
    assert str(given.design_id) not in author.get(f"/courses/{given.course_id}/certificate").text
    assert author.post(f"/certificates/designs/{given.design_id}/return").status_code == 303
    assert "Out of use" not in author.get("/certificates/designs").text.split("<main")[1].split("</ul>")[0]


@pytest.mark.parametrize("who", ["participant", "trainer"])
def test_who_does_not_write_courses_makes_no_designs(app: HostedFlask, given: Given, who: str) -> None:
    client = given.cast.client(app, who)
    assert client.get("/certificates/designs").status_code == client.get(f"/certificates/designs/{given.design_id}").status_code == 403
    assert client.post("/certificates/designs/new", data=FORM).status_code == 403
    assert client.post("/certificates/designs/preview", data=FORM).status_code == 403
