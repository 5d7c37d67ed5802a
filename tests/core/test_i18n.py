"""Which language a page speaks, and how it writes days, times and lengths."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from flask import Flask, g
from flask_babel import gettext

from core import access, clock, config, i18n
from core.wording import USUAL

ENVIRON = {
    "KWEEK_ENV": "test", "KWEEK_HOME": "/tmp/kweek-i18n", "DATABASE_URL": "postgresql://nobody@/none",
    "REDIS_URL": "unix:///tmp/none", "PLATFORM_DOMAINS": "kweek.nl,kweek.co:en", "SECRET_KEY": "d" * 40,
}  # fmt: skip


@pytest.fixture
def app() -> Iterator[Flask]:
    before = config._config
    config.use(config.load(ENVIRON))
    app = Flask("words")
    access.login_manager.init_app(app)
    i18n.install(app)
    yield app
    if before is not None:
        config.use(before)


def spoken(
    app: Flask, *, browser: str = "", cookie: str = "", academy: str = "", domain: str = "", person: str = ""
) -> str:
    """Return the language of a request with these wishes."""
    headers = {"Accept-Language": browser, "Cookie": f"lang={cookie}" if cookie else ""}
    with app.test_request_context(headers={k: v for k, v in headers.items() if v}):
        g.academy = SimpleNamespace(language=academy, zone="Europe/Amsterdam", wording=USUAL) if academy else None
        g.place = SimpleNamespace(domain=domain) if domain else None
        g._login_user = SimpleNamespace(language=person or None)
        return i18n.language()


def test_persons_choice_comes_before_everything(app: Flask) -> None:
    assert spoken(app, person="en", cookie="nl", academy="nl", browser="nl") == "en"


def test_cookie_comes_before_the_academy(app: Flask) -> None:
    assert spoken(app, cookie="en", academy="nl", browser="nl") == "en"


def test_academy_comes_before_the_browser(app: Flask) -> None:
    assert spoken(app, academy="nl", browser="en-GB,en;q=0.9") == "nl"


def test_domain_may_set_the_language(app: Flask) -> None:
    assert spoken(app, domain="kweek.co", browser="nl") == "en"
    assert spoken(app, domain="kweek.nl", browser="en") == "en"
    assert spoken(app, domain="kweek.nl", browser="nl-BE") == "nl"


@pytest.mark.parametrize("cookie", ["de", "NL", "../en"])
def test_unknown_wishes_are_ignored(app: Flask, cookie: str) -> None:
    assert spoken(app, cookie=cookie, academy="en") == "en"


def test_unknown_browsers_get_dutch(app: Flask) -> None:
    assert spoken(app, browser="fr") == "nl"


def test_block_speaks_another_language_and_then_the_first_again(app: Flask) -> None:
    with app.test_request_context():
        g._login_user = SimpleNamespace(language="en")
        assert gettext("Skip to content") == "Skip to content"
        with i18n.speaking("nl"):
            assert gettext("Skip to content") == "Naar de inhoud"
        assert gettext("Skip to content") == "Skip to content"


@pytest.fixture
def dutch(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        g._login_user = SimpleNamespace(language="nl")
        g.academy = SimpleNamespace(language="nl", zone="Europe/Amsterdam", wording=USUAL)
        yield


@pytest.mark.usefixtures("dutch")
def test_days_and_times_are_those_of_the_academys_zone() -> None:
    late = datetime(clock.now().year, 11, 26, 23, 30, tzinfo=UTC)
    assert i18n.format_day(late) == "27 november"
    assert i18n.format_clock(late) == "00:30"
    assert i18n.format_moment(late) == "27 november, 00:30"
    assert i18n.format_day(date(2019, 5, 1)) == "1 mei 2019"


@pytest.mark.usefixtures("dutch")
@pytest.mark.parametrize(
    ("hour", "words"), [(5, "Goedenavond"), (6, "Goedemorgen"), (12, "Goedemiddag"), (18, "Goedenavond")]
)
def test_greeting_fits_the_hour_in_the_zone(hour: int, words: str) -> None:
    here = clock.now().astimezone(clock.ZoneInfo("Europe/Amsterdam"))
    with clock.shifted(here.replace(hour=hour, minute=5) - here + timedelta(seconds=1)):
        assert i18n.greeting("Sanne") == f"{words}, Sanne"


@pytest.mark.usefixtures("dutch")
def test_lengths_read_as_in_a_player() -> None:
    assert [i18n.format_length(s) for s in (0, 222, 3729)] == ["0:00", "3:42", "1:02:09"]
    assert [i18n.format_minutes(m) for m in (0.2, 1, 8.4)] == ["1 minuut", "1 minuut", "8 minuten"]
