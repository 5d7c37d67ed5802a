"""./run itself: one platform per home, servers lent to commands, everything stopped in order."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core import config
from core.launch.venv import REPOSITORY
from core.launch.world import World
from tests.launch import homes

START_WITHIN_S = 120


class Platform:
    """One `./run --no-demo` of our own."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, homes.free_port()
        self.environ = homes.environ(home, PORT=str(self.port))
        self.process: subprocess.Popen[str] | None = None

    @property
    def said(self) -> str:
        """Return what it printed, from the first start on."""
        return (self.home / "said").read_text()

    def start(self) -> None:
        """Start it and wait until it serves."""
        with (self.home / "said").open("a") as said:
            self.process = subprocess.Popen([sys.executable, "run", "--no-demo"], cwd=REPOSITORY, env=self.environ,
                                            stdout=said, stderr=said, text=True)  # fmt: skip
        assert wait_for(self.is_lending, START_WITHIN_S), self.said

    def command(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run another `./run` in this home."""
        return subprocess.run([sys.executable, "run", *words], cwd=REPOSITORY, capture_output=True, text=True,
                              env={**self.environ, **more}, timeout=START_WITHIN_S)  # fmt: skip

    def end(self, sign: signal.Signals) -> int:
        """Send a signal and return the exit status."""
        assert self.process is not None
        self.process.send_signal(sign)
        return self.process.wait(60)

    def is_lending(self) -> bool:
        """Return whether it says that it is up."""
        assert self.process is not None
        assert self.process.poll() is None, self.said
        with contextlib.suppress(OSError, ValueError):
            holder = json.loads((self.home / "run.lock").read_text())  # perhaps what a killed one wrote
            return holder["pid"] == str(self.process.pid) and holder["is_up"] is True
        return False

    def pids(self) -> dict[str, int]:
        """Return the processes that it remembers: postgres, valkey, web, worker and scheduler."""
        known = json.loads((self.home / "run.json").read_text())
        return {name: pid for name, (pid, _) in known.items()}

    def end_orphans(self) -> None:
        """End what a failed test left without its `./run`."""
        with contextlib.suppress(FileNotFoundError):
            for pid in self.pids().values():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def answers(self) -> bool:
        """Return whether the web answers that all is well."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(line):
            line.request("GET", "/up", headers={"Host": "localhost"})
            return line.getresponse().status == 200
        return False


@pytest.fixture(scope="module")
def running() -> Iterator[Platform]:
    """Return a running platform; it is ended whatever the tests did to it."""
    with homes.home() as home:
        homes.lend_packages(home)
        platform = Platform(home)
        platform.start()
        yield platform
        if platform.process and platform.process.poll() is None:
            platform.end(signal.SIGTERM)
        platform.end_orphans()


@pytest.fixture
def idle() -> Iterator[Platform]:
    """Return a platform that nobody started."""
    with homes.home() as home:
        homes.lend_packages(home)
        yield Platform(home)


def test_it_says_where_it_is_and_answers(running: Platform) -> None:
    assert f"http://localhost:{running.port}" in running.said
    assert running.answers()


def test_second_one_says_so(running: Platform) -> None:
    done = running.command()
    assert done.returncode == 1
    assert f"Kweek already runs from {running.home}" in done.stderr
    assert f"http://localhost:{running.port}" in done.stderr
    assert running.answers()


def test_only_worker_and_scheduler_hold_the_owners_address(running: Platform) -> None:
    holders = {name for name, pid in running.pids().items() if b"OWNER_DATABASE_URL" in environ_of(pid)}
    assert holders == {"worker", "worker-2", "scheduler"}
    assert not [pid for pid in running.pids().values() if b"SUPERUSER_DATABASE_URL" in environ_of(pid)]


def test_command_beside_uses_its_servers(running: Platform) -> None:
    before = running.pids()
    done = running.command("academy", "list")
    assert done.returncode == 0, done.stderr
    assert running.pids() == before
    assert running.answers()


def test_another_home_with_the_same_port_says_so(running: Platform, idle: Platform) -> None:
    done = idle.command(PORT=str(running.port))
    assert done.returncode == 1
    assert f"Port {running.port} is taken" in done.stderr
    assert not (idle.home / "postgres").exists()


def test_command_without_a_platform_starts_servers_for_itself(idle: Platform) -> None:
    done = idle.command("migrate")
    assert done.returncode == 0, done.stderr
    assert (idle.home / "postgres" / "data" / "PG_VERSION").exists()
    assert not (idle.home / "postgres" / "data" / "postmaster.pid").exists()
    assert not (idle.home / "run.json").exists()


@pytest.mark.parametrize("word", ["academy", "migrate", "shell", "doctor", "harden", "demo", "setup"])
def test_every_command_explains_itself(idle: Platform, word: str) -> None:
    done = idle.command(word, "--help")
    assert done.returncode == 0, done.stderr
    assert word in done.stdout
    assert not (idle.home / "postgres").exists()


@pytest.mark.parametrize("words", [("--help",), ("test", "--help")])
def test_help_needs_nothing_installed(words: tuple[str, ...]) -> None:
    with homes.home() as home:
        done = Platform(home).command(*words)
        assert done.returncode == 0
        assert "./run test" in done.stdout
        assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"PORT": "http"}, "PORT='http': give a whole number"),
        ({"DATABASE_URL": "postgres://platform_app:a@db/kweek"}, "DATABASE_URL is set alone"),
        ({"OWNER_DATABASE_URL": "postgres://platform_owner:a@db/kweek"}, "OWNER_DATABASE_URL is set alone"),
        ({"KWEEK_HOME": "/proc/kweek"}, "KWEEK_HOME=/proc/kweek cannot be used"),
        ({"KWEEK_CONFIG": "/no/such/file"}, "there is no such file"),
    ],
)
def test_bad_setting_is_told_before_anything_is_installed(given: dict[str, str], sentence: str) -> None:
    with homes.home() as home:
        done = Platform(home).command(**given)
        assert done.returncode == 1
        assert sentence in done.stderr
        assert "Traceback" not in done.stderr
        assert not (home / "venv").exists()


