"""T01-T06 and T09: Postgres itself keeps academies apart. Each runs direct and through PgBouncer (T07)."""

from __future__ import annotations

import threading

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

import core.models
from core.db import BARE, CORE, academy_scope, checked_schema, db, schema_name
from core.errors import NoScope, NotAnAcademySchema
from core.harden import ESCAPES, open_escapes
from core.owner import connect
from tenants.models import academy_metadata
from tests.opened import Opened

pytestmark = pytest.mark.usefixtures("road")

VERBS = ("SELECT * FROM {}", "INSERT INTO {} DEFAULT VALUES", "UPDATE {} SET {c} = {c}", "DELETE FROM {}",
         "TRUNCATE {}", "DROP TABLE {}")  # fmt: skip


def state_of(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def refused(statement: str, **params: object) -> str | None:
    """Run `statement` in the present frame; return its SQLSTATE, or None if it went through."""
    try:
        db.session.execute(sa.text(statement), params)
    except DBAPIError as error:
        db.rollback()
        return state_of(error)
    return None


@pytest.mark.parametrize("verb", VERBS)
def test_T01_another_academys_role_gets_42501(academy: Opened, other: Opened, verb: str) -> None:
    for table in academy_metadata.sorted_tables:
        name = f"{other.scope.role}.{table.name}"
        column = next(iter(table.columns)).name
        with db.scope(academy.scope):
            assert refused(verb.format(name, c=column)) == "42501", name


def test_T01_positive_control_own_tables_can_be_read_and_written(academy: Opened) -> None:
    for table in academy_metadata.sorted_tables:
        name = f"{academy.scope.role}.{table.name}"
        column = next(iter(table.columns)).name
        with db.scope(academy.scope):
            assert refused(f"SELECT * FROM {name}") is None
            if table.name == "audit":  # append-only, also for the academy itself
                assert refused(f"DELETE FROM {name}") == "42501"
                continue
            assert refused(f"UPDATE {name} SET {column} = {column}") is None
            assert refused(f"DELETE FROM {name} WHERE false") is None


def test_T01_an_academy_reads_no_core_and_no_local_table(academy: Opened) -> None:
    tables = [*core.models.core_metadata.sorted_tables, *core.models.local_metadata.sorted_tables]
    for table in tables:
        with db.scope(academy.scope):
            assert refused(f"SELECT * FROM {table.fullname}") == "42501", table.fullname


def test_T02_login_role_reads_no_table(academy: Opened) -> None:
    tables = [f"{academy.scope.role}.{t.name}" for t in academy_metadata.sorted_tables]
    tables += [t.fullname for t in core.models.core_metadata.sorted_tables]
    tables += [t.fullname for t in core.models.local_metadata.sorted_tables]
    for name in tables:
        with db.scope(BARE):
            assert refused(f"SELECT * FROM {name}") == "42501", name


def test_T02_core_role_reads_no_academy_table(academy: Opened) -> None:
    for table in academy_metadata.sorted_tables:
        with db.scope(CORE):
            assert refused(f"SELECT * FROM {academy.scope.role}.{table.name}") == "42501"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT set_config('role', 'ac_2', true)",
        "SELECT set_config('search_path', 'core', true)",
        "SELECT query_to_xml('select 1', true, false, '')",
        "SELECT table_to_xml('pg_class', true, false, '')",
        "SELECT database_to_xml(true, false, '')",
        "SELECT cursor_to_xml('c', 1, true, false, '')",
        "SELECT * FROM ts_stat('select to_tsvector(''a'')')",
        "SELECT ts_rewrite('a'::tsquery, 'select ''a''::tsquery, ''b''::tsquery')",
        "UPDATE pg_settings SET setting = 'ac_2' WHERE name = 'role'",
        "SELECT lo_from_bytea(0, 'x')",
        "SELECT pg_sleep(0)",
        "SELECT * FROM pg_stat_get_activity(NULL)",
        "SELECT pg_logical_emit_message(false, 'a', 'b')",
        "SELECT pg_terminate_backend(0)",
        "DO $$ BEGIN PERFORM 1; END $$",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select 1'",
        "CREATE TEMPORARY TABLE t (a int)",
        "CREATE TABLE public.t (a int)",
        "CREATE SCHEMA evil",
    ],
)
def test_T03_escapes_are_refused(academy: Opened, statement: str) -> None:
    for scope in (academy.scope, CORE, BARE):
        with db.scope(scope):
            assert refused(statement) in ("42501", "3F000"), (scope.role, statement)


def test_T03_every_known_escape_is_closed_for_the_login_role(owner_url: str) -> None:
    with connect(owner_url) as owner:
        assert open_escapes(owner) == []
        row = owner.execute("SELECT count(*) FROM pg_proc WHERE proname = ANY(%s)", [list(ESCAPES)]).fetchone()
    assert row is not None
    assert row[0] >= len(ESCAPES) - 2, "the list names functions that this Postgres does not have"


@pytest.mark.parametrize("way", ["text", "text with parameters", "driver", "driver with parameters"])
def test_T04_stacked_statements_are_refused(academy: Opened, way: str) -> None:
    stacked = "SELECT 1; SELECT 2"
    with db.scope(academy.scope), pytest.raises(ProgrammingError) as caught:
        if way == "text":
            db.session.execute(sa.text(stacked))
        elif way == "text with parameters":
            db.session.execute(sa.text("SELECT :a; SELECT 2"), {"a": 1})
        elif way == "driver":
            db.session.connection().exec_driver_sql(stacked)
        else:
            db.session.connection().exec_driver_sql("SELECT %s; SELECT 2", (1,))
    assert state_of(caught.value) == "42601"


