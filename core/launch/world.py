"""Everything that `./run` starts: servers, web, worker, scheduler; in order, watched, stopped in reverse.

Standard library only. State lies under the home: run.lock is held by the `./run` that works there, run.json names
its children, so that the next one ends what a kill -9 left behind.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from core import config
from core.launch.cluster import Postgres, Valkey
from core.launch.venv import REPOSITORY
from core.launch.watch import Child, Watched

WEB_WITHIN_S = 60
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  asked, not bound
BOOT = Path("/proc/sys/kernel/random/boot_id")


class AlreadyRunning(RuntimeError):
    """Another `./run` works in this home: its process id, its address, and whether its servers may be used."""

    def __init__(self, pid: str = "?", url: str = "?", is_up: bool = False) -> None:
        super().__init__(pid)
        self.pid, self.url, self.is_up = pid, url, is_up


class CannotStart(RuntimeError):
    """Something did not start; the message says what and where to look."""


@dataclass
class World:
    """One home: its servers (embedded unless addresses are given) and the processes of the platform."""

    home: Path
    environ: dict[str, str]
    postgres: Postgres | None = None
    valkey: Valkey | None = None
    children: list[Child] = field(default_factory=list)
    settings: config.Config = field(init=False)
    _lock: IO[str] | None = None

    @classmethod
    def at(cls, home: Path, environ: dict[str, str]) -> World:
        """Return the world of `home`. Raises CannotStart when addresses are given by halves, ConfigError."""
        make_home(home)
        world = cls(home, dict(environ))
        given = [name for name in ("DATABASE_URL", "OWNER_DATABASE_URL") if environ.get(name)]
        if not given:
            world.postgres = Postgres(home / "postgres")
        elif len(given) == 1:
            raise CannotStart(f"{given[0]} is set alone: give DATABASE_URL (role platform_app) and OWNER_DATABASE_URL "
                              "(role platform_owner) together, or neither (docs/handbook.md, First installation).")  # fmt: skip
        if not environ.get("REDIS_URL"):
            world.valkey = Valkey(home / "valkey")
        world.settings = config.load(world.variables(owner=True))
        return world

    @property
    def port(self) -> int:
        """Return the port that the web listens on."""
        return self.settings.port

    @property
    def bind(self) -> str:
        """Return the address that the web listens on."""
        return self.settings.bind

    @property
    def url(self) -> str:
        """Return where a person finds the platform."""
        shown = "" if self.settings.public_port is None else f":{self.settings.public_port}"
        return f"{self.settings.scheme}://{self.settings.domains[0].name}{shown}"

    def hold(self) -> None:
        """Take the home for this process, and end what an earlier one left. Raises AlreadyRunning."""
        lock = (self.home / "run.lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise _holder(lock.read()) from None
        self._lock = lock
        self._sign(is_up=False)
        self._end_orphans()

    def _sign(self, is_up: bool) -> None:
        """Write into the lock who holds it, and whether others may use the servers."""
        assert self._lock is not None
        self._lock.truncate(0)
        self._lock.write(json.dumps({"pid": str(os.getpid()), "url": self.url, "is_up": is_up}))
        self._lock.flush()

    def start_servers(self) -> None:
        """Start the embedded servers."""
        for server in self._servers():
            server.start()
            self._remember()

    def stop_servers(self) -> None:
        """Stop the embedded servers, Valkey first."""
        for server in reversed(list(self._servers())):
            server.stop()

    def _servers(self) -> Iterator[Postgres | Valkey]:
        yield from (server for server in (self.postgres, self.valkey) if server is not None)

    def variables(self, owner: bool = False, superuser: bool = False) -> dict[str, str]:
        """Return the environment of a process; only those that need it see the owner's address."""
        found = {"KWEEK_ENV": "development", **self.environ, "KWEEK_HOME": str(self.home), "PYTHONUNBUFFERED": "1"}
        # The file is in self.environ already; read again, it would show the owner's address to the web.
        found["KWEEK_CONFIG"] = os.devnull
        secret = {name: found.pop(name, "") for name in ("OWNER_DATABASE_URL", "SUPERUSER_DATABASE_URL")}
        if self.postgres is not None:
            found["DATABASE_URL"] = self.postgres.url("platform_app")
            secret = {"OWNER_DATABASE_URL": self.postgres.url("platform_owner"),
                      "SUPERUSER_DATABASE_URL": self.postgres.superuser_url}  # fmt: skip
        if self.valkey is not None:
            found["REDIS_URL"] = self.valkey.url
        if owner:
            found["OWNER_DATABASE_URL"] = secret["OWNER_DATABASE_URL"]
        if superuser and secret["SUPERUSER_DATABASE_URL"]:
            found["SUPERUSER_DATABASE_URL"] = secret["SUPERUSER_DATABASE_URL"]
        return found

    def command(self, *words: str, superuser: bool = False) -> int:
        """Run `python -m jobs.cli ...` as the owner; return its exit status."""
        return subprocess.call([sys.executable, "-m", "jobs.cli", *words], cwd=REPOSITORY,
                               env=self.variables(owner=True, superuser=superuser))  # fmt: skip

    def set_up(self) -> None:
        """Make roles and schemas, harden, migrate; say nothing unless it fails. Raises CannotStart."""
        done = subprocess.run([sys.executable, "-m", "jobs.cli", "setup"], cwd=REPOSITORY, capture_output=True,
                              text=True, env=self.variables(owner=True, superuser=True))  # fmt: skip
        if done.returncode:
            raise CannotStart(f"setting up failed:\n{(done.stdout + done.stderr).strip()}")
        if self.postgres is not None:
            self._set_up_marker(self.postgres).touch()

    def is_set_up(self) -> bool:
        """Return whether the embedded database was set up before; a foreign one is its operator's matter."""
        return self.postgres is None or self._set_up_marker(self.postgres).exists()

    @staticmethod
    def _set_up_marker(postgres: Postgres) -> Path:
        return postgres.home / "set-up"

    def start_platform(self) -> None:
        """Start web, worker and scheduler, and wait until the web answers. Raises CannotStart."""
        logs = self.home / "logs"
        logs.mkdir(exist_ok=True)
        web = [sys.executable, "-m", "gunicorn", "--bind", f"{_bracketed(self.bind)}:{self.port}",
               "--worker-class", "gevent", "--workers", str(self.settings.web_workers),
               "--worker-connections", "2000", "--graceful-timeout", "10", "--name", "kweek",
               "--no-control-socket", "wsgi:create_app()"]  # fmt: skip
        worker, scheduler = ([sys.executable, "-m", name] for name in ("jobs.worker", "jobs.scheduler"))
        self.children = [
            Child("web", web, self.variables(), logs / "web.log"),
            *(Child(name, worker, self.variables(owner=True), logs / f"{name}.log") for name in self._worker_names()),
            Child("scheduler", scheduler, self.variables(owner=True), logs / "scheduler.log"),
        ]
        for child in self.children:
            child.start()
            self._remember()
        self._wait_for_web()
        self._sign(is_up=True)

    def _worker_names(self) -> list[str]:
        """Return a name for each worker: one that closes an academy for minutes must not hold up another's mail."""
        return ["worker", *(f"worker-{number}" for number in range(2, self.settings.workers + 1))]

    def watch(self) -> None:
        """Start again what dies. Returns never; Ctrl-C ends it."""
        watched = [Watched(type(one).__name__, lambda one=one: one.pid, one.start, _say)  # type: ignore[misc]
                   for one in self._servers()]  # fmt: skip
        watched += [Watched(f"{one.name} (log: {one.log})", lambda one=one: one.pid, one.start, _say)  # type: ignore[misc]
                    for one in self.children]  # fmt: skip
        while True:
            time.sleep(0.5)
            if any(one.look() for one in watched):
                self._remember()

    def stop_platform(self) -> None:
        """Stop web, worker and scheduler, in this order."""
        for child in self.children:
            child.stop()
            _say(f"{child.name} stopped")

    def forget(self) -> None:
        """Note that nothing of ours runs any more."""
        (self.home / "run.json").unlink(missing_ok=True)

    def _wait_for_web(self) -> None:
        host = WILDCARDS.get(self.bind, self.bind)
        request = urllib.request.Request(f"http://{_bracketed(host)}:{self.port}/up",
                                         headers={"Host": self.settings.domains[0].name})  # fmt: skip
        web, until = self.children[0], time.monotonic() + WEB_WITHIN_S
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        while time.monotonic() < until:
            if web.pid is None:
                raise CannotStart(f"the web server stopped while starting:\n{_tail(web.log)}")
            with contextlib.suppress(urllib.error.URLError, OSError), direct.open(request, timeout=5):
                return
            time.sleep(0.1)
        raise CannotStart(f"the web server did not answer within {WEB_WITHIN_S} seconds:\n{_tail(web.log)}")

    def _remember(self) -> None:
        """Write which processes are ours, so that the next `./run` can end what a kill -9 of this one leaves."""
        ours = {**{one.program: one.pid for one in self._servers()}, **{one.name: one.pid for one in self.children}}
        known = {name: [pid, _started(pid)] for name, pid in ours.items() if pid is not None}
        fresh = self.home / "run.json.new"
        fresh.write_text(json.dumps(known))
        fresh.replace(self.home / "run.json")

    def _end_orphans(self) -> None:
        """End processes of an earlier `./run` of this home, last started first; others with the same id stay."""
        with contextlib.suppress(OSError, ValueError, TypeError):
            known: dict[str, tuple[int, str]] = json.loads((self.home / "run.json").read_text())
            orphans = [(name, pid) for name, (pid, started) in known.items() if _started(pid) == started]
            for name, pid in reversed(orphans):
                _say(f"ending {name} (process {pid}), left over from an earlier ./run")
                _end(pid)
        self.forget()


def make_home(home: Path) -> None:
    """Make the home, closed to others; as root user nobody may pass through to Postgres' data. Raises CannotStart."""
    try:
        if not home.exists():
            home.mkdir(parents=True)
            home.chmod(0o700)
        if os.geteuid() == 0:
            home.chmod(home.stat().st_mode | stat.S_IXOTH)
        if not os.access(home, os.W_OK | os.X_OK):
            raise PermissionError("you may not write there")
    except OSError as error:
        raise CannotStart(f"KWEEK_HOME={home} cannot be used ({error}). Choose a directory of your own, such as "
                          "KWEEK_HOME=~/kweek ./run") from None  # fmt: skip


def _holder(text: str) -> AlreadyRunning:
    with contextlib.suppress(ValueError, TypeError):
        return AlreadyRunning(**json.loads(text))
    return AlreadyRunning()


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
    """Return which boot and which clock tick the process started at; None when it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return None if fields[0] == "Z" else f"{BOOT.read_text().strip()} {fields[19]}"
    except OSError:
        return None


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _tail(log: Path) -> str:
    with contextlib.suppress(OSError):
        return "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    return f"(nothing in {log})"


def _say(sentence: str) -> None:
    print(sentence, flush=True)
