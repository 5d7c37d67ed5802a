"""Bad input, each kind in both languages: a clear page that says what to do next, and nothing typed is lost.

Unknown host, reserved or taken address, weak password, broken upload, expired invitation, double submit.
"""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask
from core import clock
from core.academies import queries as academies
from core.accounts.models import Account
from core.db import CORE, db
from core.owner import owner_connection
from tenants.courses import block_actions
from tenants.courses.models import Course, Lesson
from tenants.people.models import Invitation, Member
from tenants.provision import refill_spares
from tenants.resolve import resolver
from tests.academies.ends import end_all
from tests.academies.signed import Person, person
from tests.agreed import agree_form
from tests.browsing import client_on
from tests.cast import Cast, make_cast
from tests.courses.writing import member, write_course
from tests.doors import PASSWORD, letters, link_in
from tests.opened import Opened

LANGUAGES = pytest.mark.parametrize("language", ["en", "nl"])


def stranger(app: HostedFlask, host: str, language: str) -> FlaskClient:
    """Return an anonymous client that reads `language`."""
    client = client_on(app, host)
    client.set_cookie("lang", language, domain=host)
    return client


@pytest.fixture
def cast(academy: Opened) -> Cast:
    """Return the people of the academy."""
    return make_cast(academy)


def speaking(app: HostedFlask, cast: Cast, who: str, language: str) -> FlaskClient:
    """Return a client of somebody of the cast who reads `language`."""
    with db.scope(cast.academy.scope, commit=True):
        member(cast, who).language = language
    return cast.client(app, who)


@LANGUAGES
@pytest.mark.parametrize("host", ["nobody-here.localhost", "elsewhere.example"])
def test_unknown_host(app: HostedFlask, host: str, language: str) -> None:
    answer = stranger(app, host, language).get("/")
    assert answer.status_code == 404
    assert {"en": "There is no page here", "nl": "Hier is geen pagina"}[language] in answer.text
    assert f'<html lang="{language}"' in answer.text


@LANGUAGES
def test_reserved_and_taken_addresses(app: HostedFlask, language: str) -> None:
    with owner_connection() as connection:
        refill_spares(connection, 1)
    one, two = person(app, language), person(app, language)
    open_(one, "bad-input")
    for slug, words in (
        ("admin", {"en": "kept for the platform", "nl": "gehouden voor het platform"}),
        ("bad-input", {"en": "is taken", "nl": "is al bezet"}),
        ("bad-lnput", {"en": "mistaken for another", "nl": "lijkt te veel op een ander"}),
        ("-x", {"en": "3 to 40", "nl": "3 tot 40"}),
    ):
        answer = two.browser.post("/academies/new", data={"name": "Noordzee Bakkers", "slug": slug})
        assert answer.status_code == 422 and words[language] in answer.text, slug
        assert "Noordzee Bakkers" in answer.text, "what was typed stays"
    end_all(one.id)


def open_(someone: Person, slug: str, times: int = 1) -> list[str]:
    """Open an academy, sending the last form `times` times at once; return where the answers lead."""
    someone.browser.post("/academies/new", data={"name": "Noord", "slug": slug})
    someone.browser.post("/academies/new/look", data={"colour": "#7a3b1d", "language": "nl"})
    agreed = agree_form()
    cookies = {cookie.key: cookie.value for cookie in someone.browser._cookies.values()}
    header = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def send(_: int) -> str:
        client = client_on(someone.browser.application, "localhost", use_cookies=False)
        return client.post("/academies/new/agreement", data=agreed, headers={"Cookie": header}).location

    with ThreadPoolExecutor(times) as several:
        found = list(several.map(send, range(times)))
    resolver.forget()
    return found


@LANGUAGES
def test_weak_passwords(app: HostedFlask, language: str) -> None:
    client = stranger(app, "localhost", language)
    for password, words in (
        ("kort", {"en": "at least 10", "nl": "minstens 10"}),
        ("wachtwoord", {"en": "easy to guess", "nl": "makkelijk te raden"}),
        ("OlgaVisser1", {"en": "Your name", "nl": "Je naam"}),
    ):
        form = {"first_name": "Olga", "last_name": "Visser", "email": f"{uuid4().hex}@example.org", "password": password}
        answer = client.post("/sign-up", data=form)
        assert answer.status_code == 422 and words[language] in answer.text, password
        assert form["email"] in answer.text and 'value="Olga"' in answer.text


