"""The virtual environments under the home: one per lock, made once. Standard library only.

Each lock has a directory of its own, so that a new lock never takes the packages from under a running platform.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
LOCKS = {"run": "requirements.lock", "test": "requirements-dev.lock"}


class InstallFailed(RuntimeError):
    """The packages could not be installed; the message says what to do."""


def python_of(home: Path, kind: str) -> Path:
    """Return the interpreter that has the packages of `kind` ("run" or "test"), installing them if need be."""
    venv = venv_of(home, kind)
    with _alone(venv.parent):
        if not _marker(venv).exists():
            _install(venv, REPOSITORY / LOCKS[kind])
            _marker(venv).touch()
    return venv / "bin" / "python"


def venv_of(home: Path, kind: str) -> Path:
    """Return where the packages of `kind` lie; lock, Python and place are in its name."""
    seed = (REPOSITORY / LOCKS[kind]).read_bytes() + sys.version.encode() + os.fsencode(home)
    return home / "venv" / f"{kind}-{hashlib.sha256(seed).hexdigest()[:12]}"


def prune(home: Path, kind: str) -> None:
    """Remove the environments of earlier locks; call it only while nothing runs from them."""
    current = venv_of(home, kind)
    for old in current.parent.glob(f"{kind}-????????????"):
        if old != current:
            _marker(old).unlink(missing_ok=True)
            shutil.rmtree(old, ignore_errors=True)


def reexec(python: Path) -> None:
    """Go on in `python` unless this is it already."""
    if Path(sys.prefix).resolve() != python.parent.parent.resolve():
        os.execv(python, [str(python), *sys.argv])


@contextlib.contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Let one process install at a time."""
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o755)
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _marker(venv: Path) -> Path:
    return venv.with_name(f"{venv.name}.installed")


def _install(venv: Path, lock: Path) -> None:
    print(f"Installing packages into {venv} (once) ...", flush=True)
    shutil.rmtree(venv, ignore_errors=True)
    # --without-pip works where Debian's python3-venv is missing: the pip that runs this installs into it.
    has_pip = importlib.util.find_spec("pip") is not None
    _run([sys.executable, "-m", "venv", *(["--without-pip"] if has_pip else []), str(venv)])
    pip = [sys.executable, "-m", "pip", "--python", str(venv / "bin" / "python")]
    if not has_pip:
        pip = [str(venv / "bin" / "python"), "-m", "pip"]
    _run([*pip, "--disable-pip-version-check", "install", "--quiet", "--require-hashes", "--no-deps",
          "--only-binary", ":all:", "-r", str(lock)])  # fmt: skip


def _run(command: list[str]) -> None:
    # Everybody may read the packages: as root, Postgres runs from here as user nobody.
    done = subprocess.run(command, capture_output=True, text=True, umask=0o022)
    if done.returncode:
        end = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
        raise InstallFailed(
            f"this failed: {' '.join(command[:4])} ...\n{end}\n"
            "Kweek needs pip (Debian: apt-get install python3-pip) and, the first time, a package index."
        )
