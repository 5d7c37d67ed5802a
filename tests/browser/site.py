"""The real platform as processes (gunicorn, worker, scheduler) on a test worker's servers."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import REPOSITORY, Platform


@dataclass
class Site:
    """One running platform; `platform_url()` and `academy_url(slug)` name its hosts."""

    platform: Platform
    port: int = 0
    web_workers: int = 1
    graceful_s: int = 5
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _web_command: tuple[Any, ...] = ()

    def start(self) -> None:
        """Start all processes and wait until the web answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        environ = {**os.environ, **self.platform.environ(
            KWEEK_ENV="development", PORT=str(self.port), PUBLIC_PORT=str(self.port), CLOSING_UNDO_DAYS="0")}  # fmt: skip
        web = {name: value for name, value in environ.items() if name != "OWNER_DATABASE_URL"}
        self._web_command = (web, "gunicorn", "--bind", f"127.0.0.1:{self.port}", "--worker-class", "gevent", "--workers",
                    str(self.web_workers), "--graceful-timeout", str(self.graceful_s), "--no-control-socket", "wsgi:create_app()")  # fmt: skip
        self._spawn(*self._web_command)
        self._spawn(environ, "jobs.worker")
        self._spawn(environ, "jobs.scheduler")
        self._wait()

    @property
    def web(self) -> subprocess.Popen[bytes]:
        """Return gunicorn's first process."""
        return self._processes[0]

    def web_pids(self) -> list[int]:
        """Return the processes that answer requests."""
        return [int(pid) for pid in Path(f"/proc/{self.web.pid}/task/{self.web.pid}/children").read_text().split()]

    def start_web(self) -> None:
        """Start gunicorn anew in place of one that was killed, and wait until it answers."""
        self._processes[0] = self._made(*self._web_command)
        self._wait()

    def _spawn(self, environ: dict[str, str], *words: str) -> None:
        self._processes.append(self._made(environ, *words))

    def _made(self, environ: dict[str, str], *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", *words], env=environ, cwd=REPOSITORY)

    def _wait(self) -> None:
        request: Any = urllib.request.Request(f"http://127.0.0.1:{self.port}/up", headers={"Host": "localhost"})
        for _ in range(300):
            try:
                with urllib.request.urlopen(request, timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the site does not answer")

    def stop(self) -> None:
        """Stop all processes."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(30)

    def url(self, path: str = "/", slug: str | None = None) -> str:
        """Return the address of `path` on the platform's host, or in the academy at `slug`."""
        host = "localhost" if slug is None else f"{slug}.localhost"
        return f"http://{host}:{self.port}{path}"
