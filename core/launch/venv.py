"""The virtual environment under the home: made once, renewed when the lock changes. Standard library only."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
LOCKS = {"run": "requirements.lock", "test": "requirements-dev.lock"}


class InstallFailed(RuntimeError):
    """The packages could not be installed; the message says what to do."""


def python_of(home: Path, kind: str) -> Path:
    """Return the interpreter that has the packages of `kind` ("run" or "test"), installing them if need be."""
    venv = home / ("venv" if kind == "run" else "venv-test")
    lock = REPOSITORY / LOCKS[kind]
    stamp = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    marker = venv / "lock-installed"
    if not marker.exists() or marker.read_text() != stamp:
        _install(venv, lock)
        marker.write_text(stamp)
    return venv / "bin" / "python"


def reexec(python: Path) -> None:
    """Go on in `python` unless this is it already."""
    if Path(sys.prefix).resolve() != python.parent.parent.resolve():
        os.execv(python, [str(python), *sys.argv])


def _install(venv: Path, lock: Path) -> None:
    print(f"Installing packages into {venv} (once) ...", flush=True)
    shutil.rmtree(venv, ignore_errors=True)
    venv.parent.mkdir(parents=True, exist_ok=True)
    # --without-pip works where Debian's python3-venv is missing; the pip that runs this installs into it.
    _run([sys.executable, "-m", "venv", "--without-pip", str(venv)])
    _run([sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(venv / "bin" / "python"),
          "install", "--quiet", "--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(lock)])  # fmt: skip


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        end = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
        raise InstallFailed(
            f"this failed: {' '.join(command[:4])} ...\n{end}\n"
            "Kweek needs pip (Debian: apt-get install python3-pip) and, the first time, a package index."
        )