def test_T04_stacked_statements_are_refused_through_core_and_orm(academy: Opened) -> None:
    table = academy_metadata.tables["members"]
    injected = sa.literal_column("1; RESET ROLE")
    with db.scope(academy.scope), pytest.raises(ProgrammingError) as caught:
        db.session.execute(sa.select(injected).select_from(table))
    assert state_of(caught.value) == "42601"


def test_T06_connection_is_the_bare_login_role_after_commit_rollback_and_error(academy: Opened) -> None:
    def commits() -> None:
        with db.scope(academy.scope, commit=True):
            db.session.execute(sa.text("SELECT 1"))

    def rolls_back() -> None:
        with db.scope(academy.scope):
            db.session.execute(sa.text("SELECT 1"))

    def fails() -> None:
        with db.scope(academy.scope), pytest.raises(DBAPIError):
            db.session.execute(sa.text("SELECT 1/0"))

    for act in (commits, rolls_back, fails):
        act()
        assert bare_role(academy) == ("none", '"$user", public'), act.__name__


@pytest.mark.parametrize("statement", ["SET ROLE {}", "SET search_path = {}", "SET SESSION ROLE {}"])
@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_T06_a_leaked_set_does_not_reach_the_next_user(academy: Opened, statement: str, end: str) -> None:
    with db.scope(academy.scope):
        db.session.execute(sa.text(statement.format(academy.scope.role)))
        getattr(db, end)()
    assert bare_role(academy) == ("none", '"$user", public')
    with db.scope(BARE):
        assert refused(f"SELECT * FROM {academy.scope.role}.members") == "42501"


def bare_role(academy: Opened) -> tuple[str, str]:
    """Return role and search_path of a pooled connection, seen outside any transaction of ours."""
    engine = db.engine_of(academy.scope)
    raw = engine.raw_connection()
    try:
        cursor = psycopg.Cursor(raw.driver_connection)  # type: ignore[arg-type]
        cursor.execute("SELECT current_setting('role'), current_setting('search_path')")
        row = cursor.fetchone()
        assert row is not None
        return row[0], row[1]
    finally:
        raw.close()


def test_T06_after_kill_of_the_backend_the_pool_recovers(academy: Opened, owner_url: str) -> None:
    with db.scope(academy.scope):
        pid = db.session.scalar(sa.text("SELECT pg_backend_pid()"))
    with connect(owner_url) as owner:
        owner.execute("SELECT pg_terminate_backend(%s)", [pid])
    for _ in range(5):
        with db.scope(academy.scope):
            assert db.session.scalar(sa.text("SELECT current_user")) == academy.scope.role


def test_a_begin_that_fails_is_a_sqlalchemy_error() -> None:
    with db.scope(academy_scope(999_999)), pytest.raises(OperationalError):
        db.session.execute(sa.text("SELECT 1"))


def test_no_scope_no_work() -> None:
    with pytest.raises(NoScope):
        db.session.execute(sa.text("SELECT 1"))
    with pytest.raises(NoScope):
        db.engine_of(CORE).connect().execute(sa.text("SELECT 1"))


def test_T08_eight_threads_over_many_academies_never_leak(academies: list[Opened]) -> None:
    mistakes: list[str] = []

    def work(seed: int) -> None:
        for turn in range(120):
            one = academies[(seed * 31 + turn * 7) % len(academies)]
            with db.scope(one.scope):
                try:
                    if (seed + turn) % 5 == 0:
                        db.session.execute(sa.text("SELECT 1/0"))
                    name = db.session.scalar(sa.text("SELECT value #>> '{}' FROM settings WHERE name = 'mark'"))
                    if name != one.scope.role:
                        mistakes.append(f"{one.scope.role} saw {name}")
                    if (seed + turn) % 3 == 0:
                        db.commit()
                except DBAPIError:
                    pass

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert mistakes == []


@pytest.mark.parametrize("name", ["public", "ac_", "ac_1;", "ac_1 ", "AC_1", "ac_١", "core", "ac_1\n", ""])
def test_T09_other_schema_names_raise_before_any_sql(name: str) -> None:
    with pytest.raises(NotAnAcademySchema):
        checked_schema(name)


@pytest.mark.parametrize("number", [0, -1, True, "1", 1.0, None])
def test_T09_other_numbers_raise_before_any_sql(number: object) -> None:
    with pytest.raises(NotAnAcademySchema):
        schema_name(number)  # type: ignore[arg-type]


def test_aside_writes_two_schemas_in_one_transaction(academy: Opened) -> None:
    with db.scope(CORE):
        with db.aside(academy.scope):
            db.session.execute(sa.text("INSERT INTO settings (name, value) VALUES ('aside', '1')"))
            assert db.session.scalar(sa.text("SELECT current_user")) == academy.scope.role
        assert db.session.scalar(sa.text("SELECT current_user")) == "core_web"
        db.rollback()
    with db.scope(academy.scope):
        assert db.session.scalar(sa.text("SELECT count(*) FROM settings WHERE name = 'aside'")) == 0
