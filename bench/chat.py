"""What the live chat costs: a thousand open pages in rooms of twenty, and fifty messages a second among them.

The pages listen through gunicorn (gevent, 2 workers) on the loopback; the time of a delivery is from the first byte of the
sender's request to the last byte at each page. It raises when a page misses a message, hears one twice or out of order. Its
floor is what Redis alone takes to hand a word from one connection to another in the same run.
"""

from __future__ import annotations

import hashlib
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any
from uuid import UUID, uuid4

import redis
from werkzeug.test import Client

from bench.figures import figure, ms
from bench.learning import HOST, counted
from bench.talkers import IN_ROOM, Pages, Speaker, Talk, cookie, token_in
from bench.world import World, world
from core import clock, config
from core.academies.models import Academy
from core.db import CORE, academy_scope, db
from core.launch.cluster import Valkey
from core.owner import owner_connection
from tenants.chat import actions
from tenants.groups.models import Group, GroupMember
from tenants.people.models import Member, MemberRole, MemberSession
from tenants.provision import next_number, provision_schema
from wsgi import create_app

WARM_S, LATE_S = 3.0, 15.0


def figures(quick: bool = False) -> list[dict[str, Any]]:
    """Return what a delivery takes, what an open page weighs, and what sending costs."""
    people, seconds = (100, 5.0) if quick else (1_000, 20.0)
    with world() as one, owner_connection() as owner, woken(one) as url:
        number = next_number(owner)
        provision_schema(owner, number)
        talk = furnish(number, people)
        environ = {**one.environ(), "REDIS_URL": url}
        return [sending(environ, talk), *deliveries(environ, talk, seconds, floor(url, 300))]


@contextmanager
def woken(one: World) -> Iterator[str]:
    """Start a Valkey beside the world's database, for this process too; yield its address."""
    valkey = Valkey(one.home / "redis")
    valkey.start()
    config.use(config.load({**one.environ(), "REDIS_URL": valkey.url}))
    try:
        yield valkey.url
    finally:
        valkey.stop()


def furnish(number: int, people: int) -> Talk:
    """Open the academy with its people, signed in, in groups that talk."""
    with db.scope(CORE, commit=True):
        db.session.add(Academy(number=number, slug=HOST.split(".")[0], name="Bench"))
    with db.scope(academy_scope(number), commit=True):
        rooms = []
        for first in range(0, people, IN_ROOM):
            group = Group(name=f"Group {first}")
            db.session.add(group)
            db.session.flush()
            db.session.add_all(GroupMember(group_id=group.id, member_id=_member(first + place)) for place in range(IN_ROOM))
            rooms.append(actions.open_group(group.id).id)
    return Talk(number, tuple(rooms), people)


def _member(place: int) -> UUID:
    member = Member(email=f"p{place}@example.org", first_name=f"P{place}", last_name="de Wit", language=("nl", "en")[place % 2],
                    role_rows=[MemberRole(role="participant")], email_confirmed_at=clock.now())  # fmt: skip
    db.session.add(member)
    db.session.flush()
    token = hashlib.sha256(f"p{place}".encode()).digest()
    db.session.add(MemberSession(member_id=member.id, token_hash=token, device="bench", expires_at=clock.now() + timedelta(days=1)))
    return member.id


def sending(environ: dict[str, str], talk: Talk) -> dict[str, Any]:
    """Return how many statements it takes to say something, the session's included."""
    client, path = Client(create_app(environ), use_cookies=False), f"/messages/{talk.rooms[0]}"
    page = client.get(path, base_url=f"http://{HOST}", headers={"Cookie": cookie(0)})
    headers = {"Cookie": f"{cookie(0)}; {page.headers['Set-Cookie'].split(';')[0]}", "Origin": f"http://{HOST}", "Accept": "application/json"}
    form = {"csrf_token": token_in(page.text), "body": "Bread rises by itself.", "client_id": str(uuid4())}
    with counted() as statements:
        answer = client.post(path, base_url=f"http://{HOST}", headers=headers, data=form)
    if answer.status_code != 200:
        raise RuntimeError(f"sending answered {answer.status_code}")
    return figure("chat.send.statements", [len(statements)], [1], "stmts")


def floor(url: str, rounds: int) -> list[float]:
    """Return what Redis takes to hand a word on, in milliseconds."""
    with redis.Redis.from_url(url) as server, server.pubsub() as heard:
        heard.subscribe("bench")
        heard.get_message(timeout=5)

        def once() -> None:
            server.publish("bench", "word")
            heard.get_message(timeout=5)

        return [ms(once) for _ in range(rounds)]


def deliveries(environ: dict[str, str], talk: Talk, seconds: float, bottom: list[float]) -> list[dict[str, Any]]:
    """Return what a delivery takes and what an open page weighs. Raises RuntimeError when one is missed, doubled or misplaced."""
    with served(environ) as (port, process):
        speakers = [Speaker(talk, place, port) for place in range(len(talk.rooms))]
        for speaker in speakers:
            speaker.open()
        empty, pages = memory_of(process), Pages(port)
        for place in range(talk.people):
            pages.open(place)
        weight = (memory_of(process) - empty) / talk.people
        pages.start()
        begin = time.monotonic() + 0.5
        pages.since = begin + WARM_S
        threads = [threading.Thread(target=speaker.go_on, args=(seconds + WARM_S, begin)) for speaker in speakers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wait_for_all(pages, speakers)
        pages.is_over = True
        pages.join(5)
    compare(pages, speakers, talk)
    p95 = quantiles(pages.taken, n=100)[94]
    name = f"chat.delivery.{talk.people}"
    sent = [spent for speaker in speakers for spent in speaker.taken]
    return [figure(name, pages.taken, bottom), figure(f"{name}.p95", [p95], bottom), figure("chat.send", sent, bottom),
            figure("chat.page", [weight], [1], "KB")]  # fmt: skip


def wait_for_all(pages: Pages, speakers: list[Speaker]) -> None:
    """Wait until every page heard as much as was said, or long enough."""
    until, wanted = time.monotonic() + LATE_S, sum(len(one.said) for one in speakers) * IN_ROOM
    while sum(len(heard) for heard in list(pages.heard.values())) < wanted and time.monotonic() < until:
        time.sleep(0.1)


def compare(pages: Pages, speakers: list[Speaker], talk: Talk) -> None:
    """Raise RuntimeError unless each page heard everything of its room, once and in order."""
    refused = [status for speaker in speakers for status in speaker.refused]
    if refused:
        raise RuntimeError(f"{len(refused)} messages were refused: {sorted(set(refused))}")
    for place in range(talk.people):
        said = speakers[place // IN_ROOM].said
        if [at for at, _, _ in pages.heard[place]] != said:
            raise RuntimeError(f"page {place} heard {len(pages.heard[place])} of {len(said)} messages, or not in their order")


def memory_of(process: subprocess.Popen[bytes]) -> float:
    """Return the kilobytes of gunicorn's processes."""
    pids = [process.pid, *(int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split())]
    return float(sum(int(found[1]) for pid in pids if (found := re.search(r"Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text()))))


@contextmanager
def served(environ: dict[str, str]) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Serve the academy as ./run does, for the length of the block; yield the port and the process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "gevent", "--workers", "2", "--worker-connections", "2000",
               "--no-control-socket", "--log-level", "warning", "wsgi:create_app()"]  # fmt: skip
    web = subprocess.Popen(command, env={**environ, "PUBLIC_PORT": str(port), "PATH": "/usr/bin:/bin"})
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port, web
    finally:
        web.terminate()
        web.wait(60)
