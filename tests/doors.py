"""What tests of signing in share: letters and the links in them, people with passwords."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa

from core.accounts.models import Account
from core.accounts.passwords import hash_password
from core.clock import now
from core.db import CORE, db
from core.ids import uuid7
from core.mail.models import Letter as PlatformLetter
from tenants.mail.models import Letter
from tenants.people import queries
from tests.agreed import accept_all
from tests.cast import Cast
from tests.opened import Opened

PASSWORD = "staple battery horse"
_hash = hash_password(PASSWORD)
LINK = re.compile(r"http://([a-z0-9.-]+)(/\S*)")


def give_password(cast: Cast, who: str) -> str:
    """Give a member of the cast the password and return their address."""
    with db.scope(cast.academy.scope, commit=True):
        member = queries.member_by_email(cast.email(who))
        assert member is not None
        member.password_hash = _hash
    return cast.email(who)


def new_account(confirmed: bool = True, **more: Any) -> Account:
    """Store and return an account of its own with the password; its attributes may be read outside frames."""
    email = f"{uuid7().hex}@example.org"
    values = {"first_name": "Olga", "last_name": "Visser", "language": "en", **more}
    with db.scope(CORE, commit=True):
        account = Account(email=email, password_hash=_hash, email_confirmed_at=now() if confirmed else None, **values)
        db.session.add(account)
        db.session.flush()
        db.session.refresh(account)
        accept_all(account)
        db.session.expunge(account)
    return account


def letters(academy: Opened | None, kind: str, to: str | None = None) -> list[Any]:
    """Return (recipient, subject, text) of the letters of `kind`, newest last, of an academy or the platform."""
    model: Any = Letter if academy else PlatformLetter
    with db.scope(academy.scope if academy else CORE):
        rows = db.session.scalars(sa.select(model).where(model.kind == kind).order_by(model.id))
        found = [(row.recipient, row.subject, row.body_text) for row in rows]
    return [one for one in found if to is None or one[0] == to]


def link_in(letter: Any, contains: str = "/") -> str:
    """Return the path of the first link in the letter that has `contains`."""
    return next(path for _, path in LINK.findall(letter[2]) if contains in path)


def count(scope: Any, model: Any, *where: Any) -> int:
    """Return how many rows of `model` there are in `scope`."""
    with db.scope(scope):
        return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0
