"""Embedded servers: nothing is lost by kill -9, strays are ended, other people's directories are refused."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from core.launch import server
from core.launch.cluster import Postgres, Valkey
from core.owner import dsn
from tests.launch import homes

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts Postgres as another user")


@pytest.fixture
def home() -> Iterator[Path]:
    """Return an empty state directory."""
    with homes.home() as directory:
        yield directory


@pytest.fixture
def postgres(home: Path) -> Iterator[Postgres]:
    """Return a running Postgres that writes as a real one does."""
    found = Postgres(home / "pg")
    found.start()
    yield found
    found.stop()


@pytest.fixture
def valkey(home: Path) -> Iterator[Valkey]:
    """Return a running Valkey."""
    found = Valkey(home / "kv")
    found.start()
    yield found
    found.stop()


def ask(postgres: Postgres, statement: str) -> object:
    """Return the first value of the first row, if there is one, and commit."""
    with psycopg.connect(dsn(postgres.superuser_url)) as connection:
        cursor = connection.execute(statement)  # type: ignore[call-overload]
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def test_committed_row_survives_kill9(postgres: Postgres) -> None:
    ask(postgres, "CREATE TABLE t AS SELECT 7 AS n")
    postgres.kill9()
    postgres.start()
    assert ask(postgres, "SELECT n FROM t") == 7


def test_it_writes_safely_and_has_room(postgres: Postgres) -> None:
    assert ask(postgres, "SHOW fsync") == "on"
    assert ask(postgres, "SHOW max_connections") == "200"
    assert ask(postgres, "SHOW listen_addresses") == ""


def test_only_a_password_opens_it(postgres: Postgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"host={postgres.socket_dir} port={postgres.port} dbname=kweek user=postgres password=guess")


def test_secrets_and_sockets_are_for_their_user(postgres: Postgres) -> None:
    assert postgres.socket_dir.stat().st_mode & 0o777 == 0o700
    for role in ("postgres", "platform_app", "platform_owner"):
        postgres.url(role)
        secret = postgres.home.parent / f".{postgres.home.name}-{role}"
        assert secret.stat().st_mode & 0o777 == 0o600
    assert not (postgres.home / "word").exists()


def test_server_sees_nothing_of_our_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWNER_DATABASE_URL", "postgresql://secret")
    monkeypatch.setenv("PGPORT", "1")  # somebody's shell
    found = Valkey(home / "kv")
    postgres = Postgres(home / "pg", fsync=False)
    for one in (found, postgres):
        one.start()
        assert b"OWNER_DATABASE_URL" not in Path(f"/proc/{one.pid}/environ").read_bytes()
        one.stop()


@as_root
def test_as_root_it_runs_as_nobody_without_groups(postgres: Postgres) -> None:
    status = Path(f"/proc/{postgres.pid}/status").read_text()
    lines = dict(line.split(":", 1) for line in status.splitlines())
    assert set(lines["Uid"].split()) == {"65534"}
    assert lines["Groups"].strip() in ("", "65534")
    assert postgres.home.stat().st_uid == 0


def test_stray_postgres_is_ended_before_a_start(postgres: Postgres) -> None:
    stray = postgres.process
    assert stray is not None
    ask(postgres, "CREATE TABLE t AS SELECT 7 AS n")
    postgres.process = None  # what the next ./run knows after a kill -9 of this one
    postgres.start()
    assert stray.wait(5) == 0  # in order: nothing to recover
    assert ask(postgres, "SELECT n FROM t") == 7


def test_stray_valkey_is_ended_before_a_start(valkey: Valkey) -> None:
    stray = valkey.process
    assert stray is not None
    redis.Redis.from_url(valkey.url).set("a", "1")
    valkey.process = None
    valkey.start()
    assert stray.wait(5) == 0
    assert redis.Redis.from_url(valkey.url).get("a") == b"1"


def test_neighbours_are_no_strays(home: Path, postgres: Postgres) -> None:
    neighbour = Postgres(home / "other", fsync=False)
    neighbour.start()
    server.end_strays(home / "third", "postgres")
    assert postgres.pid and neighbour.pid
    assert neighbour.socket_dir != postgres.socket_dir
    neighbour.stop()


def test_pid_file_with_the_number_of_another_program_is_no_obstacle(postgres: Postgres) -> None:
    postgres.kill9()
    server.end_strays(postgres.data, "postgres")
    pid_file = postgres.data / "postmaster.pid"
    words = pid_file.read_text().splitlines()
    other = subprocess.Popen(["sleep", "60"], **server.nobody())
    try:
        pid_file.write_text("\n".join([str(other.pid), *words[1:]]) + "\n")
        postgres.start()
        assert ask(postgres, "SELECT 1") == 1
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_cut_initdb_is_done_again(home: Path) -> None:
    (home / "pg" / "data.new").mkdir(parents=True)
    (home / "pg" / "data.new" / "PG_VERSION").write_text("18")
    found = Postgres(home / "pg", fsync=False)
    found.start()
    assert ask(found, "SELECT 1") == 1
    found.stop()


def test_failed_start_shows_the_log(home: Path) -> None:
    found = Postgres(home / "pg", fsync=False)
    found.start()
    found.stop()
    (found.data / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(server.ServerFailed, match=r"postgresql\.conf.*contains errors"):
        found.start()
    assert found.pid is None


def test_long_home_has_its_sockets_in_tmp(home: Path) -> None:
    found = Postgres(home / ("long" * 25) / "pg", fsync=False)
    assert found.socket_dir.parent == Path("/tmp")
    found.start()
    assert ask(found, "SELECT 1") == 1
    found.stop()
    assert not found.socket_dir.exists()


@as_root
def test_directory_of_somebody_else_is_refused(home: Path) -> None:
    found = Postgres(home / "pg", fsync=False)
    found.socket_dir.mkdir(parents=True)
    os.chown(found.socket_dir, 12345, 12345)
    with pytest.raises(server.ServerFailed, match="belongs to somebody else"):
        found.start()


def test_link_in_place_of_a_directory_is_refused(home: Path) -> None:
    (home / "target").mkdir()
    (home / "socket").symlink_to(home / "target")
    with pytest.raises(server.ServerFailed, match="belongs to somebody else"):
        server.fresh_dir(home / "socket", {})
    assert (home / "target").exists()


@as_root
def test_home_that_nobody_cannot_reach_is_named(home: Path) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(server.ServerFailed, match=f"cannot enter {closed}"):
        Postgres(closed / "kweek" / "pg").start()
    assert closed.stat().st_mode & 0o777 == 0o700  # we say so, and change nobody's directories


@as_root
def test_programs_that_nobody_cannot_read_are_copied(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.launch.cluster.is_open_to_all", lambda path: "site-packages" not in str(path))
    found = Postgres(home / "pg", fsync=False)
    found.start()
    assert found.binary("postgres").is_relative_to(found.home / "programs")
    assert ask(found, "SELECT 1") == 1
    found.stop()


def test_stop_ends_open_sessions_quickly(home: Path) -> None:
    found = Postgres(home / "pg", fsync=False)
    found.start()
    with psycopg.connect(dsn(found.superuser_url)) as connection:
        connection.execute("SELECT 1")
        before = time.monotonic()
        found.stop()
        assert time.monotonic() - before < 10
        connection.close()
    assert found.pid is None
