"""Who talks in the bench of the chat: open pages that listen, and people who say something again and again."""

from __future__ import annotations

import http.client
import re
import selectors
import socket
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from bench.learning import HOST
from core import sessions
from tenants.chat.rules import FLOOD, FLOOD_S

IN_ROOM, A_SECOND = 20, 50
STAMP = re.compile(rb"sent-([0-9]+)-([0-9]+)-([0-9]+)-end")
TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


@dataclass(frozen=True)
class Talk:
    """An academy whose people talk in rooms of twenty."""

    number: int
    rooms: tuple[UUID, ...]
    people: int


def cookie(place: int) -> str:
    """Return the session cookie of a person."""
    return f"{sessions.cookie_name()}=p{place}"


def token_in(page: str) -> str:
    """Return the token of a page's form. Raises RuntimeError without one."""
    found = TOKEN.search(page)
    if found is None:
        raise RuntimeError("the room has no form")
    return found[1]


class Pages(threading.Thread):
    """Every open page, read by one thread."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.port, self.selector = port, selectors.DefaultSelector()
        self.heard: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        self.taken: list[float] = []
        self.since = float("inf")
        self.is_over = False
        self._tails: dict[int, bytes] = defaultdict(bytes)

    def open(self, place: int) -> None:
        """Open the page of one person and wait for its greeting."""
        line = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        line.sendall(f"GET /messages/stream HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nCookie: {cookie(place)}\r\nAccept: text/event-stream\r\n\r\n".encode())
        got = b""
        while b"event: hello" not in got:
            part = line.recv(65536)
            if not part:
                raise RuntimeError(f"a page was refused: {got[:200]!r}")
            got += part
        line.setblocking(False)
        self.selector.register(line, selectors.EVENT_READ, place)

    def run(self) -> None:
        """Read until it is over."""
        while not self.is_over:
            for key, _ in self.selector.select(0.2):
                self.read(key.fileobj, key.data)

    def read(self, line: Any, place: int) -> None:
        """Note which messages came to a page, and how long they took."""
        try:
            part = line.recv(262_144)
        except (BlockingIOError, ConnectionError):
            return
        now = time.monotonic_ns()
        if not part:
            raise RuntimeError("the server ended a page")
        text = self._tails[place] + part
        end = 0
        for found in STAMP.finditer(text):
            at, room, number = (int(one) for one in found.groups())
            self.heard[place].append((at, room, number))
            if at / 1e9 >= self.since:
                self.taken.append((now - at) / 1e6)
            end = found.end()
        self._tails[place] = text[max(end, len(text) - 80) :]


@dataclass
class Speaker:
    """A few people of one room, who take turns to say something every second or oftener."""

    talk: Talk
    place: int
    port: int
    said: list[int] = field(default_factory=list)
    taken: list[float] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    forms: list[tuple[str, str]] = field(default_factory=list)

    @property
    def every_s(self) -> float:
        """Return how often something is said in the room."""
        return len(self.talk.rooms) / A_SECOND

    def open(self) -> None:
        """Read the room, each of them: nobody says so much that it is no talk any more (tenants/chat/rules.py)."""
        self.path = f"/messages/{self.talk.rooms[self.place]}"
        self.headers = {"Host": f"{HOST}:{self.port}", "Origin": f"http://{HOST}:{self.port}", "Accept": "application/json",
                        "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        for person in range(int(FLOOD_S / self.every_s / FLOOD) + 2):
            own = cookie(self.place * IN_ROOM + person)
            self.connection.request("GET", self.path, headers={**self.headers, "Accept": "text/html", "Cookie": own})
            answer = self.connection.getresponse()
            self.forms.append((token_in(answer.read().decode()), f"{own}; {answer.headers['Set-Cookie'].split(';')[0]}"))

    def go_on(self, seconds: float, begin: float) -> None:
        """Say something again and again, from a moment of one's own on."""
        due = begin + self.place / A_SECOND
        while due < begin + seconds:
            time.sleep(max(0.0, due - time.monotonic()))
            self.say()
            due += self.every_s

    def say(self) -> None:
        """Say one thing; once more where the connection was closed meanwhile, as a browser does."""
        number, at = len(self.said), time.monotonic_ns()
        token, own = self.forms[number % len(self.forms)]
        words = f"sent-{at}-{self.place}-{number}-end and the bread rises by itself."
        form = urlencode({"body": words, "client_id": str(uuid4()), "csrf_token": token})
        status = self.asked(form, own) or self.asked(form, own)
        self.taken.append((time.monotonic_ns() - at) / 1e6)
        if status == 200:
            self.said.append(at)
        else:
            self.refused.append(status)

    def asked(self, form: str, own: str) -> int:
        """Return the status of an answer, 0 without one."""
        try:
            self.connection.request("POST", self.path, form, {**self.headers, "Cookie": own})
            answer = self.connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            self.connection.close()
            return 0
