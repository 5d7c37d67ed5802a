"""Python processes on servers of a test, without the seconds of importing the platform: forked from one that has."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path

_nursery = multiprocessing.get_context("forkserver")
_nursery.set_forkserver_preload(["jobs.cli", "tenants.closing.machine", "tests.life.forked"])


class Forked:
    """A process that runs `code` with `environ` and nothing else of ours; Popen's words for what is needed here."""

    def __init__(self, code: str, environ: Mapping[str, str]) -> None:
        self._said = Path(tempfile.mkdtemp(prefix="kweek-forked-"))
        self._process = _nursery.Process(target=_live, args=(code, dict(environ), str(self._said)))
        self._process.start()

    @property
    def returncode(self) -> int | None:
        """Return its exit status, or minus the signal that ended it; None while it runs."""
        return self._process.exitcode

    def communicate(self, timeout: float) -> tuple[bytes, bytes]:
        """Return what it wrote to standard output and standard error, once it has ended. Raises TimeoutError."""
        self._process.join(timeout)
        if self._process.is_alive():
            self._process.kill()
            raise TimeoutError(f"not ended within {timeout} s")
        said = (self._said / "out").read_bytes(), (self._said / "err").read_bytes()
        for name in ("out", "err"):
            (self._said / name).unlink()
        self._said.rmdir()
        return said


def _live(code: str, environ: dict[str, str], said: str) -> None:
    """Run `code` in this process, which has just been forked."""
    for descriptor, name in ((1, "out"), (2, "err")):
        file = os.open(f"{said}/{name}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, descriptor)
        os.close(file)
    os.environ.clear()
    os.environ.update(environ)
    warnings.simplefilter("error")
    exec(code, {"__name__": "__main__"})
