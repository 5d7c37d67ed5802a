"""Publishing while a hundred people are in the course: none of their requests fails, nothing they did is lost, they keep
their progress, see no unpublished word, and are told what changed and what to redo. Two of them sit at real browsers."""

from __future__ import annotations

import hashlib
import http.client
import random
import re
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from core import clock, sessions
from core.db import db
from tenants.courses import actions as writing
from tenants.courses import block_actions
from tenants.courses import queries as courses
from tenants.courses.block_actions import ChoiceDraft, QuestionDraft
from tenants.courses.models import Course, Lesson, Page
from tenants.learning import actions, queries
from tenants.learning.models import Answer, Attempt, Progress
from tenants.people.models import Member, MemberRole, MemberSession
from tests.browser.axe import ready, violations
from tests.browser.site import Site
from tests.browser.test_review_desk import signed_in
from tests.cast import Cast
from tests.courses.writing import Written, ask, member, publish, question_id, text, write_course

PEOPLE, PAUSE_S, BETWEEN_S, QUICK_S = 98, 5.0, 5.0, 3.0
ENOUGH = 0.6
PATIENT_MS = 40_000  # a hundred others are at work, and often other tests
AT_ONCE = threading.BoundedSemaphore(6)  # requests on their way: the play asks what publishing breaks, not how much a busy machine bears
SCRIPT = {"HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded"}
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


@dataclass
class Play:
    """A course with five lessons, a hundred people who are in it, and what its author published when."""

    cast: Cast
    site: Site
    written: Written
    dough: UUID
    dough_asks: UUID
    shape: UUID
    shape_asks: UUID
    published_at: dict[int, float] = field(default_factory=dict)
    took_s: list[float] = field(default_factory=list)

    @property
    def host(self) -> str:
        """Return the academy's host, as a browser names it."""
        return f"{self.cast.host}:{self.site.port}"

    def ask(self, method: str, path: str, headers: dict[str, str], sent: dict[str, str] | None = None) -> http.client.HTTPResponse:
        """Return the answer to one request, read to its end."""
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        try:
            connection.request(method, path, urlencode(sent) if sent is not None else None, {"Host": self.host, "Origin": f"http://{self.host}", **headers})
            answer = connection.getresponse()
            answer.text = answer.read().decode()  # type: ignore[attr-defined]
            return answer
        finally:
            connection.close()

    def change(self, act: Callable[[Course], None]) -> None:
        """Let the author change the draft; nobody sees it yet."""
        with db.scope(self.cast.academy.scope, commit=True):
            act(courses.course_to_edit(member(self.cast, "author"), self.written.course, lock=True))

    def publish(self, number: int, again: tuple[UUID, ...] = ()) -> None:
        """Let the author publish over the web, after a while in which the draft stood there."""
        time.sleep(BETWEEN_S)
        url, cookie = f"/courses/{self.written.course}/publications", self.cast.cookie_header("author")
        page = self.ask("GET", url, {"Cookie": cookie})
        assert page.status == 200
        body = page.text  # type: ignore[attr-defined]
        sent = [("csrf_token", found(r'name="csrf_token" value="([^"]+)"', body)), ("seen", found(r'name="seen" value="([^"]+)"', body))]
        headers = {"Cookie": with_cookie(cookie, page), "Content-Type": SCRIPT["Content-Type"]}
        self.published_at[number] = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        connection.request("POST", url, urlencode([*sent, *(("again", str(one)) for one in again)]), {"Host": self.host, "Origin": f"http://{self.host}", **headers})
        answer = connection.getresponse()
        self.took_s.append(time.monotonic() - self.published_at[number])
        assert answer.status == 302, answer.read().decode()[-2000:]
        connection.close()


def found(pattern: str, text: str) -> str:
    """Return what the pattern finds."""
    match = re.search(pattern, text)
    assert match is not None, (pattern, text[-1500:])
    return match[1]


def with_cookie(cookie: str, answer: http.client.HTTPResponse) -> str:
    """Return a Cookie header with what the answer set besides."""
    return "; ".join([cookie, *(one.split(";")[0] for one in answer.headers.get_all("Set-Cookie") or [])])


@dataclass
class Sent:
    """An answer that the server said it has."""

    question: str
    page: str
    given: str
    attempt: UUID | None = None


