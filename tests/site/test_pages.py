"""The public pages: for everybody, in both languages, light enough for a slow line, asking nothing of anybody else."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from uuid import uuid4

import pytest

from blueprints.hosts import HostedFlask
from blueprints.site import PLACES
from core import clock, ids
from core.assets import shelf
from core.db import CORE, db
from core.legal.rules import NAMES as DOCUMENTS
from core.outbox.actions import Order, put_for
from core.outbox.models import Work
from tests.academies.signed import person
from tests.browsing import HostClient, client_on

PAGES = ("/", "/features", "/your-data", "/accessibility", "/legal", "/legal/privacy", "/legal/processing", "/legal/cookies", "/status", "/demo")
MOST_BYTES = 60_000
# What a page loads by itself: addresses in these attributes, and in the stylesheet's url().
LOADED = re.compile(r'<(?:link|script|img)[^>]+(?:href|src)="([^"]+)"[^>]*>')
HELD = re.compile(r'import\s*"\./([^"]+)"')


def visitor(app: HostedFlask, language: str = "en") -> HostClient:
    client = client_on(app, "localhost")
    client.set_cookie("lang", language, domain="localhost")
    return client


@pytest.mark.parametrize("path", PAGES)
def test_a_page_speaks_both_languages_and_has_what_others_read_of_it(app: HostedFlask, path: str) -> None:
    texts = {language: visitor(app, language).get(path) for language in ("nl", "en")}
    for language, answer in texts.items():
        assert answer.status_code == 200 and f'<html lang="{language}"' in answer.text
        assert answer.text.count("<h1") == 1
    titles = {re.search(r"<title>(.*?) · ", answer.text)[1] for answer in texts.values()}  # type: ignore[index]
    assert len(titles) == 2 or path == "/status", "a title of its own in each"


@pytest.mark.parametrize("path", [path for path in PAGES if path != "/demo"])
def test_search_engines_and_shared_links_find_description_and_address(app: HostedFlask, path: str) -> None:
    text = visitor(app).get(path).text
    description = re.search(r'<meta name="description" content="([^"]{50,170})">', text)
    assert description is not None
    assert re.search(rf'<link rel="canonical" href="http[^"]+localhost[^"]*{re.escape(path)}">', text)
    assert f'property="og:description" content="{description[1]}"' in text


@pytest.mark.parametrize("path", PAGES)
def test_a_page_weighs_less_than_sixty_kilobytes_without_images(app: HostedFlask, path: str) -> None:
    answer = visitor(app).get(path)
    weight, found = len(gzip.compress(answer.data, 6)), set[str]()
    for address in LOADED.findall(answer.text):
        if address.startswith("/static/"):
            found.add(address.split("/", 3)[3])
        else:
            assert address.startswith(("http://localhost", "/")), "nothing of another host"
    assert {"app.css", "js/app.js"} <= found
    for name in found - {"favicon.svg"}:
        asset = shelf.find(name)
        weight += len(asset.packed or asset.body)
    assert weight < MOST_BYTES, (weight, sorted(found))


def test_who_is_signed_in_goes_to_their_academies(app: HostedFlask) -> None:
    assert person(app).browser.get("/").location == "/academies"


def test_looking_around_gives_no_cookie_but_that_of_a_form(app: HostedFlask) -> None:
    client = client_on(app, "localhost", use_cookies=False)
    for path in PAGES[:-1]:
        assert client.get(path).headers.getlist("Set-Cookie") == [], path


def test_the_map_of_the_site_names_public_pages_that_answer(app: HostedFlask) -> None:
    client = visitor(app)
    paths = re.findall(r"<loc>http://localhost(?::\d+)?(/[^<]*)</loc>", client.get("/sitemap.xml").text)
    assert len(paths) == len(PLACES) + len(DOCUMENTS) == len(set(paths))
    assert {client.get(path).status_code for path in paths} == {200}
    robots = client.get("/robots.txt").text
    assert "Disallow: /operator/" in robots and "/sitemap.xml" in robots
    assert not [path for path in paths for line in robots.splitlines() if line.startswith("Disallow: ") and path.startswith(line[10:])]


def test_the_status_is_measured(app: HostedFlask) -> None:
    client = visitor(app)
    with db.scope(CORE, commit=True):
        for row in db.session.query(Work).where(Work.done_at.is_(None), Work.failed_at.is_(None)):
            row.done_at = clock.now()
    assert "Everything works" in client.get("/status").text
    order = Order(ids.uuid7(), "mail.send_platform", {"letter_id": str(uuid4())}, due=clock.now() - timedelta(minutes=3))
    with db.scope(CORE, commit=True):
        assert put_for(None, order)
    late = client.get("/status").text
    assert "Not everything keeps up" in late and "3:0" in late and late.count("Late") == 1
    with db.scope(CORE, commit=True):
        db.session.get_one(Work, order.id).done_at = clock.now()
    assert "Everything works" in client.get("/status").text
