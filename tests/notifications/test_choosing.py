"""The table of choices, and the link in a mail that stops one kind: without signing in, for ever, and only that."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from blueprints.hosts import HostedFlask
from core import clock
from core.db import db
from tenants.notifications import actions, choices
from tenants.notifications.rules import Choice
from tests.browsing import client_on
from tests.cast import Cast
from tests.courses.writing import member
from tests.notifications.telling import notices

TIMES = {"zone": "America/New_York", "quiet_from": "21:30", "quiet_until": "6:45", "is_quiet": "1", "paused_until": ""}


def chosen(cast: Cast, who: str = "participant") -> dict[str, Choice]:
    with db.scope(cast.academy.scope):
        return choices.choices_of(member(cast, who))


def token(cast: Cast, kind: str = "feedback", who: str = "participant") -> str:
    with db.scope(cast.academy.scope):
        return choices.stop_token(cast.ids[who], kind)


def test_the_table_is_saved_whole_and_shown_again(cast: Cast, app: HostedFlask) -> None:
    client = cast.client(app, "participant")
    sent = {"mail-feedback": "weekly", "app-feedback": "1", "mail-course": "off", "mail-answer": "sometimes", **TIMES}
    assert client.post("/me/notifications", data=sent).status_code == 303
    found = chosen(cast)
    assert (found["feedback"].mail, found["feedback"].app) == ("weekly", True)
    assert (found["course"].mail, found["course"].app) == ("off", False)
    assert found["answer"].mail == "at_once", "a word that is not ours changes nothing"
    page = client.get("/me/notifications").text
    assert re.search(r'<option value="America/New_York" selected>', page) and 'value="21:30"' in page and 'value="06:45"' in page
    with db.scope(cast.academy.scope):
        times = choices.times_of(member(cast, "participant"))
    assert (times.zone, times.quiet_from, times.quiet_until, times.is_quiet) == ("America/New_York", 1290, 405, True)


@pytest.mark.parametrize(("name", "typed"), [("zone", "Mars/Olympus"), ("quiet_from", "25:00"), ("quiet_until", "later"), ("paused_until", "2026-13-01"), ("paused_until", "9999-12-31")])
def test_what_cannot_be_read_is_said_at_its_field_and_nothing_is_lost(cast: Cast, app: HostedFlask, name: str, typed: str) -> None:
    answer = cast.client(app, "participant").post("/me/notifications", data={"mail-feedback": "weekly", **TIMES, name: typed})
    assert answer.status_code == 422 and f'id="{name}-error"' in answer.text and typed in answer.text
    assert re.search(r'name="mail-feedback".*?<option value="weekly" selected>', answer.text, re.S), "what was chosen stays chosen"
    assert chosen(cast)["feedback"].mail == "at_once"


def test_a_pause_ends_on_its_day_and_the_usual_comes_back(cast: Cast, app: HostedFlask) -> None:
    client, day = cast.client(app, "participant"), (clock.now() + timedelta(days=10)).date().isoformat()
    client.post("/me/notifications", data={**TIMES, "paused_until": day})
    with db.scope(cast.academy.scope):
        until = choices.times_of(member(cast, "participant")).paused_until
    assert until is not None and until.astimezone(clock.ZoneInfo("America/New_York")).isoformat().startswith(f"{day}T00:00")
    assert f'value="{day}"' in client.get("/me/notifications").text
    assert client.post("/me/notifications/usual").status_code == 303
    assert chosen(cast)["feedback"].app is True


def test_each_role_is_asked_of_what_concerns_it(cast: Cast, app: HostedFlask) -> None:
    pages = {who: cast.client(app, who).get("/me/notifications").text for who in ("participant", "trainer", "manager")}
    assert "mail-hand_in" not in pages["participant"] and "mail-hand_in" in pages["trainer"] and "mail-request" in pages["manager"]


def test_the_link_of_a_mail_asks_on_looking_and_stops_with_one_click(cast: Cast, app: HostedFlask) -> None:
    stranger, path = cast.client(app, None), f"/notifications/stop/{token(cast)}"
    assert stranger.get(path).status_code == 200 and stranger.head(path).status_code == 200
    assert chosen(cast)["feedback"].mail == "at_once", "a program that follows links changes nothing"
    assert stranger.post(path).status_code == 200
    assert chosen(cast)["feedback"].mail == "off" and chosen(cast)["answer"].mail == "at_once", "only this kind"
    assert stranger.post(path).status_code == 200, "twice is once"
    assert stranger.post(path, data={"do": "again"}).status_code == 200 and chosen(cast)["feedback"].mail == "at_once"


def test_a_mail_program_posts_without_form_or_cookie(cast: Cast, guarded_app: HostedFlask) -> None:
    """RFC 8058: List-Unsubscribe=One-Click and no more. Other routes still want a form's token and their own origin."""
    program = client_on(guarded_app, cast.host, use_cookies=False)
    del program.environ_base["HTTP_ORIGIN"]
    assert program.post(f"/notifications/stop/{token(cast)}", data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert chosen(cast)["feedback"].mail == "off"
    assert program.post("/sign-in", data={"email": "x"}).status_code == 400
    program.environ_base["HTTP_ORIGIN"] = "https://mail.example"
    assert program.post(f"/notifications/stop/{token(cast, 'answer')}").status_code == 200, "a web mail program posts from its own page"
    assert program.post("/sign-in", data={"email": "x"}).status_code == 403


def test_the_link_of_a_digest_stops_all_mail_and_lets_it_come_again_as_usual(cast: Cast, app: HostedFlask) -> None:
    stranger, path = cast.client(app, None), f"/notifications/stop/{token(cast, choices.EVERYTHING)}"
    with db.scope(cast.academy.scope, commit=True):
        actions.notify("course", [cast.ids["participant"]], subject_id=uuid4(), link="/x")
    assert "All notifications by mail" in stranger.get(path).text and chosen(cast)["feedback"].mail == "at_once"
    assert stranger.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert {one.mail for one in chosen(cast).values()} == {"off"} and chosen(cast)["feedback"].app, "behind the bell it still stands"
    assert notices(cast)[0].mailed_at is not None, "what waited is not mailed"
    assert stranger.post(path, data={"do": "again"}).status_code == 200
    assert (chosen(cast)["feedback"].mail, chosen(cast)["course"].mail) == ("at_once", "weekly")


def test_stopping_drops_what_waits_to_be_mailed(cast: Cast, app: HostedFlask) -> None:
    with db.scope(cast.academy.scope, commit=True):
        choices.choose(member(cast, "participant"), {"course": Choice(mail="weekly")})
        actions.notify("course", [cast.ids["participant"]], subject_id=uuid4(), link="/x")
    cast.client(app, None).post(f"/notifications/stop/{token(cast, 'course')}")
    assert notices(cast)[0].mailed_at is not None and not notices(cast)[0].was_mailed


@pytest.mark.parametrize("change", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: t.replace("feedback", "answer"), lambda t: "x", lambda t: f"{t}.x", lambda t: "A" * 3000])
def test_a_token_that_was_changed_stops_nothing(cast: Cast, app: HostedFlask, change: object) -> None:
    path = f"/notifications/stop/{change(token(cast))}"  # type: ignore[operator]
    client = cast.client(app, None)
    assert {client.get(path).status_code, client.post(path).status_code} <= {410}
    assert {one.mail for name, one in chosen(cast).items() if name in ("feedback", "answer")} == {"at_once"}


def test_T11_a_token_of_another_academy_stops_nothing_here(casts: tuple[Cast, Cast], app: HostedFlask) -> None:
    here, there = casts
    assert there.client(app, None).post(f"/notifications/stop/{token(here)}").status_code == 410
    assert chosen(here)["feedback"].mail == "at_once"
