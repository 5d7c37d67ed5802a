"""The owner's connection: DDL, provisioning, migrating and closing. The web process has none.

`OWNER_DATABASE_URL` names role platform_owner. gunicorn is started without it, so that no request,
however it is broken into, can change a schema or read across academies.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from core.config import config

Connection = psycopg.Connection[Any]


def dsn(url: str) -> str:
    """Return a SQLAlchemy URL as a libpq connection string."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def connect(url: str, **options: Any) -> Connection:
    """Return an autocommit connection; the caller closes it."""
    return psycopg.connect(dsn(url), autocommit=True, prepare_threshold=None, **options)


@contextmanager
def owner_connection() -> Iterator[Connection]:
    """Open a connection as platform_owner. Raises RuntimeError in a process that must not have one."""
    url = config().owner_database_url
    if url is None:
        raise RuntimeError("this process has no OWNER_DATABASE_URL: what needs DDL is a job")
    with connect(url) as connection:
        yield connection
