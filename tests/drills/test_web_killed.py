"""T44: the web is killed (-9) while people answer; what was acknowledged is there, once."""

from __future__ import annotations

import http.client
import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from core import config as configuration
from core.db import db
from tenants.learning import actions
from tenants.learning.models import Answer, Attempt
from tests.browser.site import Site
from tests.cast import Cast
from tests.conftest import Platform
from tests.courses.writing import Written, member, publish, write_course
from tests.outbox.post import wait_until

LEARNERS = ("participant", "second", "trainer", "manager")
pytestmark = pytest.mark.slow


@pytest.fixture
def site(platform: Platform) -> Iterator[Site]:
    """Run the platform, its web in two processes."""
    site = Site(platform, web_workers=2)
    site.start()
    yield site
    site.stop()
    db.connect(platform.app_url)
    configuration.use(configuration.load(platform.environ()))


@dataclass
class Learner:
    """Somebody who checks one answer after the other, and sends again what was not acknowledged."""

    cast: Cast
    who: str
    site: Site
    written: Written
    acknowledged: dict[UUID, str] = field(default_factory=dict)
    last_saved: int = 0
    failed: int = 0
    form: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Return the path of the open question."""
        return f"/learn/{self.written.course}/{self.written.asking}/questions/{self.written.open}"

    def learn(self, over: threading.Event) -> None:
        """Answer until it is over."""
        number = 0
        while not over.is_set():
            number += 1
            attempt_id, text = uuid4(), f"{self.who} {number}"
            while not self.try_to_send({"do": "check", "attempt_id": str(attempt_id), "text": text}, 200):
                if over.is_set():
                    return
            self.acknowledged[attempt_id] = text
            if self.try_to_send({"text": text, "client_id": str(uuid4())}, 204):
                self.last_saved = number

    def try_to_send(self, values: dict[str, str], expected: int) -> bool:
        """Return whether the answer was acknowledged."""
        try:
            self.form = self.form or self.opened_form()
            headers = {**self.headers(), "HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded",
                       "Origin": f"http://{self.headers()['Host']}"}  # fmt: skip
            headers["Cookie"] += f"; {self.form['cookie']}"
            status, _, _ = self.ask("POST", self.path, urlencode({**values, "csrf_token": self.form["token"]}), headers)
        except (OSError, http.client.HTTPException):
            status = 0
        if status != expected:
            self.failed += 1
            time.sleep(0.05)
        return status == expected

    def opened_form(self) -> dict[str, str]:
        """Return token and cookie of the lesson's forms."""
        status, text, cookie = self.ask("GET", f"/learn/{self.written.course}/{self.written.asking}", None, self.headers())
        token = re.search(r'name="csrf_token" value="([^"]+)"', text)
        if status != 200 or token is None:
            raise http.client.HTTPException(f"the lesson answered {status}")
        return {"token": token[1], "cookie": cookie.split(";")[0]}

    def headers(self) -> dict[str, str]:
        """Return host and session."""
        return {"Host": f"{self.cast.host}:{self.site.port}", "Cookie": self.cast.cookie_header(self.who)}

    def ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, str, str]:
        """Return status, text and cookie of one answer. Raises OSError or HTTPException when the web dies under it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=20)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), answer.headers.get("Set-Cookie", "")
        finally:
            connection.close()


def test_T44_the_web_killed_while_people_answer_loses_nothing(site: Site, casts: tuple[Cast, Cast]) -> None:
    cast = casts[0]
    with db.scope(cast.academy.scope, commit=True):
        author = member(cast, "author")
        written = write_course(author)
        course = publish(author, written.course)
        for who in LEARNERS:
            actions.enrol(member(cast, who), course, author)
    learners = [Learner(cast, who, site, written) for who in LEARNERS]
    over = threading.Event()
    threads = [threading.Thread(target=learner.learn, args=(over,)) for learner in learners]
    for thread in threads:
        thread.start()
    try:
        for turn in range(6):
            before = {learner.who: len(learner.acknowledged) for learner in learners}
            assert wait_until(lambda before=before: all(
                len(learner.acknowledged) > before[learner.who] + 3 for learner in learners), 60)  # fmt: skip
            if turn == 3:
                pids = [site.web.pid, *site.web_pids()]
                for pid in pids:
                    os.kill(pid, signal.SIGKILL)
                site.web.wait()
                site.start_web()
            else:
                os.kill(site.web_pids()[turn % 2], signal.SIGKILL)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert sum(learner.failed for learner in learners) > 0, "nobody noticed anything: the drill proves nothing"
    with db.scope(cast.academy.scope):
        attempts = {row.id: row for row in db.session.scalars(sa.select(Attempt))}
        for learner in learners:
            stored = {attempts[one].given for one in learner.acknowledged if one in attempts}
            assert len(stored) == len(learner.acknowledged), "acknowledged = stored"
            for attempt_id, text in learner.acknowledged.items():
                assert text in str(attempts[attempt_id].given)
        numbers = sorted((str(row.answer_id), row.number) for row in attempts.values())
        assert len(numbers) == len(set(numbers)), "no attempt twice"
        for answer in db.session.scalars(sa.select(Answer)):
            learner = next(one for one in learners if one.who in str(answer.given))
            kept = re.search(rf"{learner.who} (\d+)", str(answer.given))
            assert kept and int(kept[1]) >= learner.last_saved
