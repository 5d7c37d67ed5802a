"""Migration of many academies: one message each, a failure stops one, the next run resumes (T15)."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.owner import Connection, owner_connection
from tenants.history import START, head_revision, steps
from tenants.migrate import UnknownRevision, behind_schemas, migrate_academies, pending
from tenants.provision import next_number, provision_schema
from tests.life.histories import longer
from tests.life.lives import Life

ADD = 'op.add_column("courses", sa.Column("subtitle", sa.Text, server_default="50% {off}: \'x\'", nullable=False))'
INDEX = 'op.create_index("ix_courses_subtitle", "courses", ["subtitle"])'
PYTHON = '''

def each_academy(scope):
    db.session.execute(sa.text("INSERT INTO settings (name, value) VALUES ('seen', to_jsonb(:n))"), {"n": scope.number})
    if db.session.execute(sa.text("SELECT count(*) FROM settings WHERE name = 'stop'")).scalar_one():
        raise RuntimeError("as the test wished")
'''


def made(owner: Connection, count: int) -> list[int]:
    """Return the numbers of new academies."""
    numbers = [next_number(owner) for _ in range(count)]
    for number in numbers:
        provision_schema(owner, number)
    return numbers


def columns(owner: Connection, number: int) -> set[str]:
    """Return the columns of the academy's courses."""
    rows = owner.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = 'courses'",
        [f"ac_{number}"],
    )
    return {row[0] for row in rows}


def test_T15_failure_on_one_of_a_hundred_stops_that_one_and_resumes(life: Life, tmp_path: Path) -> None:
    with owner_connection() as owner:
        numbers = made(owner, 100)
        bad = numbers[56]
        before = head_revision()
        owner.execute(f"ALTER TABLE ac_{bad}.courses ADD COLUMN subtitle text")
        with longer(tmp_path / "migrations", ADD, INDEX):
            report = migrate_academies()
            assert set(report.failed) == {bad} and report.failed[bad] == "DuplicateColumn 42701"
            assert behind_schemas(owner) == [(bad, before)]
            assert owner.execute("SELECT error FROM local.revisions WHERE number = %s", [bad]).fetchone() == (
                "DuplicateColumn 42701",
            )
            assert all("subtitle" in columns(owner, number) for number in numbers)
            owner.execute(f"ALTER TABLE ac_{bad}.courses DROP COLUMN subtitle")
            again = migrate_academies()
            assert (again.done, again.failed) == (1, {})
            assert behind_schemas(owner) == []
            default = owner.execute(
                "SELECT column_default FROM information_schema.columns WHERE table_schema = %s"
                " AND column_name = 'subtitle'", [f"ac_{bad}"],
            ).fetchone()
            assert default == ("'50% {off}: ''x'''::text",)
            undo(owner, before)


def test_T15_failure_in_the_middle_leaves_whole_revisions(life: Life, tmp_path: Path) -> None:
    with owner_connection() as owner:
        [number] = made(owner, 1)
        before = head_revision()
        broken = 'op.add_column("courses", sa.Column("half", sa.Text)); op.execute("SELECT 1/0")'
        with longer(tmp_path / "migrations", ADD, broken) as names:
            report = migrate_academies()
            assert report.failed[number] == "DivisionByZero 22012"
            assert dict(behind_schemas(owner))[number] == names[0]
            assert "half" not in columns(owner, number) and "subtitle" in columns(owner, number)
            undo(owner, before)


def test_python_step_runs_once_in_each_scope_and_resumes(life: Life, tmp_path: Path) -> None:
    with owner_connection() as owner:
        numbers = made(owner, 3)
        before = head_revision()
        owner.execute(f"INSERT INTO ac_{numbers[1]}.settings (name, value) VALUES ('stop', '1')")
        with longer(tmp_path / "migrations", ADD, each_academy=PYTHON) as names:
            report = migrate_academies()
            assert set(report.failed) == {numbers[1]}
            assert behind_schemas(owner) == [(numbers[1], f"{names[0]}+")]
            assert seen(owner, numbers[1]) is None
            owner.execute(f"DELETE FROM ac_{numbers[1]}.settings")
            assert migrate_academies().failed == {}
            assert [seen(owner, number) for number in numbers] == numbers
            undo(owner, before)


def test_schema_newer_than_the_code_is_left_alone(life: Life) -> None:
    with owner_connection() as owner:
        [number] = made(owner, 1)
        owner.execute("UPDATE local.revisions SET revision = '9999' WHERE number = %s", [number])
        assert migrate_academies().failed == {number: "UnknownRevision"}
        owner.execute("UPDATE local.revisions SET revision = %s, error = NULL WHERE number = %s",
                      [head_revision(), number])  # fmt: skip


def test_pending_names_what_a_schema_still_needs(tmp_path: Path) -> None:
    with longer(tmp_path / "migrations", ADD, INDEX, each_academy=PYTHON) as names:
        assert [step.revision for step in pending(names[0])] == [names[1]]
        assert [step.revision for step in pending(f"{names[1]}+")] == [names[1]]
        assert steps()[-1].after_sql == f"{names[1]}+"
        with pytest.raises(UnknownRevision):
            pending("nonsense")
    assert START not in {step.revision for step in steps()}


def seen(owner: Connection, number: int) -> int | None:
    """Return what the Python step wrote in the academy."""
    row = owner.execute(f"SELECT value FROM ac_{number}.settings WHERE name = 'seen'").fetchone()
    return row[0] if row else None


def undo(owner: Connection, before: str) -> None:
    """Bring every schema back to where the real history ends."""
    for (number,) in owner.execute("SELECT number FROM local.revisions").fetchall():
        owner.execute(f"ALTER TABLE ac_{number}.courses DROP COLUMN IF EXISTS subtitle")
    owner.execute("UPDATE local.revisions SET revision = %s, error = NULL", [before])
