"""Ask for a demo: what is typed is kept, sent twice it is one request, machines are kept apart, and whatever goes wrong loses nothing."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import OperationalError

from blueprints.hosts import HostedFlask
from core import clock, limits
from core.config import config
from core.db import CORE, db
from core.errors import TooMany
from core.leads import actions, queries, rules
from core.leads.models import Lead
from tests.academies.signed import Person, person
from tests.browsing import HostClient, client_on
from tests.doors import letters

THANKS = "Thank you! Your submission has been received!"
TRAP = re.compile(r'<div class="trap" aria-hidden="true" inert><input[^>]*name="website"')


@pytest.fixture
def stranger(app: HostedFlask) -> HostClient:
    """Return somebody on the platform's host who reads English."""
    return client_on(app, "localhost")


@pytest.fixture
def operator(app: HostedFlask) -> Person:
    return person(app, first_name="Iris", is_operator=True)


def filled(client: HostClient, ago_s: int = 60, **more: str) -> dict[str, str]:
    """Return the form as somebody sends it who opened it so many seconds ago."""
    page = client.get("/demo").text
    form_id = re.search(r'name="form_id"[^>]*value="([^"]+)"', page)
    assert form_id is not None and TRAP.search(page)
    shown = rules.stamp(clock.now() - timedelta(seconds=ago_s), config().secret_key)
    return {"name": "Marijke Dijkstra", "email": f"{uuid4().hex}@veiligwerk.example", "organisation": "Veilig Werk", "phone": "", "website": "",
            "question": "Who may see\nthe progress?", "shown": shown, "form_id": form_id[1], **more}  # fmt: skip


def kept(form: dict[str, str]) -> list[Lead]:
    """Return the requests of the form's address, whatever state they are in."""
    with db.scope(CORE):
        return list(queries.leads(None, form["email"], 1).rows)


def test_a_request_is_kept_answered_and_told_to_the_team(stranger: HostClient, operator: Person) -> None:
    form = filled(stranger, phone="+31 20 555 01 42")
    answer = stranger.post("/demo", data=form)
    assert answer.status_code == 303 and answer.location == "/demo/asked"
    assert THANKS in stranger.get("/demo/asked").text
    (row,) = kept(form)
    with db.scope(CORE):
        assert (row.name, row.organisation, row.phone, row.question, row.state, row.language) == (
            "Marijke Dijkstra", "Veilig Werk", "+31 20 555 01 42", "Who may see\nthe progress?", "new", "en")  # fmt: skip
    (mail,) = letters(None, "demo_asked", form["email"])
    assert THANKS in mail[2] and "> Who may see\n> the progress?" in mail[2] and "Veilig Werk" in mail[2]
    (told,) = letters(None, "demo_wanted", operator.email)
    assert f"/operator/demos/{row.id}" in told[2] and "Marijke" not in told[2] and form["email"] not in told[2], "who it is stands behind the sign-in"


def test_in_dutch_it_says_so_in_dutch(app: HostedFlask) -> None:
    client = client_on(app, "localhost")
    client.set_cookie("lang", "nl", domain="localhost")
    form = filled(client)
    client.post("/demo", data=form)
    assert "Bedankt! De aanvraag is ontvangen!" in client.get("/demo/asked").text
    assert letters(None, "demo_asked", form["email"])[0][1] == "Je aanvraag voor een demo"


def test_a_form_sent_twice_is_one_request_also_at_the_same_moment(stranger: HostClient, app: HostedFlask) -> None:
    form = filled(stranger)
    for _ in range(2):
        assert stranger.post("/demo", data=form).status_code == 303
    assert len(kept(form)) == len(letters(None, "demo_asked", form["email"])) == 1
    again = filled(stranger)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: client_on(app, "localhost").post("/demo", data=again).status_code, range(4)))
    assert answers == [303] * 4
    assert len(kept(again)) == len(letters(None, "demo_asked", again["email"])) == 1


@pytest.mark.parametrize(("name", "typed", "said"), [
    ("name", "", "Fill in your name"), ("email", "marijke@", "name@example.com"), ("organisation", " ", "Fill in the organisation"),
    ("phone", "call me", "This is no phone number"), ("question", "x" * 2001, "at most 2,000 characters"),
])  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(stranger: HostClient, name: str, typed: str, said: str) -> None:
    form = filled(stranger) | {name: typed}
    answer = stranger.post("/demo", data=form)
    assert answer.status_code == 422 and said in answer.text and f'id="{name}-error"' in answer.text
    for field in {"name", "email", "organisation", "question"} - {name}:
        assert form[field].split("\n")[0] in answer.text, field
    assert form["form_id"] in answer.text, "sent again, it is the same request"
    assert kept(form) == []


