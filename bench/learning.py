"""What learning costs: saving one answer, and a hundred participants who each answer every two seconds for a minute.

The load runs through gunicorn (gevent, 2 workers) on the loopback, stops by itself, and raises when an answer was refused or
an acknowledged one is not stored. Its floor is the same request with nobody else about.
"""

from __future__ import annotations

import hashlib
import http.client
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import sqlalchemy as sa
from werkzeug.test import Client

from bench.figures import figure, in_turns, ms
from bench.world import World, world
from core import clock, sessions
from core.academies.models import Academy
from core.db import CORE, academy_scope, db
from core.owner import owner_connection
from tenants.courses import actions as writing
from tenants.courses import publishing
from tenants.courses.block_actions import ChoiceDraft, QuestionDraft, add_block, save_question
from tenants.courses.models import Course
from tenants.learning import actions as learning
from tenants.learning.models import Attempt
from tenants.people.models import Member, MemberRole, MemberSession
from tenants.provision import next_number, provision_schema
from wsgi import create_app

HOST, LESSONS, ANSWERS = "bench.localhost", 10, "A loaf of bread, baked for an hour"
EVERY_S, STATEMENTS = 2.0, ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True)
class Class:
    """An academy with a published course, and the participants who take it."""

    number: int
    course: UUID
    lesson: UUID
    question: UUID
    people: int

    @property
    def page(self) -> str:
        """Return the path of the lesson."""
        return f"/learn/{self.course}/{self.lesson}"

    @property
    def path(self) -> str:
        """Return the path that takes answers."""
        return f"{self.page}/questions/{self.question}"


def figures(quick: bool = False) -> list[dict[str, Any]]:
    """Return the figures of saving and of the load, in milliseconds per request."""
    people, rounds, seconds = (20, 100, 10) if quick else (100, 1000, 60)
    with world() as one, owner_connection() as owner:
        number = next_number(owner)
        provision_schema(owner, number)
        made = furnish(number, people)
        return [*saving(one, made, rounds), *load(one, made, seconds)]


def furnish(number: int, people: int) -> Class:
    """Open the academy with a course of an open question, and people who are signed in and enrolled."""
    with db.scope(CORE, commit=True):
        db.session.add(Academy(number=number, slug=HOST.split(".")[0], name="Bench"))
    with db.scope(academy_scope(number), commit=True):
        author = _member("author", ("author",))
        course = writing.create_course("Bread", by=author, module_title="Start", lesson_title="Flour", language="en")
        module = course.live_modules[0]
        lesson, question = module.live_lessons[0], None
        for place in range(LESSONS):
            lesson = writing.add_lesson(module, f"Lesson {place}", done_when="question")
            add_block(lesson, "text", {"markdown": "Flour is **ground** grain. " * 20})
            block = add_block(lesson, "question")
            save_question(block, QuestionDraft("open", "What do you bake?", "Fine.", "Look again.", _no_choices()))
            question = block.question
        assert question is not None
        publishing.publish_course(course, author)
        for place in range(people):
            learning.enrol(_member(f"p{place}", ("participant",)), db.session.get_one(Course, course.id), author)
        return Class(number, course.id, lesson.id, question.id, people)


def _no_choices() -> list[ChoiceDraft]:
    return []


def _member(name: str, roles: tuple[str, ...]) -> Member:
    member = Member(email=f"{name}@example.org", first_name=name.title(), last_name="de Wit", language="en",
                    role_rows=[MemberRole(role=role) for role in roles], email_confirmed_at=clock.now())  # fmt: skip
    db.session.add(member)
    db.session.flush()
    token = hashlib.sha256(name.encode()).digest()
    db.session.add(MemberSession(member_id=member.id, token_hash=token, device="bench", expires_at=clock.now() + timedelta(days=1)))
    return member


