"""Languages: which one a page speaks, how it writes days and times, and the Dutch catalogue.

English is the source. `python -m core.i18n extract|compile|check|add|formal` keeps the catalogue
(core/catalogue.py holds the work): `add` reads lines `English<TAB>Dutch` from standard input, with the formal Dutch
in a third column where the Dutch says je. How the academy at hand speaks is core/wording.py's.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, datetime
from functools import cache

import sqlalchemy as sa
from babel.support import NullTranslations
from flask import Flask, g, has_app_context, has_request_context, request
from flask_babel import Babel, Domain, force_locale, format_date, format_datetime, get_locale, gettext, ngettext
from flask_login import current_user
from sqlalchemy.exc import DBAPIError

from core import clock
from core.config import config
from core.cookies import LANGUAGE
from core.db import db
from core.errors import KweekError, NoScope
from core.wording import TRANSLATIONS, USUAL, Wording, spoken

LANGUAGES = ("nl", "en")
NAMES = {"nl": "Nederlands", "en": "English"}
COOKIE = LANGUAGE.name
ZONE = "Europe/Amsterdam"


def install(app: Flask) -> None:
    """Give `app` its languages, and templates what writes dates and lengths."""
    babel = Babel(
        app,
        default_locale="en",
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=choose_language,
        timezone_selector=zone,
    )
    babel.domain_instance = OwnWords()
    app.jinja_env.globals.update(
        language=language,
        language_names=NAMES,
        greeting=greeting,
        format_day=format_day,
        format_clock=format_clock,
        format_moment=format_moment,
        format_length=format_length,
        format_minutes=format_minutes,
    )


class OwnWords(Domain):  # type: ignore[misc]
    """The sentences of pages, as the academy at hand speaks."""

    def get_translations(self) -> NullTranslations:
        """Return the catalogue of the present language and academy."""
        return spoken(language(), wording())


def wording() -> Wording:
    """Return how the present academy speaks; the platform's own pages and mails speak as usual."""
    how = g.get("wording")
    if how is None:
        academy = g.get("academy")
        return academy.wording if academy is not None else USUAL
    return how  # type: ignore[no-any-return]


def language() -> str:
    """Return the language of the present page or mail, `nl` or `en`."""
    return str(get_locale() or "en")


@contextmanager
def speaking(code: str, how: Wording | None = None) -> Iterator[None]:
    """Speak `code` inside the block, in a request or in a job, which has no application; as the academy at hand speaks
    unless told `how`."""
    with nullcontext() if has_app_context() else _speaker().app_context(), force_locale(code):
        before = g.get("wording")
        g.wording = how or (wording() if has_request_context() else _wording_of_frame())
        try:
            yield
        finally:
            g.wording = before


def _wording_of_frame() -> Wording:
    """Return how the academy speaks whose job this is, as core tells the asking role."""
    if not db.has_frame() or db.current().number is None:
        return USUAL
    return Wording.of(db.session.execute(sa.text("SELECT wording FROM local.own_wording()")).scalar_one())


@cache
def _speaker() -> Flask:
    """Return an application that only speaks, for processes without a web server."""
    app = Flask("kweek.speaker", static_folder=None)
    install(app)
    return app


def choose_language() -> str:
    """Return the language of this request: chosen by the person, the academy's or domain's, the browser's."""
    if not has_request_context():
        return config().domains[0].language or LANGUAGES[0]
    for wish in (_persons_choice(), request.cookies.get(COOKIE), _hosts_default()):
        if wish in LANGUAGES:
            return wish
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def _persons_choice() -> str | None:
    """Return the signed-in person's language, or None. A page about a broken database must still speak."""
    try:
        return getattr(current_user, "language", None)
    except (KweekError, NoScope, DBAPIError, AttributeError):
        return None


def _hosts_default() -> str | None:
    """Return the language of the academy, or of the domain that the platform was reached by."""
    if g.get("academy") is not None:
        return str(g.academy.language)
    place = g.get("place")
    return next((d.language for d in config().domains if place and d.name == place.domain), None)


def zone() -> str:
    """Return the IANA time zone of the present academy; of the platform outside one."""
    academy = g.get("academy")
    return str(academy.zone) if academy is not None else ZONE


def greeting(name: str) -> str:
    """Return a greeting that fits the hour in the academy's zone."""
    hour = clock.now().astimezone(clock.ZoneInfo(zone())).hour
    if 6 <= hour < 12:
        return str(gettext("Good morning, %(name)s", name=name))
    if 12 <= hour < 18:
        return str(gettext("Good afternoon, %(name)s", name=name))
    return str(gettext("Good evening, %(name)s", name=name))


def format_day(day: date | datetime) -> str:
    """Return `27 November`, with the year unless it is this one; a moment counts in the academy's zone."""
    this_year = clock.today(zone()).year
    moment = isinstance(day, datetime)
    year = day.astimezone(clock.ZoneInfo(zone())).year if isinstance(day, datetime) else day.year
    pattern = "d MMMM" if year == this_year else "d MMMM y"
    return str(format_datetime(day, pattern) if moment else format_date(day, pattern))


def format_clock(moment: datetime) -> str:
    """Return `14:02` in the academy's zone."""
    return str(format_datetime(moment, "HH:mm"))


def format_moment(moment: datetime) -> str:
    """Return `27 November, 14:02` in the academy's zone."""
    return str(gettext("%(day)s, %(time)s", day=format_day(moment), time=format_clock(moment)))


def format_length(seconds: float) -> str:
    """Return a length or place in a film as `3:42` or `1:02:09`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def format_minutes(minutes: float) -> str:
    """Return `12 minutes`, never less than one."""
    whole = max(1, round(minutes))
    return str(ngettext("%(num)d minute", "%(num)d minutes", whole))


if __name__ == "__main__":
    from core import catalogue

    sys.exit(catalogue.main(sys.argv[1:]))
