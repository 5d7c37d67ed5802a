"""Seeing and taking along what is kept about oneself, after giving the password again."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from uuid import UUID

import pytest

from blueprints.hosts import HostedFlask
from core import clock
from core.accounts.models import Account
from core.db import CORE, db
from core.privacy import finding
from tests.academies.signed import person
from tests.browsing import HostClient, client_on
from tests.doors import PASSWORD, new_account
from tests.privacy.people import WORDS

PAGES = ("/me/data", "/me/data.zip", "/me/erasure")


def signed_in(app: HostedFlask, email: str, language: str = "en") -> HostClient:
    client = client_on(app, "localhost")
    client.set_cookie("lang", language, domain="localhost")
    assert client.post("/sign-in", data={"email": email, "password": PASSWORD}).status_code == 303
    return client


def proven(app: HostedFlask, email: str) -> HostClient:
    client = signed_in(app, email)
    assert client.post("/me/proof", data={"password": PASSWORD, "next": "/me/data"}).location == "/me/data"
    return client


@pytest.mark.parametrize("path", PAGES)
def test_the_password_is_asked_again_and_is_good_for_a_quarter_of_an_hour(app: HostedFlask, path: str) -> None:
    account = new_account()
    client = signed_in(app, account.email or "")
    asked = client.get(path)
    assert asked.status_code == 303 and asked.location == f"/me/proof?next={path}"
    wrong = client.post("/me/proof", data={"password": "something else entirely", "next": path})
    assert wrong.status_code == 422 and "This is not your password" in wrong.text
    assert client.get(path).status_code == 303, "a wrong one proves nothing"
    assert client.post("/me/proof", data={"password": PASSWORD, "next": path}).location == path
    assert client.get(path).status_code == 200
    with clock.shifted(timedelta(minutes=16)):
        assert client.get(path).status_code == 303
    assert signed_in(app, account.email or "").get(path).status_code == 303, "on this device, and on no other"


def test_a_proof_leads_nowhere_else(app: HostedFlask) -> None:
    account = new_account()
    client = signed_in(app, account.email or "")
    assert client.post("/me/proof", data={"password": PASSWORD, "next": "https://evil.example/"}).location == "/me/data"
    assert client_on(app, "localhost").get("/me/data").status_code in (302, 303), "strangers sign in first"


def test_guessing_the_password_is_counted(app: HostedFlask) -> None:
    olga = person(app)
    answers = [olga.browser.post("/me/proof", data={"password": f"guess number {number}"}).status_code for number in range(12)]
    assert answers[:10] == [422] * 10 and answers[-1] == 429


def test_the_page_shows_every_kind_that_is_kept_and_nothing_of_others(app: HostedFlask, zebedeus: UUID) -> None:
    text = proven(app, WORDS[2]).get("/me/data").text
    for word in WORDS:
        assert word in text, word
    assert "iemand.anders@example.org" not in text and "$argon2" not in text
    assert "Om je te laten inloggen" in text and "12 maanden na het laatste contact." in text and "Het wordt met je account vernietigd." in text


def test_the_file_holds_a_page_and_all_of_it_for_programs(app: HostedFlask, zebedeus: UUID) -> None:
    answer = proven(app, WORDS[2]).get("/me/data.zip")
    assert answer.mimetype == "application/zip" and answer.headers["Cache-Control"] == "no-store"
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.namelist() == ["index.html", "data.json"]
    page, data = archive.read("index.html").decode(), json.loads(archive.read("data.json"))
    assert all(word in page for word in WORDS) and "<script" not in page and "http" not in page.split("<style>")[0]
    with db.scope(CORE):
        for one in finding.held(db.session.get_one(Account, zebedeus)):
            assert len(data["tables"][one.table]["rows"]) >= len(one.rows) - 1, one.table
            for fact in one.rows[0] if one.rows else []:
                assert data["tables"][one.table]["columns"][fact.name]["purpose"], f"{one.table}.{fact.name}"
    whole = json.dumps(data, ensure_ascii=False)
    assert all(word in whole for word in WORDS) and "iemand.anders@example.org" not in whole and "$argon2" not in whole
    assert data["tables"]["accounts"]["rows"][0]["email"] == WORDS[2]
