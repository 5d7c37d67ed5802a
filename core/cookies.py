"""Everything that the platform keeps in somebody's browser, declared in one place: what the page about cookies shows, what the
walk through all pages holds browsers against, and the only way in which the code sets a cookie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from core.config import config


@dataclass(frozen=True)
class Cookie:
    """A cookie: `key` names it in texts; it has a name of its own under https, which the browser then guards (`__Host-`).
    `lasts` None: until the browser is closed."""

    key: str
    name: str
    guarded: str | None
    lasts: timedelta | None

    @property
    def used(self) -> str:
        """Return its name on this platform."""
        return self.guarded if self.guarded and config().scheme == "https" else self.name


@dataclass(frozen=True)
class Stored:
    """What a page keeps in the browser's own storage: never sent anywhere. `prefix` begins its name."""

    key: str
    prefix: str
    lasts: timedelta | None


YEAR: Final = timedelta(days=365)
SESSION: Final = Cookie("session", "kweek_session", "__Host-session", timedelta(days=30))
FORM: Final = Cookie("form", "kweek_form", "__Host-form", None)
LANGUAGE: Final = Cookie("language", "lang", None, YEAR)
SCHEME: Final = Cookie("scheme", "scheme", None, YEAR)
COOKIES: Final = (SESSION, FORM, LANGUAGE, SCHEME)
STORED: Final = (Stored("unsent", "kweek:unsent:", timedelta(days=7)), Stored("markdown", "kweek:markdown", None))


def put(response: Response | AnyResponse, cookie: Cookie, value: str) -> None:
    """Let the answer set a declared cookie, host-only, out of reach of scripts and other sites; an empty value takes it away (T16)."""
    lasts = 0 if not value else None if cookie.lasts is None else int(cookie.lasts.total_seconds())
    response.set_cookie(cookie.used, value, max_age=lasts, path="/", secure=config().scheme == "https", httponly=True, samesite="Lax")
