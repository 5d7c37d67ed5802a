"""Closing: nothing of the academy is left, the other one never notices, the export is whole."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import timedelta

import psycopg
import pytest
import sqlalchemy as sa

from core import clock, keystore
from core.academies.models import STEPS, Academy, RestingSlug
from core.config import config
from core.crypto import FileCipher
from core.db import CORE, db
from core.owner import owner_connection
from tenants.closing.machine import close_academy, run_step
from tenants.people.models import Member
from tests.life.lives import Life, ask, closing_row, fill, remains
from tests.opened import Opened


def test_T42_closing_leaves_nothing_and_spares_the_other(life: Life, dying: Opened, living: Opened) -> None:
    fill(dying, "sanne")
    member_id = fill(living, "yusuf")
    ask(dying)
    with owner_connection() as owner:
        assert close_academy(owner, dying.number) == "done"
    assert not any(remains(dying).values())
    assert remains(living) | {"work": False} == {
        "schema": True, "role": True, "revision": True, "work": False, "files": True, "key": True,
    }  # fmt: skip
    with db.scope(living.scope):
        assert db.session.get_one(Member, member_id).first_name == "yusuf"


def test_closed_academy_keeps_receipt_and_resting_slug(life: Life, dying: Opened) -> None:
    fill(dying, "sanne")
    ask(dying)
    with owner_connection() as owner:
        close_academy(owner, dying.number)
    row = closing_row(dying)
    assert row["step"] == "done" and row["done_at"] is not None
    assert row["receipt"]["tables"]["members"] == 1
    assert row["receipt"]["tables"]["files"] == 1
    assert row["receipt"]["files"] == 1 and row["receipt"]["file_bytes"] == len("sanne")
    assert set(row["receipt"]["steps"]) == set(STEPS) - {"done"}
    with db.scope(CORE):
        academy = db.session.query(Academy).filter_by(number=dying.number).one()
        assert (academy.state, academy.slug) == ("closed", None)
        rest = db.session.get_one(RestingSlug, dying.slug)
        assert rest.until > clock.now() + timedelta(days=364)


def test_export_is_sealed_whole_and_without_credentials(life: Life, dying: Opened) -> None:
    fill(dying, "wilhelmina")
    closing_id = ask(dying)
    with owner_connection() as owner:
        close_academy(owner, dying.number)
    row = closing_row(dying)
    stored = (config().files_dir / "exports" / row["export_path"]).read_bytes()
    assert b"wilhelmina" not in stored and stored[:2] != b"PK"
    content = FileCipher(keystore.open("core"), closing_id).unseal_bytes(stored)
    assert hashlib.sha256(content).hexdigest() == row["export_sha256"]
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        members = json.loads(pack.read("tables/members.json"))
        files = [name for name in pack.namelist() if name.startswith("files/")]
        assert [pack.read(name) for name in files] == [b"wilhelmina"]
    assert members[0]["email"] == "wilhelmina@people.example"
    assert not {"password_hash", "email_index", "email_sealed"} & set(members[0])


def test_closing_waits_for_the_days_to_undo(life: Life, dying: Opened) -> None:
    ask(dying, days=30)
    with owner_connection() as owner:
        assert close_academy(owner, dying.number) == "waiting"
        assert all(remains(dying)[thing] for thing in ("schema", "role", "key"))
        with clock.shifted(timedelta(days=30, seconds=1)):
            assert close_academy(owner, dying.number) == "done"
    assert not any(remains(dying).values())


def test_T42_closing_twice_does_nothing_more(life: Life, dying: Opened) -> None:
    ask(dying)
    with owner_connection() as owner:
        close_academy(owner, dying.number)
        receipt = closing_row(dying)["receipt"]
        assert close_academy(owner, dying.number) == "done"
    assert closing_row(dying)["receipt"] == receipt


def test_T43_transaction_open_before_the_fence_writes_nothing_afterwards(life: Life, dying: Opened) -> None:
    """T43: one that has touched nothing is refused; one that wrote already is ended, and its write is gone."""
    member_id = fill(dying, "sanne")
    ask(dying)
    untouched, writing = (db.engine_of(dying.scope).execution_options(kweek_scope=dying.scope).connect() for _ in range(2))
    untouched.begin()
    writing.begin()
    writing.execute(sa.text("UPDATE members SET language = 'fr' WHERE id = :id"), {"id": member_id})
    with owner_connection() as owner:
        for _ in range(2):
            run_step(owner, dying.number)
        with pytest.raises(sa.exc.ProgrammingError) as refused:
            untouched.execute(sa.text(f"INSERT INTO {dying.scope.role}.settings (name, value) VALUES ('late', '1')"))
        assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)
        step, _ = run_step(owner, dying.number)
        assert step == "cancel"
        with pytest.raises(sa.exc.OperationalError):
            writing.execute(sa.text("SELECT 1"))
        assert owner.execute(f"SELECT language FROM {dying.scope.role}.members").fetchone() == (None,)
        assert owner.execute(f"SELECT count(*) FROM {dying.scope.role}.settings").fetchone() == (0,)
        for connection in (untouched, writing):
            connection.invalidate()
            connection.close()
        close_academy(owner, dying.number)
    assert closing_row(dying)["receipt"]["transactions_ended"] == 1


def test_T43_late_work_of_an_open_transaction_is_cancelled(life: Life, dying: Opened) -> None:
    """A transaction that told the platform of work before the fence, and commits after it, leaves no work behind."""
    ask(dying)
    late = db.engine_of(dying.scope).execution_options(kweek_scope=dying.scope).connect()
    transaction = late.begin()
    late.execute(
        sa.text("SELECT local.put_work(:id, 'academies.tell_members', '{}', NULL, 5, NULL)"),
        {"id": "0190a000-0000-7000-8000-000000000001"},
    )
    with owner_connection() as owner:
        while run_step(owner, dying.number)[0] != "export":
            pass
        transaction.commit()
        late.close()
        assert remains(dying)["work"]
        close_academy(owner, dying.number)
    assert not any(remains(dying).values())
    assert closing_row(dying)["receipt"]["late_work_cancelled"] == 1


def test_T43_new_transactions_are_refused_after_the_fence(life: Life, dying: Opened) -> None:
    ask(dying)
    with owner_connection() as owner:
        run_step(owner, dying.number)
        run_step(owner, dying.number)
        with pytest.raises(sa.exc.OperationalError, match="permission denied"), db.scope(dying.scope):
            db.session.execute(sa.text("SELECT 1"))
        close_academy(owner, dying.number)


def test_damaged_value_does_not_keep_an_academy_from_closing(life: Life, dying: Opened) -> None:
    fill(dying, "sanne")
    with owner_connection() as owner:
        owner.execute(f"UPDATE {dying.scope.role}.members SET last_name_sealed = '\\x00'")
        ask(dying)
        assert close_academy(owner, dying.number) == "done"
    assert closing_row(dying)["receipt"]["unreadable"] == 1
