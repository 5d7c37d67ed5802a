"""Hears `academy_changed` (suspended, renamed, closed) and drops the cached hosts at once.

LISTEN needs a connection of its own: through PgBouncer it would reach another client.
"""

from __future__ import annotations

import logging
import threading
import time

import psycopg

from core.config import Config
from core.owner import dsn
from tenants.resolve import resolver

CHANNEL = "academy_changed"
log = logging.getLogger(__name__)


def start_hearing(config: Config) -> threading.Thread:
    """Start listening in the background; the cache's five seconds bound what a lost connection costs."""
    thread = threading.Thread(target=_hear_for_ever, args=(dsn(config.database_url),), daemon=True)
    thread.start()
    return thread


def _hear_for_ever(conninfo: str) -> None:
    while True:
        try:
            _hear(conninfo)
        except psycopg.Error as error:
            log.warning("cannot hear changes of academies", extra={"error": type(error).__name__})
        resolver.forget()
        time.sleep(3)


def _hear(conninfo: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(f"LISTEN {CHANNEL}")
        resolver.forget()
        for _ in connection.notifies():
            resolver.forget()
