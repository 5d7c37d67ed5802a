"""One engine per cluster, one session per scope; every transaction begins as one role.

A *scope* says as whom Postgres runs what follows: `CORE` (role core_web), one academy (role ac_7)
or `BARE` (the login role, which may only ask core whose host it is). A *frame* is one opened scope with
its session and transaction. Work without a frame raises NoScope: no academy, no work.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase

from core import sealed
from core.errors import NoScope, NotAnAcademySchema
from core.schema import NAMING
from core.wire import ExtendedCursor, leaked

ACADEMY_SCHEMA = re.compile(r"ac_[0-9]+", re.ASCII)
STATEMENT_TIMEOUT_S = 15
SCHEMAS_PER_CONNECTION = 200
# An academy always takes the same one of so many pools, so that its connections know its tables already.
LANES = 4
CONNECTIONS_PER_LANE = 5
CONNECTION_AGE_S = 1800

core_metadata = sa.MetaData(schema="core", naming_convention=NAMING)
local_metadata = sa.MetaData(schema="local", naming_convention=NAMING)
academy_metadata = sa.MetaData(naming_convention=NAMING)
_TYPES = {datetime: sa.DateTime(timezone=True), str: sa.Text()}


class CoreBase(sealed.SealedMixin, DeclarativeBase):
    """A row of the shared schema `core`."""

    metadata = core_metadata
    type_annotation_map = _TYPES


class LocalBase(DeclarativeBase):
    """A row of schema `local`, one per cluster: work to do and revisions, no content."""

    metadata = local_metadata
    type_annotation_map = _TYPES


class AcademyBase(sealed.SealedMixin, DeclarativeBase):
    """A row of one academy's schema; the search_path decides which."""

    metadata = academy_metadata
    type_annotation_map = _TYPES


def schema_name(number: int) -> str:
    """Return `ac_<number>`. Raises NotAnAcademySchema for anything but a natural number."""
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise NotAnAcademySchema(repr(number))
    return checked_schema(f"ac_{number}")


def checked_schema(name: str) -> str:
    """Return `name` if it is an academy's schema name, else raise NotAnAcademySchema before any SQL."""
    if not isinstance(name, str) or not ACADEMY_SCHEMA.fullmatch(name):
        raise NotAnAcademySchema(repr(name))
    return name


@dataclass(frozen=True)
class Scope:
    """As whom a transaction runs: role, search_path, and the academy's number (None outside academies)."""

    role: str
    path: str
    number: int | None = None
    cluster: str = "main"
    timeout_s: int = STATEMENT_TIMEOUT_S

    @property
    def begin_message(self) -> str:
        """Return the one message that begins each transaction of this scope."""
        return (
            "RESET ROLE; RESET search_path; BEGIN; "
            f"SET LOCAL ROLE {self.role}; SET LOCAL search_path = {self.path}; "
            f"SET LOCAL statement_timeout = '{self.timeout_s}s'"
        )

    @property
    def holder(self) -> str:
        """Return whose key seals what this scope writes: "core" or "ac_7"."""
        return "core" if self.number is None else self.role


CORE = Scope("core_web", "core, pg_temp")
BARE = Scope("none", "pg_temp")


def academy_scope(number: int, cluster: str = "main", timeout_s: int = STATEMENT_TIMEOUT_S) -> Scope:
    """Return the scope of academy `number`."""
    name = schema_name(number)
    return Scope(name, f"{name}, pg_temp", number, cluster, timeout_s)


_serial = itertools.count(1)


@dataclass
class Frame:
    """One opened scope; `connectable` is an engine, or the outer frame's connection for an aside."""

    scope: Scope
    connectable: Any
    after_commit: list[Any] = field(default_factory=list)
    token: int = field(default_factory=lambda: next(_serial))


_frame: ContextVar[Frame | None] = ContextVar("kweek_frame", default=None)


def _current_token() -> int:
    return _current_frame().token


def _current_frame() -> Frame:
    frame = _frame.get()
    if frame is None:
        raise NoScope("open db.scope(...) first: no academy, no work")
    return frame


class ScopedSession(FlaskSession):
    """A session whose every transaction runs in the frame that it was made in."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kw: Any) -> Any:
        """Return the frame's engine (or connection, for an aside)."""
        return _current_frame().connectable if bind is None else bind


