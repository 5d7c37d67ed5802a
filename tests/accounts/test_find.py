"""Finding one's academies by mail, without telling strangers who is where."""

from __future__ import annotations

import re

import sqlalchemy as sa

import jobs.accounts
from blueprints.hosts import HostedFlask
from core.academies.models import Academy
from core.accounts.models import Ask
from core.db import CORE, db
from core.ids import uuid7
from tenants.people.models import Member
from tests.browsing import client_on
from tests.doors import letters
from tests.opened import Opened


def add_member(academy: Opened, email: str, state: str = "active") -> None:
    """Add somebody with this address."""
    with db.scope(academy.scope, commit=True):
        db.session.add(Member(email=email, first_name="Sanne", last_name="de Wit", state=state))


def find(app: HostedFlask, email: str) -> str:
    """Ask for the mail, let the worker answer; return the page."""
    answer = client_on(app, "localhost").post("/find", data={"email": email})
    assert answer.status_code == 200
    with db.scope(CORE, commit=True):
        for one in list(db.session.query(Ask)):
            jobs.accounts.answer(str(one.id))
    return re.sub(r'name="csrf_token"[^>]*>', "", answer.text)


def test_mail_names_every_academy_of_the_person_and_no_other(app: HostedFlask, academy: Opened, other: Opened) -> None:
    email = f"{uuid7().hex}@example.org"
    for one in (academy, other):
        add_member(one, email)
    find(app, email.upper())
    assert all(f"http://{one.slug}.localhost/sign-in" in letters(None, "find_academy", email)[0][2] for one in (academy, other))


def test_removed_members_and_other_people_are_not_told(app: HostedFlask, academy: Opened, other: Opened) -> None:
    email = f"{uuid7().hex}@example.org"
    add_member(academy, email)
    add_member(other, email, state="removed")
    find(app, email)
    text = letters(None, "find_academy", email)[0][2]
    assert academy.slug + "." in text and other.slug + "." not in text


def test_page_is_the_same_and_strangers_get_no_mail(app: HostedFlask, academy: Opened) -> None:
    known, unknown = f"{uuid7().hex}@example.org", f"{uuid7().hex}@example.org"
    add_member(academy, known)
    assert find(app, known) == find(app, unknown)
    assert letters(None, "find_academy", unknown) == []


def test_suspended_academies_are_left_out(app: HostedFlask, academy: Opened) -> None:
    email = f"{uuid7().hex}@example.org"
    add_member(academy, email)
    with db.scope(CORE, commit=True):
        db.session.query(Academy).filter_by(number=academy.number).one().state = "suspended"
    find(app, email)
    assert letters(None, "find_academy", email) == []


def test_nothing_of_the_ask_stays_and_the_address_is_sealed_meanwhile(app: HostedFlask) -> None:
    email = f"{uuid7().hex}@example.org"
    client_on(app, "localhost").post("/find", data={"email": email})
    with db.scope(CORE, commit=True):
        rows = db.session.execute(sa.text("SELECT a::text FROM asks a")).scalars().all()
        work = db.session.execute(sa.text("SELECT args::text FROM local.outbox WHERE job = 'accounts.answer'")).scalars().all()
        assert rows and work and not any(email in row for row in [*rows, *work])
        for one in list(db.session.query(Ask)):
            jobs.accounts.answer(str(one.id))
    with db.scope(CORE):
        assert db.session.query(Ask).count() == 0