@dataclass
class Person:
    """Somebody who reads, answers and marks lessons over plain HTTP, as the page before them offers it."""

    play: Play
    id: UUID
    token: str
    number: int
    wrong: list[str] = field(default_factory=list)
    acknowledged: list[Sent] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    html: str = ""
    here: str = ""
    cookie: str = ""
    acts: int = 0

    @property
    def learn(self) -> str:
        """Return the address of the course."""
        return f"/learn/{self.play.written.course}"

    def learn_on(self, over: threading.Event) -> None:
        """Act until it is over."""
        dice = random.Random(self.number)
        over.wait(dice.random() * PAUSE_S)
        while not over.is_set():
            try:
                dice.choice([self.read, self.write, self.write, self.write, self.check, self.mark])(dice)
            except Exception as error:  # whatever fails is what this play looks for
                self.wrong.append(f"{self.here}: {error!r}")
            over.wait(PAUSE_S * (0.6 + 0.8 * dice.random()))

    def get(self, path: str) -> http.client.HTTPResponse:
        """Open a page, and where it leads."""
        for _ in range(4):
            answer = self.asked("GET", path, {"Cookie": f"{self.cookie or self.token}"})
            if answer.status not in (302, 303):
                break
            path = answer.headers["Location"].split("#")[0]
        self.here, self.html = path.split("?")[0], answer.text if answer.status == 200 else self.html  # type: ignore[attr-defined]
        return answer

    def asked(self, method: str, path: str, headers: dict[str, str], sent: dict[str, str] | None = None) -> http.client.HTTPResponse:
        """Return the answer; note what failed, and what nobody should have seen yet."""
        with AT_ONCE:
            answer = self.play.ask(method, path, headers, sent)
            seen_at = time.monotonic()
        self.acts += 1
        self.cookie = with_cookie(self.token, answer) if answer.headers.get("Set-Cookie") else self.cookie
        words = answer.text  # type: ignore[attr-defined]
        if answer.status >= 400:
            self.wrong.append(f"{method} {path}: {answer.status}")
        for number in map(int, re.findall(r"EDITION-(\d)", words)):
            if seen_at < self.play.published_at.get(number, seen_at + 1):
                self.early.append(f"edition {number} on {path}")
        return answer

    def send(self, path: str, sent: dict[str, str], script: bool = True) -> http.client.HTTPResponse:
        """Post a form of the page."""
        token = found(r'name="csrf_token" value="([^"]+)"', self.html)
        headers = {**SCRIPT, "Cookie": self.cookie or self.token}
        if not script:
            del headers["HX-Request"]
        return self.asked("POST", path, headers, {"csrf_token": token, "page": found(r'name="page" value="([^"]+)"', self.html), **sent})

    def read(self, dice: random.Random) -> None:
        """Open one of the lessons that the course page offers."""
        self.get(self.learn)
        lessons = sorted(set(re.findall(rf'href="({self.learn}/[0-9a-f-]{{36}})[#"]', self.html)))
        self.get(dice.choice(lessons))

    def open_question(self, dice: random.Random) -> tuple[str, str] | None:
        """Return id and page of the open question of the lesson, gone to if need be."""
        asks = {str(w.asking): w.open, str(self.play.dough): self.play.dough_asks, str(self.play.shape): self.play.shape_asks} if (w := self.play.written) else {}
        lesson = self.here.rsplit("/", 1)[-1]
        if lesson not in asks:
            self.read(dice)
            return None
        return str(asks[lesson]), found(r'name="page" value="([^"]+)"', self.html)

    def write(self, dice: random.Random) -> None:
        """Write on at the open question; it saves itself."""
        place = self.open_question(dice)
        if place is not None:
            words = f"{self.number} wrote {len(self.acknowledged)}"
            answer = self.send(f"{self.here}/questions/{place[0]}", {"text": words, "client_id": str(uuid4())})
            if answer.status == 204:
                self.acknowledged.append(Sent(*place, words))

    def check(self, dice: random.Random) -> None:
        """Hand the open question in."""
        place = self.open_question(dice)
        if place is not None:
            words, attempt = f"{self.number} handed in {len(self.acknowledged)}", uuid4()
            answer = self.send(f"{self.here}/questions/{place[0]}", {"text": words, "do": "check", "attempt_id": str(attempt)})
            if answer.status == 200:
                self.acknowledged.append(Sent(*place, words, attempt))

    def mark(self, dice: random.Random) -> None:
        """Mark the lesson as done, where it may be; go on where that leads."""
        if f"{self.here}/completion" not in self.html:
            return self.read(dice)
        lesson, answer = self.here.rsplit("/", 1)[-1], self.send(f"{self.here}/completion", {}, script=False)
        if answer.status == 302 and self.get(answer.headers["Location"].split("#")[0]).status == 200 and "out of the course. What you" not in self.html:
            self.done.add(lesson)
        return None


