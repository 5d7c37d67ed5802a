"""A real SMTP server that remembers what it took, and real workers that may be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.conftest import REPOSITORY


class PostOffice:
    """Takes mail on a loopback port."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.taken: list[Message] = []
        self.returned: list[str] = []
        self.raw: list[bytes] = []
        self.slow_s = 0.0
        self.refuses: str | None = None
        self.refuses_data: str | None = None
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        """Return its address for SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept the recipient, or refuse as told."""
        if self.refuses is not None:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take one mail, after thinking for `slow_s` seconds."""
        await asyncio.sleep(self.slow_s)
        if self.refuses_data is not None:
            return self.refuses_data
        self.taken.append(message_from_bytes(envelope.content or b""))  # type: ignore[arg-type]
        self.raw.append(envelope.content or b"")  # type: ignore[arg-type]
        self.returned.append(envelope.mail_from or "")
        return "250 taken"

    def open(self) -> None:
        """Begin to take mail."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def close(self) -> None:
        """Stop taking mail."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    @property
    def ids(self) -> list[str]:
        """Return the Message-IDs taken, in order."""
        return [str(mail["Message-ID"]) for mail in self.taken]


class WorkerProcess:
    """One `python -m jobs.worker`, or another module that is one."""

    def __init__(self, environ: dict[str, str], module: str = "jobs.worker") -> None:
        self.process = subprocess.Popen([sys.executable, "-m", module], cwd=REPOSITORY, env={**os.environ, **environ})

    def kill9(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """End it in order; return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


def wait_until(holds: Callable[[], bool], seconds: float = 60, pause_s: float = 0.05) -> bool:
    """Return whether `holds()` became true within `seconds`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(pause_s)
    return False
