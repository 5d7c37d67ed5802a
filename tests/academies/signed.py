"""Accounts that are signed in on the platform's host, for tests of the academies' pages."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask
from core import clock, sessions
from core.accounts.models import AccountSession
from core.db import CORE, db
from tests.browsing import client_on
from tests.doors import new_account


@dataclass
class Person:
    """An account, its address, and a browser that is signed in with it."""

    id: UUID
    email: str
    browser: FlaskClient


def person(app: HostedFlask, language: str = "en", **more: object) -> Person:
    """Return a new account that is signed in."""
    account, token = new_account(language=language, **more), f"token-{uuid4().hex}"
    with db.scope(CORE, commit=True):
        db.session.add(AccountSession(
            account_id=account.id, token_hash=hashlib.sha256(token.encode()).digest(), device="Test",
            expires_at=clock.now() + timedelta(days=1)))  # fmt: skip
        email = account.email
    browser = client_on(app, "localhost")
    browser.set_cookie(sessions.cookie_name(), token, domain="localhost")
    return Person(account.id, email or "", browser)
