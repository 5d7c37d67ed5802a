"""Nothing is kept in a browser that is not declared: cookies are set in one place, and scripts store under declared names only."""

from __future__ import annotations

import re
from pathlib import Path

from blueprints.hosts import HostedFlask
from blueprints.legal.reading import COOKIE_WORDS
from core import cookies
from core.cookies import COOKIES, STORED
from tests.browsing import client_on
from tests.doors import PASSWORD, new_account

HOUSE = Path(__file__).resolve().parents[2]
SCRIPTS = [path for path in (HOUSE / "static" / "js").rglob("*.js")]
# By each of these a script could keep something.
KEEPERS = re.compile(r"localStorage|sessionStorage|indexedDB|\bcaches\b|document\.cookie|cookieStore")


def test_one_place_sets_cookies() -> None:
    found = [str(path.relative_to(HOUSE)) for folder in ("core", "tenants", "blueprints", "jobs") for path in (HOUSE / folder).rglob("*.py")
             if re.search(r"\.set_cookie\(|Set-Cookie", path.read_text())]  # fmt: skip
    assert found == ["core/cookies.py"]


def test_only_two_scripts_keep_something_and_under_declared_names() -> None:
    keeping = {path.name: path.read_text() for path in SCRIPTS if KEEPERS.search(path.read_text())}
    assert set(keeping) == {"unsent.js", "rich-text.js"}
    named = {name for text in keeping.values() for name in re.findall(r'"(kweek:[a-z:]+)"', text)}
    assert named == {one.prefix for one in STORED}
    assert all("sessionStorage" not in text and "indexedDB" not in text and "document.cookie" not in text for text in keeping.values())


def test_every_declared_one_is_explained_on_the_page_in_both_languages(app: HostedFlask) -> None:
    assert set(COOKIE_WORDS) == {one.key for one in (*COOKIES, *STORED)}
    for language in ("nl", "en"):
        client = client_on(app, "localhost")
        client.set_cookie("lang", language, domain="localhost")
        text = client.get("/legal/cookies").text
        assert all(f"<code>{name}</code>" in text for name in [*(one.used for one in COOKIES), *(one.prefix for one in STORED)])


def test_signing_in_choosing_and_looking_set_no_other(app: HostedFlask) -> None:
    client, account = client_on(app, "localhost"), new_account()
    answers = [client.get("/language/nl?next=/"), client.get("/sign-in"), client.post("/sign-in", data={"email": account.email, "password": PASSWORD}),
               client.post("/me", data={"first_name": "O", "last_name": "V", "language": "en", "scheme": "dark"}), client.post("/sign-out")]  # fmt: skip
    names = {header.split("=")[0] for answer in answers for header in answer.headers.getlist("Set-Cookie")}
    assert {cookies.SESSION.used, cookies.LANGUAGE.used, cookies.SCHEME.used} <= names <= {one.used for one in COOKIES}
    for answer in answers:
        for header in answer.headers.getlist("Set-Cookie"):
            assert "HttpOnly" in header and "SameSite=Lax" in header and "Domain" not in header