def written_play(site: Site, cast: Cast) -> Play:
    """Return a published course of five lessons: one is marked, one is done by its questions, the others ask openly."""
    with db.scope(cast.academy.scope, commit=True):
        author = member(cast, "author")
        written = write_course(author)
        module = courses.course_to_edit(author, written.course).live_modules[0]
        dough, shape = (writing.add_lesson(module, title, minutes=5) for title in ("Dough", "Shape"))
        asks = [question_id(ask(lesson, "open", f"How is your {lesson.title.lower()}?", [])) for lesson in (dough, shape)]
        publish(author, written.course)
        return Play(cast, site, written, dough.id, asks[0], shape.id, asks[1])


def hundred(play: Play) -> list[Person]:
    """Return people who all read the first lesson, answered its question right, and looked at the dough."""
    people = []
    for number in range(PEOPLE):
        token = f"token-{play.cast.academy.number}-many-{number}"
        with db.scope(play.cast.academy.scope, commit=True):
            one = Member(email=f"many-{number}@academy.example", first_name="Person", last_name=str(number), language="en", email_confirmed_at=clock.now())
            one.role_rows = [MemberRole(role="participant")]
            db.session.add(one)
            db.session.flush()
            expires = clock.now() + timedelta(days=1)
            db.session.add(MemberSession(member_id=one.id, token_hash=hashlib.sha256(token.encode()).digest(), device="Test", expires_at=expires))
            begun(play, one)
            people.append(Person(play, one.id, f"{sessions.cookie_name()}={token}", number))
    return people


def begun(play: Play, one: Member) -> None:
    """Let somebody be under way in the course, in the open frame."""
    written = play.written
    actions.enrol(one, db.session.get_one(Course, written.course))
    actions.mark_done(queries.lesson_for(one, written.course, written.reading, lock=True))
    open_ = queries.lesson_for(one, written.course, written.asking, lock=True)
    water = next(c["id"] for c in queries.question_on(open_.page, written.single)["choices"] if c["is_right"])
    actions.check_answer(open_, written.single, {"choices": [water]}, uuid4())
    for lesson in (play.dough, written.asking):
        taken = queries.lesson_for(one, written.course, lesson, lock=True)
        actions.open_lesson(taken.taken, taken.step)
    db.session.flush()


def lesson_in(course: Course, lesson_id: UUID) -> Lesson:
    """Return a lesson of the draft."""
    return courses.lesson_of(course, lesson_id)


def first_edition(play: Play) -> Callable[[Course], None]:
    """Another text and another question."""
    def act(course: Course) -> None:
        text(lesson_in(course, play.written.reading), "EDITION-1: mind the salt.")
        asking = lesson_in(course, play.written.asking)
        block = next(b for b in asking.live_blocks if b.question and b.question.id == play.written.single)
        drafts = [ChoiceDraft(None, "Warm water", True, ""), ChoiceDraft(None, "Salt", False, "")]
        block_actions.save_question(block, QuestionDraft("single", "EDITION-1: what wakes flour up?", "", "", drafts))
    return act


def second_edition(play: Play) -> Callable[[Course], None]:
    """A question is taken out, and two lessons change places."""
    def act(course: Course) -> None:
        asking = lesson_in(course, play.written.asking)
        block_actions.remove_block(next(b for b in asking.live_blocks if b.question and b.question.id == play.written.multiple))
        text(asking, "EDITION-2: fewer questions.")
        writing.move_lesson(lesson_in(course, play.shape), -1)
    return act


def third_edition(play: Play) -> Callable[[Course], None]:
    """A lesson is taken out, in the middle of people's work."""
    def act(course: Course) -> None:
        writing.remove_lesson(lesson_in(course, play.dough))
        text(lesson_in(course, play.shape), "EDITION-3: from bowl to basket.")
    return act


def fourth_edition(play: Play) -> Callable[[Course], None]:
    """A lesson comes."""
    def act(course: Course) -> None:
        text(writing.add_lesson(course.live_modules[0], "EDITION-4 Yeast"), "It lives.")
    return act


def test_publishing_under_a_hundred_people_at_work(site: Site, browser: Any, casts: tuple[Cast, Cast]) -> None:
    cast = casts[0]
    play = written_play(site, cast)
    people = hundred(play)
    with db.scope(cast.academy.scope, commit=True):
        for who in ("participant", "second"):
            begun(play, member(cast, who))
    over = threading.Event()
    threads = [threading.Thread(target=one.learn_on, args=(over,)) for one in people]
    writer, reader = (signed_in(browser, site, cast, who, viewport={"width": 1280, "height": 900}) for who in ("participant", "second"))
    for page, lesson in ((writer, play.written.asking), (reader, play.dough)):
        page.goto(f"/learn/{play.written.course}/{lesson}")
        ready(page)
    for thread in threads:
        thread.start()
    try:
        publish_four_times(play, writer, reader)
        until = time.monotonic() + 60
        while busy_of(people) < ENOUGH * PEOPLE and time.monotonic() < until:
            time.sleep(0.5)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    print(f"publishing took {[round(one, 2) for one in play.took_s]} s beside {sum(one.acts for one in people)} requests")
    assert statistics.median(play.took_s) < QUICK_S, play.took_s
    assert [wrong for one in people for wrong in one.wrong] == []
    assert [early for one in people for early in one.early] == [], "somebody saw what was not published"
    assert sum(one.acts for one in people) > 4 * PEOPLE and busy_of(people) >= ENOUGH * PEOPLE, "too little happened to prove anything"
    assert any(one.done for one in people)
    everything_is_stored(play, people)
    everybody_is_told(people)