@LANGUAGES
@pytest.mark.parametrize(
    ("kind", "name", "content", "english", "dutch"),
    [
        ("image", "", b"", "No file was chosen", "Er is geen bestand gekozen"),
        ("image", "cat.png", b"\x89PNG\r\n\x1a\n then nothing", "not an image", "geen afbeelding"),
        ("image", "cat.png", b"<svg onload=alert(1)>", "not an image", "geen afbeelding"),
        ("video", "film.mp4", b"no film at all", "not a video", "geen video"),
    ],
)  # fmt: skip
def test_broken_uploads(
    app: HostedFlask, cast: Cast, language: str, kind: str, name: str, content: bytes, english: str, dutch: str
) -> None:
    with db.scope(cast.academy.scope, commit=True):
        written = write_course(member(cast, "author"))
        block = block_actions.add_block(db.session.get_one(Lesson, written.reading), kind)
        block_id = block.id
    client = speaking(app, cast, "author", language)
    answer = client.post(f"/courses/{written.course}/blocks/{block_id}/file", data={"file": (io.BytesIO(content), name)})
    assert answer.status_code == 422
    assert {"en": english, "nl": dutch}[language] in answer.text
    assert "Flour is **ground** grain." in answer.text, "the rest of the lesson is still there"


@LANGUAGES
def test_expired_invitation(app: HostedFlask, cast: Cast, language: str) -> None:
    cast.client(app, "manager").post("/people/invite", data={"emails": "new@example.org", "roles": ["participant"]})
    path = link_in(letters(cast.academy, "invitation")[-1], "/invitations/")
    joining = {"first_name": "Fatima", "last_name": "El Amrani", "password": PASSWORD}
    with clock.shifted(timedelta(days=15)):
        answer = stranger(app, cast.host, language).post(path, data=joining)
    assert answer.status_code == 410
    assert {"en": "has expired", "nl": "verlopen"}[language] in answer.text


@LANGUAGES
def test_double_submit(app: HostedFlask, cast: Cast, language: str) -> None:
    """Twice the same click at once: one account, academy, course, member; and the second click leads where the first does."""
    author = speaking(app, cast, "author", language)
    form = {"title": "Bread twice", "client_id": str(uuid4())}
    with ThreadPoolExecutor(2) as two:
        answers = list(two.map(lambda _: cast.client(app, "author").post("/courses/new", data=form), range(2)))
    assert {answer.location for answer in answers} == {f"/courses/{form['client_id']}"}
    assert author.get(answers[0].location).status_code == 200
    with db.scope(cast.academy.scope):
        assert db.session.scalar(sa.select(sa.func.count()).where(Course.title == "Bread twice")) == 1

    with owner_connection() as connection:
        refill_spares(connection, 2)
    owner = person(app, language)
    assert len(set(open_(owner, "twice-clicked", times=2))) == 1
    with db.scope(CORE):
        assert len(academies.academies_of(owner.id)) == 1
    end_all(owner.id)

    email = f"{uuid4().hex}@example.org"
    joining = {"first_name": "Fatima", "last_name": "El Amrani", "password": PASSWORD}
    with ThreadPoolExecutor(2) as two:
        answers = list(two.map(lambda _: stranger(app, "localhost", language).post("/sign-up", data={**joining, "email": email}), range(2)))
    assert {answer.location for answer in answers} == {"/sign-up/done"}
    with db.scope(CORE):
        accounts = [one for one in db.session.scalars(sa.select(Account)) if one.email == email]
    assert len(accounts) == 1

    cast.client(app, "manager").post("/people/invite", data={"emails": email, "roles": ["participant"]})
    path = link_in(letters(cast.academy, "invitation", email)[-1], "/invitations/")
    with ThreadPoolExecutor(2) as two:
        answers = list(two.map(lambda _: stranger(app, cast.host, language).post(path, data=joining), range(2)))
    assert [answer.status_code for answer in answers] == [303, 303]
    with db.scope(cast.academy.scope):
        members = [one for one in db.session.scalars(sa.select(Member)).unique() if one.email == email]
        assert len(members) == 1
        assert db.session.scalar(sa.select(sa.func.count()).where(Invitation.accepted_at.is_not(None))) == 1
