"""Every page of a whole academy, as every role, speaks as the academy chose: nothing of the usual words is left.

The demo world's people write English in one academy and Dutch in the other. Where they write English the page holds no
Dutch but ours, so no "je" and no usual word for a role may stand anywhere in it, in text or in what is read aloud.
Where they write Dutch, no sentence of the usual catalogue that says je or names a role may stand there.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import catalogue, sessions
from core.academies.actions import reword
from core.academies.models import Academy
from core.academies.queries import academy_by_number
from core.db import CORE, academy_scope, db
from core.formal import FAMILIAR, forms_of
from core.wording import Wording, in_words
from jobs.demo.cast import CRUMB, ZORGWIJS, DemoAcademy
from jobs.demo.load import load as load_demo
from tenants.people.models import Member
from tenants.resolve import resolver
from tests.browser.pages import walk
from tests.browser.test_walk import Door, academy_doors
from tests.browsing import client_on
from tests.conftest import Platform
from tests.life.lives import servers_of_its_own

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
OWN = Wording("u", "cursist", "learner", "docent", "teacher")
LEFT = re.compile(r"\b(?:je|jij|jou|jouw|jezelf|jullie)\b|deelnemer|trainer", re.IGNORECASE)
SAID = ("alt", "title", "aria-label", "aria-description", "placeholder", "value")
NOT_READ = ("script", "style", "code")
# What people of the demo world wrote, or what was theirs before the choice: a signer's role, the title of a survey.
THEIRS = frozenset({"Tomás Rivera, trainer", "Wat vond je van deze cursus?"})
# What the page of the choice offers.
OFFERED = frozenset({"je", "deelnemer", "trainer"})


class Words(HTMLParser):
    """Collects what a page says: its texts, and the attributes that are read aloud."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.silent: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in NOT_READ:
            self.silent.append(tag)
        given = dict(attrs)
        is_code = tag in ("option", "button") or given.get("type") in ("hidden", "radio", "checkbox", "email")
        for name, value in attrs:
            if value and (name in SAID or name.startswith("data-")) and not (is_code and name == "value"):
                self.said.append(unescape(value))

    def handle_endtag(self, tag: str) -> None:
        if self.silent and self.silent[-1] == tag:
            self.silent.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not self.silent:
            self.said.append(" ".join(data.split()))


@pytest.fixture(scope="module")
def world(platform: Platform, app: HostedFlask) -> Iterator[None]:
    """Write the demo world on servers of its own; both academies speak formal Dutch with their own words."""
    with servers_of_its_own(platform, Path(tempfile.mkdtemp(prefix="kweek-speech-", dir="/tmp"))) as own:
        own.valkey.start()
        try:
            resolver.forget()
            load_demo()
            with db.scope(CORE, commit=True):
                numbers = list(db.session.scalars(sa.select(Academy.number).where(Academy.slug.in_((CRUMB.slug, ZORGWIJS.slug)))))
                for number in numbers:
                    reword(academy_by_number(number), OWN)
            for number in numbers:
                with db.scope(academy_scope(number), commit=True):
                    db.session.execute(sa.update(Member).values(language="nl"))
            resolver.forget()
            yield
        finally:
            own.valkey.stop()
            resolver.forget()


def pages(app: HostedFlask, one: DemoAcademy) -> Iterator[tuple[Door, str, list[str]]]:
    """Yield each page that each role reaches, with what it says."""
    for door in academy_doors(one):
        client = client_on(app, door.host)
        client.set_cookie("lang", "nl", domain=door.host)
        if door.token:
            client.set_cookie(sessions.cookie_name(), door.token, domain=door.host)
        found = walk(app, client, door.host, "academy", ["/", "/sign-in", "/me", "/reset", "/settings/words"])
        for endpoint, paths in found.paths.items():
            for path in paths if not endpoint.startswith(("dev.", "mailbox.", "language.")) else ():
                offered = OFFERED if path.startswith("/settings/words") else frozenset()
                yield door, path, [text for text in Words(client.get(path).text).said if text not in THEIRS | offered]


def test_no_usual_word_is_left_on_any_page_of_an_academy(app: HostedFlask, world: None) -> None:
    wrong, seen = set(), 0
    for door, path, said in pages(app, CRUMB):
        seen += 1
        wrong |= {f"{path} as {door.role}: {text}" for text in said if LEFT.search(text)}
    assert seen > 100
    assert wrong == set(), "\n".join(sorted(wrong))


def test_no_usual_sentence_is_left_where_people_write_dutch(app: HostedFlask, world: None) -> None:
    usual = re.compile("|".join(sorted(usual_sentences(), key=len, reverse=True)))
    wrong, seen = set(), 0
    for door, path, said in pages(app, ZORGWIJS):
        seen += 1
        wrong |= {f"{path} as {door.role}: {text}" for text in said if usual.fullmatch(text)}
    assert seen > 150
    assert wrong == set(), "\n".join(sorted(wrong))


def usual_sentences() -> Iterator[str]:
    """Yield a pattern for each usual Dutch sentence that says je or names a role."""
    for message in catalogue.load():
        for form in forms_of(message) if message.id else ():
            if FAMILIAR.search(form) or in_words(form, "nl", OWN) != form:
                yield re.sub(r"%\\?\(\w+\\?\)[sd]", ".+", re.escape(form).replace("%%", "%"))