@pytest.mark.parametrize("change", [{"website": "https://x.example"}, {"ago_s": 1}, {"organisation": "https://rankings.example"},
                                    {"question": "https://a.example https://b.example www.c.example"}])  # fmt: skip
def test_what_looks_sent_by_a_machine_is_kept_apart_and_nobody_is_mailed(stranger: HostClient, operator: Person, change: dict[str, Any]) -> None:
    form = filled(stranger, **change)
    assert stranger.post("/demo", data=form).location == "/demo/asked", "a machine learns nothing"
    (row,) = kept(form)
    assert row.state == "suspected"
    assert letters(None, "demo_asked", form["email"]) == [] and not [one for one in letters(None, "demo_wanted", operator.email) if str(row.id) in one[2]]
    assert str(row.id) not in operator.browser.get("/operator/demos").text
    assert str(row.id) in operator.browser.get("/operator/demos?state=suspected").text
    assert operator.browser.post(f"/operator/demos/{row.id}/state", data={"state": "new"}).status_code == 303
    assert len(letters(None, "demo_asked", form["email"])) == 1, "it was a person, who hears now"


@pytest.mark.parametrize("shown", ["", "1", "1.2", "9" * 400, "1764547200." + "0" * 32])
def test_a_stamp_that_is_not_ours_asks_to_send_it_once_more(stranger: HostClient, shown: str) -> None:
    form = filled(stranger) | {"shown": shown}
    answer = stranger.post("/demo", data=form)
    assert answer.status_code == 422 and "send it once more" in answer.text and "Veilig Werk" in answer.text and kept(form) == []
    fresh = re.search(r'name="shown"[^>]*value="([^"]+)"', answer.text)
    assert fresh is not None
    assert stranger.post("/demo", data={**form, "shown": fresh[1]}).status_code == 303
    assert len(kept(form)) == 1


def test_a_form_that_was_open_for_a_day_is_sent_once_more(stranger: HostClient) -> None:
    form = filled(stranger, ago_s=25 * 3600)
    assert "open for long" in stranger.post("/demo", data=form).text


def test_the_database_away_loses_nothing_that_was_typed(stranger: HostClient, monkeypatch: pytest.MonkeyPatch) -> None:
    form = filled(stranger)

    def away(*_: Any) -> None:
        raise OperationalError("INSERT", {}, Exception("gone"))

    with monkeypatch.context() as patch:
        patch.setattr(actions, "_made", away)
        answer = stranger.post("/demo", data=form)
        assert answer.status_code == 503 and "We could not keep your request just now" in answer.text
        assert "Marijke Dijkstra" in answer.text and "Who may see" in answer.text and form["form_id"] in answer.text
    assert stranger.post("/demo", data=form).status_code == 303 and len(kept(form)) == 1


def test_too_many_from_one_place_wait_and_keep_what_they_typed(stranger: HostClient, monkeypatch: pytest.MonkeyPatch) -> None:
    form = filled(stranger)

    def full(_: Any) -> None:
        raise TooMany(900)

    monkeypatch.setattr(limits, "spend", full)
    answer = stranger.post("/demo", data=form)
    assert answer.status_code == 429 and "quarter of an hour" in answer.text and "Veilig Werk" in answer.text and kept(form) == []


def test_one_address_cannot_be_used_to_flood_a_mailbox(stranger: HostClient) -> None:
    email, answers = f"{uuid4().hex}@veiligwerk.example", set()
    for _ in range(12):
        answers.add(stranger.post("/demo", data=filled(stranger, email=email)).status_code)
    assert answers == {303, 429} and len(letters(None, "demo_asked", email)) < 8


def test_what_somebody_typed_is_encrypted(stranger: HostClient) -> None:
    form = filled(stranger)
    stranger.post("/demo", data=form)
    with db.scope(CORE):
        stored = db.session.execute(Lead.__table__.select().where(Lead.id == kept(form)[0].id)).one()
    plain = b" ".join(bytes(one) for one in stored if isinstance(one, bytes | memoryview)) + str([one for one in stored if isinstance(one, str)]).encode()
    assert not [word for word in (b"Marijke", b"veiligwerk", b"progress") if word in plain]
