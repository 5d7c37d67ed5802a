"""What goes over the wire to Postgres: the extended protocol, where one message is one statement.

psycopg sends a statement without parameters by the simple protocol, which lets stacked statements
run. `ExtendedCursor` overrides psycopg's private `_execute_send` (psycopg is pinned, T04 tests it).
"""

from __future__ import annotations

import re
from typing import Any

import psycopg

_PLAIN_VERB = re.compile(rb"\s*(select|insert|update|delete|with|values)\b", re.IGNORECASE)


class ExtendedCursor(psycopg.Cursor[Any]):
    """A cursor that never stacks statements, and that notes statements which may outlive the transaction."""

    def _execute_send(self, query: Any, *, force_extended: bool = False, binary: bool | None = None) -> None:
        if not _PLAIN_VERB.match(query.query):
            self._conn.kweek_leaked = True  # type: ignore[attr-defined]
        super()._execute_send(query, force_extended=True, binary=binary)

    def stream(self, *args: Any, **kw: Any) -> Any:
        """Refuse: the house streams by keyset pages, and this path would bypass the extended protocol."""
        raise NotImplementedError("read in pages instead")

    def copy(self, *args: Any, **kw: Any) -> Any:
        """Refuse: COPY takes a plain statement; exports go through core/archive.py, which uses its own cursor."""
        raise NotImplementedError("COPY has a cursor of its own")


def leaked(connection: Any) -> bool:
    """Return whether a statement that may have changed the session ran on this connection."""
    return bool(getattr(connection, "kweek_leaked", False))


