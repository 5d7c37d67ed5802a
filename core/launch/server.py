"""One server of ours as a child process: started, awaited, stopped, and found again after a kill -9.

Standard library only. As root a server may run as user `nobody`, with a bare environment and no groups.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

LONGEST_SOCKET_DIR = 85  # a socket's path may have 107 bytes; the file's own name comes after
STOP_WITHIN_S = 60
# Only this: PGSERVICE and its like in somebody's shell must not reach our servers, nor their credentials.
BARE_ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}


class ServerFailed(RuntimeError):
    """A server did not start; the message holds the end of its log."""


class Server:
    """One child process that serves on a unix socket, in a home that no other process uses."""

    program = ""

    def __init__(self, home: Path, word: str) -> None:
        self.home = home
        self.socket_dir = socket_dir(home, word)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Return the process id while it runs."""
        return self.process.pid if self.process and self.process.poll() is None else None

    @property
    def log(self) -> Path:
        """Return where its log is written."""
        return self.home / "log"

    def kill9(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def _end(self, sign: signal.Signals) -> None:
        """Ask it to end, and insist after a minute."""
        if self.process is None:
            return
        self.process.send_signal(sign)
        try:
            self.process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def _spawn(self, command: list[str], directory: Path, identity: dict[str, Any]) -> None:
        """Start `command` in `directory`, by which `strays` knows it again."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                cwd=directory, env=BARE_ENVIRONMENT, **identity,
            )  # fmt: skip

    def _fail(self, what: str) -> ServerFailed:
        """Return the error to raise, with the end of the log; what was half started is ended."""
        self.kill9()
        with contextlib.suppress(OSError):
            what += "\n" + "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])
        return ServerFailed(what)


def end_strays(directory: Path, program: str, wait_s: float = 20) -> None:
    """End what serves from `directory` without a launcher: in order if it can, by force after `wait_s` seconds."""
    leaders = [pid for pid in strays(directory, program) if _parent(pid) not in strays(directory, program)]
    _signal(leaders, signal.SIGINT)
    until = time.monotonic() + wait_s
    while found := strays(directory, program):
        if time.monotonic() > until:
            _signal(found, signal.SIGKILL)
        time.sleep(0.02)


def strays(directory: Path, program: str) -> list[int]:
    """Return the processes of `program` that work in `directory`."""
    place = str(directory.resolve())
    return [int(entry.name) for entry in Path("/proc").iterdir()
            if entry.name.isdigit() and _works_in(entry, place, program)]  # fmt: skip


def _works_in(process: Path, directory: str, program: str) -> bool:
    with contextlib.suppress(OSError):
        return os.readlink(process / "cwd") == directory and (process / "comm").read_text().startswith(program)
    return False


def _parent(pid: int) -> int | None:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    return None


def _signal(pids: Iterable[int], sign: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sign)


def nobody() -> dict[str, Any]:
    """Return what makes a child run as `nobody` if we are root, and as ourselves otherwise."""
    if os.geteuid() != 0:
        return {}
    found = pwd.getpwnam("nobody")
    return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}


def give(path: Path, identity: dict[str, Any]) -> None:
    """Make `path` belong to whom a child will run as."""
    if identity:
        os.chown(path, identity["user"], identity["group"])


def is_open_to_all(path: Path) -> bool:
    """Return whether any user can come as far as `path`: `nobody` must, to run or read what is there."""
    return all(place.stat().st_mode & stat.S_IXOTH for place in (path, *path.parents))


def socket_dir(home: Path, word: str) -> Path:
    """Return where the sockets stand: in the home, or in /tmp when that path would be too long for a socket."""
    inside = home / "socket"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_DIR:
        return inside
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path("/tmp") / f"kweek-{os.geteuid()}-{word}-{digest}"


def fresh_dir(path: Path, identity: dict[str, Any]) -> None:
    """Make an empty directory that only its user may enter. Raises ServerFailed on somebody else's."""
    owner = identity.get("user", os.geteuid())
    with contextlib.suppress(FileNotFoundError):
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (owner, os.geteuid()):
            raise ServerFailed(f"{path} belongs to somebody else; remove it, or choose another KWEEK_HOME")
        shutil.rmtree(path)
    path.mkdir(mode=0o700)
    give(path, identity)
