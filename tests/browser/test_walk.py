"""Every page of both sides in a real browser: no axe violation, nothing scrolls sideways, the policy is kept.

The demo world is written, every link is followed as each role, and each page that was found is looked at: narrow
and wide, light and dark, in Dutch in one brand colour and in English in another. A page that no link reaches fails
the test, unless it stands in ELSEWHERE with the way that it is reached.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock, sessions
from core.academies.models import Academy
from core.academies.owners import offer_ownership
from core.academies.queries import academies_of
from core.access import login_rule
from core.accounts import actions as accounts
from core.accounts.models import AccountSession
from core.accounts.queries import account_by_email
from core.cookies import COOKIES, STORED
from core.db import CORE, Scope, academy_scope, db
from core.newsletter import actions as newsletter
from jobs.demo.cast import ACADEMIES, OPERATOR, DemoAcademy
from jobs.demo.invitations import WORDS
from jobs.demo.load import load as load_demo
from tenants.people import actions as members
from tenants.people import inviting, signing
from tenants.people.models import MemberSession
from tenants.people.queries import active_by_said, member_by_email
from tenants.resolve import resolver
from tests.browser.axe import RULES, SEEN_RULES, overflow_px, violations
from tests.browser.pages import Found, walk
from tests.browser.site import Site
from tests.browsing import client_on
from tests.conftest import Platform
from tests.doors import letters, link_in
from tests.life.lives import servers_of_its_own
from tests.opened import Opened

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(900)]

# No page of its own: a file, a fragment, a redirect, or a page that only a mail leads to (looked at in LINKS).
NO_PAGE = frozenset(
    "assets.file assets.theme assets.palette mailbox.show health.up language.choose files.show learning.own_work_file "
    "learning.resume courses.changes exercises.peer_file academies.address academies.export mailbox.html "
    "certificates.pdf certificates.issued_pdf certificates.badge certificates.progress issuers.show bank.reading bank.template bank.export_file "
    "sessions.invitation sessions.read surveys.export_csv assessments.time_left imports.template "
    "transfer.download files.poster media.making reports.download "
    "chat.stream chat.since chat.file chat.small_file chat.reported_file people.face past.template past.progress study.own_pdf study.person_pdf newsletter.preview_html leads.export legal.paper legal.their_paper privacy.take processing.export records.export site.robots site.sitemap "
    "notifications.count notifications.open_notice notifications.worker".split()
)
LINKS = frozenset(
    "accounts.confirm accounts.confirm_email accounts.set_password accounts.accept_ownership people.accept people.begin people.entry "
    "people.set_password people.confirm_email catalogue.join catalogue.prove newsletter.confirm newsletter.leave notifications.stop".split()
)
# Shown after an act, or once an academy is closed: the tests of these features and test_story look at them; test_sitting at a test.
AFTERWARDS = frozenset("accounts.sign_up_done newsletter.asked leads.asked academies.look academies.agree academies.opened legal.accept legal.agree legal.compare privacy.mine privacy.end privacy.ended privacy.show_request accounts.second_step accounts.set_up_second_step academies.receipt surveys.course_survey assessments.show assessments.sitting courses.compare member_privacy.request_page".split())
SEVERAL = {"learning.lesson": 6, "courses.lesson": 4}
# Each page is opened once for each language, with all rules at one width; the window and the scheme then change in front of it,
# for what they can break. Between the two languages each width had all rules.
LOOKS = {
    "nl": [(320, "light", RULES), (1280, "dark", SEEN_RULES)],
    "en": [(1280, "light", RULES), (320, "dark", SEEN_RULES)],
}

Look = tuple[int, Any, list[str]]
# Resolves once a change of the window has been drawn.
DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


@dataclass(frozen=True)
class Door:
    """A host and a role, with the session of somebody who has it (None: a stranger)."""

    side: str
    host: str
    language: str
    role: str
    token: str | None


@pytest.fixture(scope="module")
def world(platform: Platform, app: HostedFlask) -> Iterator[list[Door]]:
    """Write the demo world on servers of its own; return a door for each role and host."""
    home = Path(tempfile.mkdtemp(prefix="kweek-walk-", dir="/tmp"))
    with servers_of_its_own(platform, home) as own:
        own.valkey.start()
        try:
            resolver.forget()
            load_demo()
            yield [*platform_doors(), *(door for one in ACADEMIES for door in academy_doors(one))]
        finally:
            own.valkey.stop()


@pytest.fixture(scope="module")
def site(world: list[Door], platform: Platform) -> Iterator[Site]:
    """Serve it."""
    from core.config import config

    own = Platform(config().home)
    site = Site(own)
    site.start()
    yield site
    site.stop()


def platform_doors() -> Iterator[Door]:
    """Yield the doors on the platform's host: an operator who reads Dutch, owners and strangers in both languages."""
    for one in ACADEMIES:
        yield Door("platform", "localhost", one.language, "stranger", None)
        yield Door("platform", "localhost", one.language, "owner", account_token(one.email(one.people[0])))
    for language in LOOKS:
        yield Door("platform", "localhost", language, "operator", account_token(OPERATOR))


