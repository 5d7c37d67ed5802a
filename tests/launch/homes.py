"""State directories for tests of ./run, with the packages of this Python lent to them."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from core import config
from core.launch.venv import venv_of


@contextlib.contextmanager
def home() -> Iterator[Path]:
    """Yield an empty directory that user `nobody` can reach, with a short path; it is removed afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="kweek-run-", dir="/tmp"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


def lend_packages(home: Path) -> None:
    """Let `./run` find the packages of this Python as installed in `home`."""
    venv = venv_of(home, "run")
    venv.parent.mkdir(parents=True)
    venv.symlink_to(sys.prefix)
    venv.with_name(f"{venv.name}.installed").touch()


def environ(home: Path, **more: str) -> dict[str, str]:
    """Return an environment without this shell's settings."""
    kept = {name: value for name, value in os.environ.items() if name not in config.SETTINGS | {"KWEEK_CONFIG"}}
    return {**kept, "KWEEK_HOME": str(home), "KWEEK_ENV": "development", **more}


def free_port() -> int:
    """Return a port that nobody listens on, below those that the system gives away by itself."""
    while True:
        port = random.randint(20000, 32000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