def saving(one: World, made: Class, rounds: int) -> list[dict[str, Any]]:
    """Return what one autosave takes, against a row committed by itself, and its statements."""
    client = Client(create_app(one.environ()), use_cookies=False)
    cookie = f"{sessions.cookie_name()}=p0"
    base = {"base_url": f"http://{HOST}", "headers": {"Cookie": cookie}}
    page = client.get(made.page, **base)  # type: ignore[arg-type]
    token = _token(page.text)
    headers = {"Cookie": f"{cookie}; {page.headers['Set-Cookie'].split(';')[0]}", "HX-Request": "true", "Origin": f"http://{HOST}"}

    def save() -> None:
        form = {"text": ANSWERS, "client_id": str(uuid4()), "csrf_token": token}
        answer = client.post(made.path, base_url=f"http://{HOST}", headers=headers, data=form)
        if answer.status_code != 204:
            raise RuntimeError(f"saving answered {answer.status_code}")

    with owner_connection() as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS core.bench_floor (id int)")

        def floor() -> None:
            owner.execute("INSERT INTO core.bench_floor VALUES (1)")

        bottom, taken = in_turns(rounds, floor, save)
        owner.execute("DROP TABLE core.bench_floor")
    with counted() as statements:
        save()
    return [figure("learning.save", taken, bottom), figure("learning.save.statements", [len(statements)], [1], "stmts")]


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect what is asked of the database inside the block, begins and commits apart."""
    found: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.lstrip().upper().startswith(STATEMENTS):
            found.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def _token(page: str) -> str:
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    if token is None:
        raise RuntimeError("the lesson has no form")
    return token[1]


@dataclass
class Learner:
    """Somebody who answers every two seconds, each time with another text."""

    made: Class
    name: str
    port: int
    taken: list[float] = field(default_factory=list)
    acknowledged: dict[UUID, str] = field(default_factory=dict)
    refused: list[int] = field(default_factory=list)
    _form: tuple[str, str] = ("", "")

    def open(self) -> None:
        """Read the lesson."""
        status, page, cookie = self.ask("GET", self.made.page, None)
        if status != 200:
            raise RuntimeError(f"the lesson answered {status}")
        self._form = _token(page), cookie.split(";")[0]

    def answer(self) -> None:
        """Check one answer."""
        attempt, text = uuid4(), f"{ANSWERS} {uuid4()}"
        form = {"do": "check", "attempt_id": str(attempt), "text": text, "csrf_token": self._form[0]}
        status = 0

        def send() -> None:
            nonlocal status
            status = self.ask("POST", self.made.path, urlencode(form))[0]

        self.taken.append(ms(send))
        if status == 200:
            self.acknowledged[attempt] = text
        else:
            self.refused.append(status)

    def go_on(self, seconds: float, begin: float) -> None:
        """Answer every two seconds, from a moment of one's own on."""
        due = begin + (int(self.name[1:]) / self.made.people) * EVERY_S
        while due < begin + seconds:
            time.sleep(max(0.0, due - time.monotonic()))
            self.answer()
            due += EVERY_S

    def ask(self, method: str, path: str, body: str | None) -> tuple[int, str, str]:
        """Return status, text and cookie of one answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        host = f"{HOST}:{self.port}"
        cookie = "; ".join(part for part in (f"{sessions.cookie_name()}={self.name}", self._form[1]) if part)
        headers = {"Host": host, "Cookie": cookie, "HX-Request": "true", "Origin": f"http://{host}"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), answer.headers.get("Set-Cookie", "")
        except (OSError, http.client.HTTPException):
            return 0, "", ""
        finally:
            connection.close()


def load(one: World, made: Class, seconds: float) -> list[dict[str, Any]]:
    """Return what an answer takes while everybody answers. Raises RuntimeError when one is refused or lost."""
    with served(one) as port:
        learners = [Learner(made, f"p{place}", port) for place in range(made.people)]
        for learner in learners:
            learner.open()
        alone = Learner(made, "p0", port)
        alone.open()
        for _ in range(30):
            alone.answer()
        begin = time.monotonic() + 0.5
        threads = [threading.Thread(target=learner.go_on, args=(seconds, begin)) for learner in learners]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    refused = [status for learner in learners for status in learner.refused]
    if refused:
        raise RuntimeError(f"{len(refused)} answers were refused: {sorted(set(refused))}")
    _compare(made, {key: text for learner in learners for key, text in learner.acknowledged.items()})
    taken = [spent for learner in learners for spent in learner.taken]
    p95 = quantiles(taken, n=100)[94]
    return [figure(f"learning.load.{made.people}", taken, alone.taken), figure(f"learning.load.{made.people}.p95", [p95], alone.taken)]


def _compare(made: Class, acknowledged: dict[UUID, str]) -> None:
    with db.scope(academy_scope(made.number)):
        stored = {one.id: str(one.given) for one in db.session.scalars(sa.select(Attempt))}
    lost = [key for key, text in acknowledged.items() if text not in stored.get(key, "")]
    if lost:
        raise RuntimeError(f"{len(lost)} of {len(acknowledged)} acknowledged answers are not stored")


@contextmanager
def served(one: World) -> Iterator[int]:
    """Serve the platform for the length of the block; yield its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = ["gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "gevent", "--workers", "2", "--no-control-socket",
               "--log-level", "warning", "wsgi:create_app()"]  # fmt: skip
    environ = {**one.environ(), "PUBLIC_PORT": str(port), "PATH": "/usr/bin:/bin"}
    web = subprocess.Popen([sys.executable, "-m", *command], env=environ)
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        web.terminate()
        web.wait(60)