def academy_doors(one: DemoAcademy) -> Iterator[Door]:
    """Yield the doors of an academy."""
    host = f"{one.slug}.localhost"
    with db.scope(CORE):
        number = db.session.scalars(sa.select(Academy.number).where(Academy.slug == one.slug)).one()
    people = {"owner": one.people[0], "trainer": one.people[1]}
    people["participant"] = next(person for person in one.people if person.roles == ("participant",) and person.stands)
    for role, person in people.items():
        yield Door("academy", host, one.language, role, member_token(academy_scope(number), one.email(person)))
    yield Door("academy", host, one.language, "stranger", None)


def account_token(email: str) -> str:
    """Return the token of a new session."""
    with db.scope(CORE, commit=True):
        account = account_by_email(email)
        assert account is not None, email
        return started(AccountSession(account_id=account.id))


def member_token(scope: Scope, email: str) -> str:
    """Return the token of a new session."""
    with db.scope(scope, commit=True):
        member = member_by_email(email)
        assert member is not None, email
        return started(MemberSession(member_id=member.id))


def started(row: Any) -> str:
    """Store the session; return its token."""
    token = f"token-{uuid4().hex}"
    row.token_hash, row.device = hashlib.sha256(token.encode()).digest(), "Walk"
    row.expires_at = clock.now() + timedelta(days=1)
    db.session.add(row)
    return token


@cache
def found_at(app: HostedFlask, door: Door) -> Found:
    """Return the pages that the door leads to; links are followed once for all tests here."""
    client = client_on(app, door.host)
    client.set_cookie("lang", door.language, domain=door.host)
    if door.token:
        client.set_cookie(sessions.cookie_name(), door.token, domain=door.host)
    return walk(app, client, door.host, door.side, ["/", "/sign-in", "/me", "/_dev/components", "/_dev/mail/", "/_dev/errors/"])


def test_every_page_is_reached_by_links_and_no_link_is_dead(app: HostedFlask, world: list[Door]) -> None:
    for side in ("platform", "academy"):
        reached, broken = set(), []
        for door in world:
            if door.side == side:
                found = found_at(app, door)
                reached |= set(found.paths)
                broken += [f"{door.role} at {door.host}: {one}" for one in found.broken]
        pages = {rule.endpoint for rule in app.side_maps[side].iter_rules() if "GET" in (rule.methods or ())}
        assert pages - reached - NO_PAGE - LINKS - AFTERWARDS == set(), side
        assert broken == []
        assert all(login_rule(app.view_functions[endpoint]) for endpoint in reached)


