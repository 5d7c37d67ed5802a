"""Secrets that travel once: session tokens and the one-time links in mails. Only their hash is stored."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.db import db

TOKEN_BYTES = 32
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)


def new_token() -> str:
    """Return 32 random bytes as 43 characters that stand in a URL or cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def is_token(text: str) -> bool:
    """Return whether `text` may be a token: what is longer or stranger is not even hashed."""
    return bool(TOKEN.fullmatch(text))


def hash_of(token: str) -> bytes:
    """Return the SHA-256 of a token: what the database knows of it."""
    return hashlib.sha256(token.encode()).digest()


class Links:
    """The one-time links of one kind of person; `owner` is the column that names them ("member_id")."""

    def __init__(self, model: Any, owner: str) -> None:
        self.model, self.owner = model, owner

    def make(self, owner_id: UUID, kind: str, lasts: timedelta, new_email: str | None = None) -> str:
        """Store a link of `kind` and return its token; earlier unused links of that kind end."""
        self.end(owner_id, kind)
        token = new_token()
        row = self.model(kind=kind, token_hash=hash_of(token), expires_at=clock.now() + lasts, new_email=new_email)
        setattr(row, self.owner, owner_id)
        db.session.add(row)
        db.session.flush()
        return token

    def find(self, token: str, kind: str) -> Any:
        """Return the unused, unexpired link of `token`, or None."""
        return db.session.scalars(sa.select(self.model).where(*self._is_good(token, kind))).one_or_none()

    def use(self, token: str, kind: str) -> Any:
        """Mark the link used and return it, or None: of two simultaneous uses one gets it."""
        taken = sa.update(self.model).where(*self._is_good(token, kind)).values(used_at=clock.now())
        return db.session.scalars(taken.returning(self.model)).one_or_none()

    def end(self, owner_id: UUID, kind: str) -> None:
        """End the person's unused links of `kind`."""
        theirs = (getattr(self.model, self.owner) == owner_id, self.model.kind == kind, self.model.used_at.is_(None))
        db.session.execute(sa.delete(self.model).where(*theirs))

    def _is_good(self, token: str, kind: str) -> tuple[Any, ...]:
        model = self.model
        return (model.token_hash == hash_of(token), model.kind == kind, model.used_at.is_(None),
                model.expires_at > clock.now())  # fmt: skip
