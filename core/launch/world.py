"""Everything that `./run` starts: servers, web, worker, scheduler; in order, watched, stopped in reverse.

Standard library only. State lies under the home: run.lock is held by the `./run` that serves, run.json names
its children, so that the next one ends what a kill -9 left behind.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from core.launch.cluster import Postgres, Valkey
from core.launch.venv import REPOSITORY

SLOWEST_RESTART_S = 30.0


class AlreadyRunning(RuntimeError):
    """Another `./run` serves from this home."""


class CannotStart(RuntimeError):
    """Something did not start; the message says what and where to look."""


@dataclass
class Child:
    """One process of ours that is started again when it dies."""

    name: str
    command: list[str]
    environ: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    again_at: float = 0.0

    def start(self) -> None:
        """Start it; its output goes to its log."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environ, cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    def stop(self, wait_s: float = 20) -> None:
        """Ask it to end, and insist after `wait_s` seconds."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(wait_s)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass
class World:
    """One home: its servers (embedded unless addresses are given) and the processes of the platform."""

    home: Path
    environ: dict[str, str]
    postgres: Postgres | None = None
    valkey: Valkey | None = None
    children: list[Child] = field(default_factory=list)
    _lock: IO[str] | None = None

    @classmethod
    def at(cls, home: Path, environ: dict[str, str]) -> World:
        """Return the world of `home`. Raises CannotStart when addresses are given by halves."""
        world = cls(home, dict(environ))
        if "DATABASE_URL" not in environ:
            world.postgres = Postgres(home / "postgres")
        elif "OWNER_DATABASE_URL" not in environ:
            raise CannotStart("DATABASE_URL is set, OWNER_DATABASE_URL is not: give the address of role "
                              "platform_owner too (docs/handbook.md, First installation).")  # fmt: skip
        if "REDIS_URL" not in environ:
            world.valkey = Valkey(home / "valkey")
        return world

    @property
    def port(self) -> int:
        """Return the port that the web listens on."""
        return int(self.environ.get("PORT", "8017"))

    def hold(self) -> None:
        """Take the home for this process. Raises AlreadyRunning."""
        self.home.mkdir(parents=True, exist_ok=True)
        lock = (self.home / "run.lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyRunning(lock.read().strip() or "?") from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}")
        lock.flush()
        self._lock = lock
        self._end_orphans()

    def start_servers(self) -> None:
        """Start the embedded servers and remember them."""
        for server in (self.postgres, self.valkey):
            if server is not None:
                server.start()
                self._remember()

    def stop_servers(self) -> None:
        """Stop the embedded servers, Valkey first."""
        for server in (self.valkey, self.postgres):
            if server is not None:
                server.stop()

    def variables(self, owner: bool = False, superuser: bool = False) -> dict[str, str]:
        """Return the environment of a process; only those that need it see the owner's address."""
        found = {"KWEEK_ENV": "development", **self.environ, "KWEEK_HOME": str(self.home), "PORT": str(self.port),
                 "PYTHONUNBUFFERED": "1"}  # fmt: skip
        for name in ("OWNER_DATABASE_URL", "SUPERUSER_DATABASE_URL"):
            found.pop(name, None)
        if self.postgres is not None:
            found["DATABASE_URL"] = self.postgres.url("platform_app")
        if self.valkey is not None:
            found["REDIS_URL"] = self.valkey.url
        if owner:
            found["OWNER_DATABASE_URL"] = (
                self.postgres.url("platform_owner") if self.postgres else self.environ["OWNER_DATABASE_URL"]
            )
        if superuser and self.postgres is not None:
            found["SUPERUSER_DATABASE_URL"] = self.postgres.superuser_url
        elif superuser and "SUPERUSER_DATABASE_URL" in self.environ:
            found["SUPERUSER_DATABASE_URL"] = self.environ["SUPERUSER_DATABASE_URL"]
        return found

    def command(self, *words: str, superuser: bool = False) -> int:
        """Run `python -m jobs.cli ...` as the owner; return its exit status."""
        return subprocess.call([sys.executable, "-m", "jobs.cli", *words], cwd=REPOSITORY,
                               env=self.variables(owner=True, superuser=superuser))  # fmt: skip

    def start_platform(self) -> None:
        """Start web, worker and scheduler, and wait until the web answers. Raises CannotStart."""
        logs = self.home / "logs"
        logs.mkdir(exist_ok=True)
        bind = self.environ.get("BIND", "127.0.0.1")
        web = [sys.executable, "-m", "gunicorn", "--bind", f"{bind}:{self.port}", "--worker-class", "gevent",
               "--workers", self.environ.get("WEB_WORKERS", "2"), "--worker-connections", "2000",
               "--graceful-timeout", "10", "--name", "kweek", "--no-control-socket", "wsgi:create_app()"]  # fmt: skip
        self.children = [
            Child("web", web, self.variables(), logs / "web.log"),
            Child("worker", [sys.executable, "-m", "jobs.worker"], self.variables(owner=True), logs / "worker.log"),
            Child("scheduler", [sys.executable, "-m", "jobs.scheduler"], self.variables(owner=True),
                  logs / "scheduler.log"),
        ]  # fmt: skip
        for child in self.children:
            child.start()
        self._remember()
        self._wait_for_web()

    def watch(self) -> None:
        """Start again what dies, more slowly each time. Returns never; Ctrl-C ends it."""
        while True:
            time.sleep(0.5)
            for server in (self.postgres, self.valkey):
                if server is not None and server.pid is None:
                    _say(f"{type(server).__name__} died; starting it again")
                    server.start()
                    self._remember()
            for child in self.children:
                self._look_after(child)

    def stop_platform(self) -> None:
        """Stop web, worker and scheduler, in this order."""
        for child in self.children:
            child.stop()
            _say(f"{child.name} stopped")

    def forget(self) -> None:
        """Note that nothing of ours runs any more."""
        (self.home / "run.json").unlink(missing_ok=True)

    def _look_after(self, child: Child) -> None:
        if child.process is None or child.process.poll() is None:
            return
        now = time.monotonic()
        if not child.again_at:
            child.deaths += 1
            child.again_at = now + min(SLOWEST_RESTART_S, 2.0 ** (child.deaths - 1))
            _say(f"{child.name} died (exit {child.process.returncode}); see {child.log}")
        elif now >= child.again_at:
            child.again_at = 0.0
            child.start()
            self._remember()
            _say(f"{child.name} started again")

    def _wait_for_web(self) -> None:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/up", headers={"Host": self._host()})
        web = self.children[0]
        for _ in range(300):
            if web.process is not None and web.process.poll() is not None:
                raise CannotStart(f"the web server stopped while starting:\n{_tail(web.log)}")
            try:
                with urllib.request.urlopen(request, timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise CannotStart(f"the web server did not answer within 30 seconds:\n{_tail(web.log)}")

    def _host(self) -> str:
        return self.environ.get("PLATFORM_DOMAINS", "localhost").split(",")[0].split(":")[0]

    def _remember(self) -> None:
        """Write which processes are ours, so that the next `./run` can end what a kill -9 of this one leaves."""
        pids = [server.pid for server in (self.postgres, self.valkey) if server is not None]
        pids += [child.process.pid for child in self.children if child.process is not None]
        known = {str(pid): _started(pid) for pid in pids if pid is not None}
        fresh = self.home / "run.json.new"
        fresh.write_text(json.dumps(known))
        fresh.replace(self.home / "run.json")

    def _end_orphans(self) -> None:
        """End processes of an earlier `./run` of this home, last started first; others with the same id stay."""
        with contextlib.suppress(OSError, ValueError):
            known: dict[str, str] = json.loads((self.home / "run.json").read_text())
            orphans = [int(pid) for pid, started in reversed(known.items()) if _started(int(pid)) == started]
            for pid in orphans:
                _say(f"ending process {pid}, left over from an earlier ./run")
                _end(pid)
        self.forget()


def _end(pid: int) -> None:
    started = _started(pid)
    for sign, wait_s in ((signal.SIGINT, 10.0), (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sign)
        until = time.monotonic() + wait_s
        while time.monotonic() < until:
            if _started(pid) != started:
                return
            time.sleep(0.05)


def _started(pid: int) -> str | None:
    """Return when the process started, in clock ticks since boot; None when it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def _tail(log: Path) -> str:
    with contextlib.suppress(OSError):
        return "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    return f"(nothing in {log})"


def _say(sentence: str) -> None:
    print(sentence, flush=True)