@pytest.mark.parametrize("language", list(LOOKS))
def test_every_page_is_accessible_and_fits(app: HostedFlask, browser: Any, world: list[Door], site: Site, language: str) -> None:
    wrong: list[str] = []
    looked_at = 0
    done: dict[str, int] = {}
    for door in sorted((door for door in world if door.language == language), key=by_right):
        if door.role == "operator":
            speak(language)
        found = found_at(app, door)
        looker = Looker(browser, door, site)
        for endpoint, paths in found.paths.items():
            if endpoint.startswith(("dev.", "mailbox.")) or endpoint == "newsletter.preview_html":
                continue  # for developers (test_elements.py looks at the components), and a mail alone, in which no script runs
            for path in paths[: SEVERAL.get(endpoint, 1)]:
                key = f"{door.side} {endpoint}"
                if path != "/" and done.get(key, 0) >= SEVERAL.get(endpoint, 1):
                    continue
                done[key] = done.get(key, 0) + 1
                wrong += looker.look(path, LOOKS[language])
                looked_at += len(LOOKS[language])
        for path in refused_at(door):
            wrong += looker.look(path, LOOKS[language], is_refused=True)
        for path in mailed_to(door, app):
            wrong += looker.look(path, LOOKS[language])
        looker.context.close()
    assert not wrong, "\n".join(wrong)
    assert looked_at > 80, looked_at


def speak(language: str) -> None:
    """Let the operator read `language`."""
    with db.scope(CORE, commit=True):
        operator = account_by_email(OPERATOR)
        assert operator is not None
        operator.language = language


def refused_at(door: Door) -> list[str]:
    """Return pages whose form is sent empty, to look at what it says then."""
    return {
        ("platform", "stranger"): ["/sign-in", "/sign-up", "/reset", "/find", "/newsletter", "/demo"],
        ("platform", "owner"): ["/academies/new", "/me/password", "/me/email"],
        ("academy", "stranger"): ["/sign-in", "/reset"],
        ("academy", "owner"): ["/people/invite", "/people/add", "/courses/new", "/me/password"],
    }.get((door.side, door.role), [])


def mailed_to(door: Door, app: HostedFlask) -> list[str]:
    """Return pages that only a mail leads to, living and dead, for the doors at which they are opened."""
    dead = {"platform": ["/confirm/x", "/reset/x", "/me/email/x", "/newsletter/leave/x"],
            "academy": ["/invitations/x", "/reset/x", "/me/email/x", "/entry/x", "/begin/x"]}  # fmt: skip
    if door.role == "owner" and door.side == "platform":
        return ["/ownership/x", *mailed_by_platform(door, "ownership")]
    if door.role != "stranger":
        return []
    living = mailed_by_platform(door, "doors") if door.side == "platform" else mailed_by_academy(door)
    return dead[door.side] + living


def mailed_by_platform(door: Door, what: str) -> list[str]:
    """Return the paths in fresh letters of the platform."""
    owner = next(one.email(one.people[0]) for one in ACADEMIES if one.language == door.language)
    with db.scope(CORE, commit=True):
        account = account_by_email(owner)
        assert account is not None
        if what == "ownership":
            offer_ownership(academies_of(account.id)[0], account, owner, hand_over=False)
        else:
            account.language = door.language
            accounts.ask_to_confirm(account)
            accounts.mail_reset_link(owner)
            accounts.ask_new_email(account, "elsewhere@example.org")
            newsletter.subscribe("elsewhere@example.org", "Noa", door.language)
    kinds = ["ownership"] if what == "ownership" else ["confirm_account", "reset_password", "change_email", "newsletter_confirm"]
    paths = [link_in(letters(None, kind)[-1], "/") for kind in kinds]
    return [*paths, paths[-1].replace("/confirm/", "/leave/")] if what != "ownership" else paths


def mailed_by_academy(door: Door) -> list[str]:
    """Return the paths in fresh letters of an academy."""
    one = next(one for one in ACADEMIES if door.host.startswith(f"{one.slug}."))
    with db.scope(CORE):
        number = db.session.scalars(sa.select(Academy.number).where(Academy.slug == one.slug)).one()
    opened = Opened(number, one.slug)
    with db.scope(opened.scope, commit=True):
        owner = member_by_email(one.email(one.people[0]))
        assert owner is not None
        inviting.invite(owner, inviting.Host(one.name, one.slug, one.language), ["new@example.org"], ["participant"], None, "Welcome")
        members.mail_reset_link(owner.email or "", one.slug, one.language)
        members.ask_new_email(owner, "elsewhere@example.org", one.slug, one.language)
        waits = active_by_said(WORDS[one.language].people[1][0])
        assert waits is not None
        begin = "/begin/" + signing.links.make(waits.id, "start", timedelta(hours=1))
    return [begin, *mailed(opened)]