def busy_of(people: list[Person]) -> int:
    """Return how many have something acknowledged."""
    return sum(bool(one.acknowledged) for one in people)


def publish_four_times(play: Play, writer: Any, reader: Any) -> None:
    """Let the author publish while two people at browsers are in the lessons that change."""
    writer.locator("textarea").fill("Rye, with seeds.")
    expect(writer.locator(".autosave-text")).to_contain_text("Saved", timeout=PATIENT_MS)
    play.change(first_edition(play))
    play.publish(1, again=(play.written.single,))
    expect(writer.get_by_text("This lesson was changed while you have it open")).to_be_hidden(timeout=PATIENT_MS)
    writer.locator("textarea").fill("Rye, with seeds and honey.")
    expect(writer.get_by_text("This lesson was changed while you have it open")).to_be_visible(timeout=PATIENT_MS)
    assert violations(writer) == []
    play.change(second_edition(play))
    play.publish(2)
    writer.get_by_role("link", name="Open the new version").click()
    expect(writer.get_by_text("EDITION-2: fewer questions.")).to_be_visible(timeout=PATIENT_MS)
    expect(writer.locator("textarea")).to_have_value("Rye, with seeds and honey.", timeout=PATIENT_MS)
    expect(writer.get_by_text("What is in bread?")).to_have_count(0, timeout=PATIENT_MS)
    reader.locator("textarea").fill("Sticky.")
    expect(reader.locator(".autosave-text")).to_contain_text("Saved", timeout=PATIENT_MS)
    play.change(third_edition(play))
    play.publish(3)
    reader.locator("textarea").fill("Sticky, and then smooth.")
    reader.get_by_role("button", name="Hand in").click()
    expect(reader.get_by_text("Handed in").first).to_be_visible(timeout=PATIENT_MS)
    expect(reader.get_by_text("This lesson was taken out of the course")).to_be_visible(timeout=PATIENT_MS)
    play.change(fourth_edition(play))
    play.publish(4, again=(play.written.reading,))
    reader.locator("lesson-changed").get_by_role("link", name="Back to the course").click()
    expect(reader.locator("main")).to_contain_text("Removed lesson: Dough", timeout=PATIENT_MS)
    for words in ("Please do this again", "1 question to answer again", "New lesson: EDITION-4 Yeast"):
        expect(reader.locator("main")).to_contain_text(words, timeout=PATIENT_MS)


def everything_is_stored(play: Play, people: list[Person]) -> None:
    """Every acknowledged answer is there, on the page that stood before its person; what was done stays done."""
    with db.scope(play.cast.academy.scope):
        answers = {(str(one.enrolment.member_id), str(one.question_id)): one for one in db.session.scalars(sa.select(Answer))}
        attempts = {one.id: one for one in db.session.scalars(sa.select(Attempt))}
        asked = {str(page.id): {q["id"] for q in queries.questions_of(page.content)} for page in db.session.scalars(sa.select(Page))}
        done = {(str(one.enrolment.member_id), str(one.lesson_id)) for one in db.session.scalars(sa.select(Progress)) if one.done_at}
        for one in people:
            last = {sent.question: sent for sent in one.acknowledged}
            for sent in last.values():
                stored = answers[str(one.id), sent.question]
                assert sent.given in str(stored.given) and str(stored.page_id) == sent.page
                assert sent.question in asked[sent.page]
            for sent in one.acknowledged:
                assert sent.attempt is None or sent.given in str(attempts[sent.attempt].given)
            for lesson in {*one.done, str(play.written.reading)}:
                assert (str(one.id), lesson) in done
        texts = [str(one.given) for one in answers.values()]
        assert any("seeds and honey" in one for one in texts) and any("then smooth" in one for one in texts)
        assert len({sent.page for one in people for sent in one.acknowledged if sent.question == str(play.written.open)}) >= 3, "all saw one version"


def everybody_is_told(people: list[Person]) -> None:
    """The page of the course says to each what went, and what to do again: nobody has done that yet."""
    for one in people:
        assert one.get(one.learn).status == 200
        for words in ("Please do this again", "1 question to answer again", "Removed lesson:", "Dough"):
            assert words in one.html, (one.number, words)
