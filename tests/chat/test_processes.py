"""Streams in real web processes (gunicorn, gevent): they end when a process is told to end, do not hold others up, and what is
said in one process is heard in the other."""

from __future__ import annotations

import http.client
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.browser.site import Site
from tests.cast import Cast
from tests.chat.listening import make_room, parsed, say
from tests.conftest import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
AT_ONCE = 24
EVERYBODY = ("participant", "second", "trainer", "owner")
# How long gunicorn would wait for a request that is under way; whatever ends sooner ended by itself.
GRACE_S, BEFORE_S = 25, 15


@pytest.fixture(scope="module")
def site(platform: Platform) -> Iterator[Site]:
    """Serve the worker's platform with two web processes."""
    site = Site(platform, web_workers=2, graceful_s=GRACE_S)
    site.start()
    yield site
    site.stop()


@dataclass
class Listener:
    """A page that listens over HTTP in a thread of its own."""

    site: Site
    cast: Cast
    who: str
    events: list[tuple[str, Any]] = field(default_factory=list)
    ended_at: float = 0.0

    def start(self) -> Listener:
        """Open the stream and wait for its greeting."""
        self.connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=30)
        self.connection.request("GET", "/messages/stream", headers={
            "Host": f"{self.cast.host}:{self.site.port}", "Cookie": self.cast.cookie_header(self.who), "Accept": "text/event-stream"})  # fmt: skip
        self.answer = self.connection.getresponse()
        assert self.answer.status == 200
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()
        wait_for(lambda: self.events)
        return self

    def read(self) -> None:
        """Read until it ends."""
        block = b""
        try:
            while line := self.answer.readline():
                block += line
                if line == b"\n":
                    self.events += parsed(block)
                    block = b""
        except (OSError, http.client.HTTPException, ValueError):
            pass
        self.ended_at = time.monotonic()

    def said(self) -> list[str]:
        """Return the ids of the messages that came."""
        return [data["id"] for name, data in self.events if name == "message"]


def wait_for(done: Any, seconds: float = 15) -> None:
    """Wait until it is so."""
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.02)


def status_of(site: Site, cast: Cast, path: str = "/messages/since") -> int:
    """Return what a page answers."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    connection.request("GET", path, headers={"Host": f"{cast.host}:{site.port}", "Cookie": cast.cookie_header("participant")})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def test_many_streams_leave_room_for_other_requests_and_each_hears_each_message_once(site: Site, casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    people = [Listener(site, cast, EVERYBODY[place % 4]).start() for place in range(AT_ONCE)]
    assert {status_of(site, cast) for _ in range(10)} == {200}
    ids: list[UUID] = [say(cast, "trainer", room, f"{number}") for number in range(10)]
    hearing = [one for one in people if one.who != "owner"]
    wait_for(lambda: all(len(one.said()) >= len(ids) for one in hearing))
    time.sleep(0.5)
    assert all(one.said() == [str(key) for key in ids] for one in hearing), "in order, once, in both processes"
    assert all(one.said() == [] for one in people if one.who == "owner"), "she is not in the room"
    for one in people:
        one.connection.sock.close() if one.connection.sock else None


def test_a_process_that_is_told_to_end_ends_its_streams_promptly_and_they_come_again(site: Site, casts: tuple[Cast, Cast]) -> None:
    cast, _ = casts
    room, _ = make_room(cast)
    people = [Listener(site, cast, EVERYBODY[place % 4]).start() for place in range(8)]  # one person may have six in a process
    before = site.web_pids()
    for pid in before:
        os.kill(pid, signal.SIGTERM)
    wait_for(lambda: all(one.ended_at for one in people), BEFORE_S)
    wait_for(lambda: len(set(site.web_pids()) - set(before)) == 2 and not set(site.web_pids()) & set(before), BEFORE_S)
    again = Listener(site, cast, "participant").start()
    message = say(cast, "trainer", room, "after all")
    wait_for(lambda: again.said() == [str(message)])


def test_the_whole_web_stops_promptly_with_streams_open(platform: Platform, casts: tuple[Cast, Cast]) -> None:
    site = Site(platform, web_workers=2, graceful_s=GRACE_S)
    site.start()
    try:
        people = [Listener(site, casts[0], "participant").start() for _ in range(6)]
        workers = site.web_pids()
        site.web.terminate()
        wait_for(lambda: all(one.ended_at for one in people), BEFORE_S)
        wait_for(lambda: not any(is_alive(pid) for pid in workers), BEFORE_S)
    finally:
        site.stop()


def is_alive(pid: int) -> bool:
    """Return whether a process runs; one that nobody has asked for its end is dead too."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