def mailed(opened: Opened) -> list[str]:
    """Return the paths in the newest letters of an academy."""
    return [link_in(letters(opened, kind)[-1], "/") for kind in ("invitation", "reset_password", "change_email")]


def by_right(door: Door) -> int:
    """Participants see lessons first, owners and operators the rest, strangers what is left."""
    return ["participant", "trainer", "owner", "operator", "stranger"].index(door.role)


class Looker:
    """One person's browser, and what is wrong with what it shows."""

    def __init__(self, browser: Any, door: Door, site: Site) -> None:
        self.door, self.site = door, site
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        origin = f"http://{door.host}:{site.port}"
        cookies = {"lang": door.language} | ({sessions.cookie_name(): door.token} if door.token else {})
        self.context.add_cookies([{"name": name, "value": value, "url": origin} for name, value in cookies.items()])
        self.origin, self.page = origin, self.context.new_page()
        self.said: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", self.heard)

    def heard(self, request: Any) -> None:
        """Note a request that leaves for another host."""
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self.said.append(f"asked {request.url}")

    def kept(self) -> list[str]:
        """Return what this browser keeps and core/cookies.py does not declare."""
        names = {cookie["name"] for cookie in self.context.cookies()} - {cookie.used for cookie in COOKIES}
        stored = self.page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
        strange = [name for name in stored if not name.startswith(tuple(one.prefix for one in STORED))]
        return [f"keeps {name}" for name in [*sorted(names), *strange]]

    def look(self, path: str, looks: list[Look], is_refused: bool = False) -> list[str]:
        """Return what is wrong with the page at these widths and in these schemes; `is_refused`: once its form was sent."""
        self.said.clear()
        self.show(*looks[0][:2])
        answer = self.page.goto(f"{self.origin}{path}")
        if is_refused:
            with self.page.expect_navigation():
                self.page.locator("main form button").last.click()
            assert self.page.locator("[aria-invalid=true]").count(), path
        wrong = [] if answer.status == 410 or answer.status < 400 or "/_dev/errors/" in path else [f"answered {answer.status}"]
        for width, scheme, rules in looks:
            self.show(width, scheme)
            self.keep_picture(path + "-refused" * is_refused, width, scheme)
            wrong += [f"{width} {scheme}: {one}" for one in self.seen(rules)]
        wrong += self.kept()
        if self.page.evaluate("document.documentElement.lang") != self.door.language and "plain" not in path:
            wrong.append(f"speaks {self.page.evaluate('document.documentElement.lang')}")
        if self.page.locator("h1").count() != 1:
            wrong.append(f"has {self.page.locator('h1').count()} h1")
        wrong += [one for one in self.said if "Failed to load resource" not in one or (" 404 " in one and "_dev" not in path)]
        return [f"{self.door.host}{path} as {self.door.role}: {one}" for one in wrong]

    def show(self, width: int, scheme: Any) -> None:
        """Give the window this width and scheme, as somebody who wants no motion has it: nothing fades while it is looked at."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    def seen(self, rules: list[str]) -> list[str]:
        """Return what is wrong with the page as it stands."""
        self.page.evaluate(DRAWN)
        over = overflow_px(self.page)
        return violations(self.page, rules) + ([f"{over} px too wide"] if over else [])

    def keep_picture(self, path: str, width: int, scheme: str) -> None:
        """Keep a picture where KWEEK_PICTURES says, for people who want to look."""
        folder = os.environ.get("KWEEK_PICTURES")
        if folder:
            name = f"{self.door.host.split('.')[0]}-{self.door.role}{path.split('?')[0].replace('/', '_')[-60:]}-{width}-{scheme}"
            self.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