def test_owners_address_in_the_file_does_not_reach_the_web(idle: Platform) -> None:
    environ = {"DATABASE_URL": "postgres://platform_app:a@db/kweek", "REDIS_URL": "redis://cache",
               "OWNER_DATABASE_URL": "postgres://platform_owner:b@db/kweek"}  # fmt: skip
    world = World.at(idle.home, environ)
    (idle.home / "kweek.env").write_text("OWNER_DATABASE_URL=postgres://platform_owner:b@db/kweek\n")
    assert config.load(world.variables()).owner_database_url is None
    assert config.load(world.variables(owner=True)).owner_database_url is not None


@pytest.mark.slow
def test_what_is_killed_comes_back(running: Platform) -> None:
    for name in ("web", "worker", "scheduler", "valkey", "postgres"):
        before = running.pids()
        os.kill(before[name], signal.SIGKILL)
        assert wait_for(lambda: running.pids().get(name) not in (None, before[name]), 40), running.said  # noqa: B023
    assert wait_for(running.answers, 30), running.said
    assert running.said.count("started again") >= 5


@pytest.mark.slow
def test_killed_run_is_recovered_by_the_next(running: Platform) -> None:
    orphans = running.pids()
    running.end(signal.SIGKILL)
    assert all(environ_of(pid) for pid in orphans.values())
    running.start()
    assert running.answers()
    assert set(running.pids().values()) & set(orphans.values()) == set()
    assert not [pid for pid in orphans.values() if is_alive(pid)]


def test_sigterm_stops_everything(running: Platform) -> None:
    pids = running.pids()
    assert running.end(signal.SIGTERM) == 0
    assert not [name for name, pid in pids.items() if is_alive(pid)]
    assert running.said.index("web stopped") < running.said.index("worker stopped") < running.said.index("scheduler stop")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", running.port))


def environ_of(pid: int) -> bytes:
    """Return the environment that a process was started with."""
    return Path(f"/proc/{pid}/environ").read_bytes()


def is_alive(pid: int) -> bool:
    """Return whether the process exists and is no zombie."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def wait_for(is_true: Callable[[], bool], wait_s: float) -> bool:
    """Return whether it became true in time."""
    until = time.monotonic() + wait_s
    while time.monotonic() < until:
        if is_true():
            return True
        time.sleep(0.1)
    return False