class Database(SQLAlchemy):
    """Flask-SQLAlchemy with our engines and with sessions keyed by frame instead of app context."""

    def __init__(self) -> None:
        super().__init__(
            session_options={"class_": ScopedSession, "scopefunc": _current_token, "expire_on_commit": False}
        )
        self.clusters: dict[str, tuple[sa.Engine, ...]] = {}

    def connect(self, url: str, cluster: str = "main", **options: Any) -> None:
        """Make the engines of `cluster`; replaces (and disposes of) earlier ones."""
        self._dispose(cluster)
        self.clusters[cluster] = tuple(make_engine(url, **options) for _ in range(LANES))

    def engine_of(self, scope: Scope) -> sa.Engine:
        """Return the engine whose connections serve `scope`."""
        lanes = self.clusters[scope.cluster]
        return lanes[(scope.number or 0) % len(lanes)]

    def dispose(self) -> None:
        """Close every connection of every cluster."""
        for cluster in list(self.clusters):
            self._dispose(cluster)

    def _dispose(self, cluster: str) -> None:
        for engine in self.clusters.pop(cluster, ()):
            engine.dispose()

    def current(self) -> Scope:
        """Return the present scope. Raises NoScope outside a frame."""
        return _current_frame().scope

    def has_frame(self) -> bool:
        """Return whether a frame is open here."""
        return _frame.get() is not None

    @contextmanager
    def scope(self, scope: Scope, commit: bool = False) -> Iterator[Frame]:
        """Open a frame with a session and transaction of its own; roll back unless committed."""
        engine = self.engine_of(scope).execution_options(kweek_scope=scope)
        with self._frame(Frame(scope, engine), commit) as frame:
            yield frame

    @contextmanager
    def aside(self, scope: Scope) -> Iterator[Frame]:
        """Run as `scope` inside the outer frame's own transaction, so that both commit at once or not at all."""
        outer = _current_frame()
        self.session.flush()
        connection = self.session.connection()
        _say(connection, scope)
        try:
            with self._frame(Frame(scope, connection, outer.after_commit), flush=True) as frame:
                yield frame
        finally:
            if connection.in_transaction() and not connection.invalidated:
                _say(connection, outer.scope)

    @contextmanager
    def _frame(self, frame: Frame, commit: bool = False, flush: bool = False) -> Iterator[Frame]:
        outer = _frame.set(frame)
        try:
            yield frame
            if flush:
                self.session.flush()
            if commit:
                self.commit()
        finally:
            try:
                self.session.remove()
            finally:
                _frame.reset(outer)

    def commit(self) -> None:
        """Commit the frame's transaction, then run what waits for it. Only the edge calls this."""
        frame = _current_frame()
        self.session.commit()
        waiting, frame.after_commit = frame.after_commit, []
        for act in waiting:
            act()

    def rollback(self) -> None:
        """Roll the frame's transaction back and forget what waited for its commit."""
        _current_frame().after_commit.clear()
        self.session.rollback()

    def after_commit(self, act: Any) -> None:
        """Call `act()` once this frame has committed (a wake-up of the workers, never the work itself)."""
        _current_frame().after_commit.append(act)

    def release(self) -> None:
        """Give the connection back early, keeping loaded rows readable; for streams."""
        self.session.commit()

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Any) -> sa.Engine:
        return self.engine_of(CORE)

    def _teardown_session(self, exc: BaseException | None) -> None:
        """Frames clean up after themselves; a request's app context has nothing of its own."""


def _say(connection: sa.Connection, scope: Scope) -> None:
    raw = connection.connection.dbapi_connection
    assert raw is not None
    message = f"SET LOCAL ROLE {scope.role}; SET LOCAL search_path = {scope.path}"
    psycopg.Cursor(raw).execute(message)  # type: ignore[arg-type, call-overload, unused-ignore]


def make_engine(url: str, **options: Any) -> sa.Engine:
    """Return an engine that begins each transaction as one role, speaking the extended protocol only."""
    options.setdefault("pool_size", CONNECTIONS_PER_LANE)
    options.setdefault("max_overflow", CONNECTIONS_PER_LANE)
    engine = sa.create_engine(
        url,
        pool_recycle=CONNECTION_AGE_S,
        hide_parameters=True,  # what people wrote must not reach a log with an error
        connect_args={"autocommit": True, "prepare_threshold": None, "cursor_factory": ExtendedCursor},
        **options,
    )
    event.listen(engine, "begin", _begin)
    event.listen(engine, "checkin", _checkin)
    return engine


def _begin(connection: sa.Connection) -> None:
    scope = connection.get_execution_options().get("kweek_scope")
    if scope is None:
        raise NoScope("a transaction without a scope")
    try:
        _send_begin(connection, scope)
    except psycopg.OperationalError as error:
        if not _is_gone(connection):
            raise OperationalError("begin", None, error) from error
        _begin_anew(connection, scope)
    except psycopg.Error as error:
        raise OperationalError("begin", None, error) from error


def _begin_anew(connection: sa.Connection, scope: Scope) -> None:
    """Begin once more on a fresh connection: the server was restarted while this one lay in the pool."""
    connection.invalidate()
    try:
        _send_begin(connection, scope)
    except psycopg.Error as error:
        connection.invalidate()
        raise OperationalError("begin", None, error, connection_invalidated=True) from error


def _send_begin(connection: sa.Connection, scope: Scope) -> None:
    raw: Any = connection.connection.dbapi_connection
    psycopg.Cursor(raw).execute(scope.begin_message)  # type: ignore[call-overload, unused-ignore]
    visited = connection.connection.info.setdefault("kweek_schemas", set())
    visited.add(scope.role)


def _is_gone(connection: sa.Connection) -> bool:
    raw: Any = connection.connection.dbapi_connection
    return bool(raw.closed or raw.broken)


def _checkin(raw: Any, record: Any) -> None:
    """Bring a connection back to the bare login role; retire one that knows too many schemas."""
    if raw is None or record is None:
        return
    if leaked(raw):
        _wash(raw, record)
    if len(record.info.get("kweek_schemas", ())) > SCHEMAS_PER_CONNECTION:
        record.info.pop("kweek_schemas", None)
        record.invalidate()


def _wash(raw: Any, record: Any) -> None:
    try:
        psycopg.Cursor(raw).execute("ROLLBACK; RESET ROLE; RESET search_path")
        raw.kweek_leaked = False
    except psycopg.Error as error:
        record.invalidate(error)


db = Database()
sealed.use_holder(lambda: db.current().holder)

__all__ = ["BARE", "CORE", "AcademyBase", "CoreBase", "Frame", "LocalBase", "Scope", "academy_scope", "db"]
