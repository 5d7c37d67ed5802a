"""One open page as the feed sees it: whose it is, and the bytes that wait to be sent to it."""

from __future__ import annotations

import json
import queue
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

FULL: Final = 400


@dataclass(eq=False, slots=True)
class Line:
    """One open page. `waiting` holds bytes; None ends it: it fell behind, or its session ended, and it may come again."""

    member_id: UUID
    session: bytes
    language: str
    present: frozenset[UUID] = frozenset()
    is_over: bool = False
    waiting: queue.SimpleQueue[bytes | None] = field(default_factory=queue.SimpleQueue)

    def put(self, part: bytes) -> None:
        """Let the page have this; one that fell far behind is let go, and asks anew for what it missed."""
        if self.is_over:
            return
        if self.waiting.qsize() >= FULL:
            self.end()
        else:
            self.waiting.put(part)

    def end(self) -> None:
        """End it after what waits."""
        self.is_over = True
        self.waiting.put(None)

    def take(self, wait_s: float) -> bytes | None:
        """Return all that waits, at once; nothing (b"") when nothing came in time, None when it is over."""
        try:
            part = self.waiting.get(timeout=wait_s)
        except queue.Empty:
            return b""
        parts: list[bytes] = []
        while part is not None:
            parts.append(part)
            try:
                part = self.waiting.get_nowait()
            except queue.Empty:
                return b"".join(parts)
        if parts:
            self.waiting.put(None)  # said once more, after what came before it
        return b"".join(parts) or None


def event_bytes(name: str, data: dict[str, Any], at: datetime | None = None) -> bytes:
    """Return one server-sent event. `at` becomes its id: what changed later than this is sent after a reconnect."""
    stamp = f"id: {stamp_of(at)}\n" if at is not None else ""
    return f"{stamp}event: {name}\ndata: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


def stamp_of(at: datetime) -> int:
    """Return a moment as milliseconds since 1970."""
    return int(at.timestamp() * 1000)


def moment_of(stamp: str | None) -> datetime | None:
    """Return the moment of a stamp; None for none, and for anything else than one of this century."""
    if not stamp or not stamp.isascii() or not stamp.isdigit() or len(stamp) > 13:
        return None
    return datetime.fromtimestamp(int(stamp) / 1000, UTC)

