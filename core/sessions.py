"""Sign-ins as rows: an opaque token in a host-only cookie, its hash in the schema that it belongs to.

Rows make sessions listable as devices, revocable one by one, and gone with the schema. A session is bound
to its host because the row stands in that host's schema: another academy does not know the token (T18).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Request, Response, g

from core import clock, cookies, live
from core.db import db
from core.tokens import hash_of, is_token, new_token

LIFETIME = cookies.SESSION.lasts or timedelta()
TOUCH_EVERY = timedelta(minutes=10)
DEVICE_CHARS = 200


def cookie_name() -> str:
    """Return the name of the session cookie; under https the browser itself refuses a planted one."""
    return cookies.SESSION.used


def token_of(request: Request) -> str | None:
    """Return the session token that the request brought, or None. Raises nothing."""
    token = request.cookies.get(cookie_name())
    return token if token and is_token(token) else None


def is_doubled(request: Request) -> bool:
    """Return whether the session cookie, or the one of the forms, came more than once."""
    sent = request.headers.get("Cookie", "")
    names = re.findall(r"(?:^|[;,])\s*([^=;,\s]+)\s*=", sent)
    watched = (cookie_name(), cookies.FORM.used)
    return any(names.count(name) > 1 for name in watched)


def give_cookie(token: str) -> None:
    """Let this request's answer carry the session cookie with `token`."""
    g.session_cookie = token


def take_cookie() -> None:
    """Let this request's answer remove the session cookie."""
    g.session_cookie = ""


def write_cookie(response: Response) -> Response:
    """Write what `give_cookie` or `take_cookie` asked for: host-only, HttpOnly, SameSite=Lax (T16)."""
    token = g.pop("session_cookie", None)
    if token is None or response.status_code >= 400:
        return response
    cookies.put(response, cookies.SESSION, token)
    return response


class Sessions:
    """The session rows of one kind of person: `owner` is the column that names them ("account_id")."""

    def __init__(self, model: Any, owner: str) -> None:
        self.model, self.owner = model, owner

    @property
    def owner_column(self) -> Any:
        """Return the column that names whose session it is."""
        return getattr(self.model, self.owner)

    def start(self, owner_id: UUID, device: str | None) -> str:
        """Store a new session and return its token, which exists nowhere else."""
        token = new_token()
        row = self.model(token_hash=hash_of(token), expires_at=clock.now() + LIFETIME,
                         device=(device or "")[:DEVICE_CHARS] or None)  # fmt: skip
        setattr(row, self.owner, owner_id)
        db.session.add(row)
        db.session.flush()
        return token

    def of(self, owner_id: UUID) -> list[Any]:
        """Return the person's living sessions, last used first."""
        living = (self.owner_column == owner_id, self.model.expires_at > clock.now())
        return list(db.session.scalars(sa.select(self.model).where(*living).order_by(self.model.seen_at.desc())))

    def end(self, token: str | None) -> None:
        """End the session of `token`, if there is one."""
        if token is not None:
            db.session.execute(sa.delete(self.model).where(self.model.token_hash == hash_of(token)))
            _tell_open_pages()

    def end_one(self, owner_id: UUID, session_id: UUID) -> bool:
        """End one session of this person; return whether it was theirs and alive."""
        mine = sa.delete(self.model).where(self.model.id == session_id, self.owner_column == owner_id)
        _tell_open_pages()
        return bool(db.session.execute(mine.returning(self.model.id)).first())

    def end_all(self, owner_id: UUID, but: str | None = None) -> int:
        """End the person's sessions, except the one of token `but`; return how many."""
        condition = [self.owner_column == owner_id]
        if but is not None:
            condition.append(self.model.token_hash != hash_of(but))
        ended = db.session.execute(sa.delete(self.model).where(*condition).returning(self.model.id))
        _tell_open_pages()
        return len(ended.all())

    def touch(self, row: Any) -> bool:
        """Let a used session live on; return whether it was written (at most every ten minutes)."""
        now: datetime = clock.now()
        if now - row.seen_at < TOUCH_EVERY:
            return False
        row.seen_at, row.expires_at = now, now + LIFETIME
        return True

    def sweep(self) -> int:
        """Delete sessions that have ended by time; return how many."""
        old = sa.delete(self.model).where(self.model.expires_at <= clock.now()).returning(self.model.id)
        return len(db.session.execute(old).all())


def _tell_open_pages() -> None:
    """Let the streams of an academy's open pages look whether their session is one of those that end."""
    if db.current().number is not None:
        live.tell({"event": "gone"})
