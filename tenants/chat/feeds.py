"""The feeds of this process, one for each academy of which a page is open, and how many pages it holds open."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from core.db import Scope
from tenants.chat.feed import Draw, Feed
from tenants.chat.lines import Line

MOST_LINES: Final = 1_500
# One academy leaves a third of a process to the others; one person opens as many browsers as they have hands for.
MOST_OF_ACADEMY: Final = 1_000
MOST_OF_ONE: Final = 6


class Feeds:
    """The feeds of this process, one for each academy of which a page is open."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._feeds: dict[str, Feed] = {}
        self.is_ending = False

    def join(self, scope: Scope, line: Line, draw: Draw, is_open: Callable[[], bool]) -> Callable[[], None] | None:
        """Begin to send to a page; return what ends it, None where no more pages can be held open."""
        with self._lock:
            if self.is_ending or self._is_full(scope, line):
                return None
            feed = self._feeds.get(scope.holder)
            if feed is None:
                feed = self._feeds[scope.holder] = Feed(scope, draw, is_open, self._drop)
            feed.join(line, draw, is_open)
        return lambda: self._leave(feed, line)

    def _is_full(self, scope: Scope, line: Line) -> bool:
        feed = self._feeds.get(scope.holder)
        if feed is not None and (len(feed.lines.get(line.member_id, ())) >= MOST_OF_ONE or feed.count() >= MOST_OF_ACADEMY):
            return True
        return self.count() >= MOST_LINES

    def count(self) -> int:
        """Return how many pages are open."""
        return sum(feed.count() for feed in self._feeds.values())

    def _leave(self, feed: Feed, line: Line) -> None:
        with self._lock:
            feed.leave(line)

    def _drop(self, feed: Feed) -> bool:
        """Forget a feed that nobody listens to; return whether it was forgotten."""
        with self._lock:
            if feed.lines:
                return False
            if self._feeds.get(feed.holder) is feed:
                del self._feeds[feed.holder]
            return True

    def end_all(self) -> None:
        """End every page, for this process ends; they come again to another."""
        with self._lock:
            self.is_ending = True
            feeds = list(self._feeds.values())
        for feed in feeds:
            for line in feed.all_lines():
                line.end()


feeds = Feeds()
