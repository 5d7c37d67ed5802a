"""T37 and T38 through the mapped descriptor: what a model's encrypted column does."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import DeclarativeBase, Mapped
from structlog.testing import capture_logs

from core import crypto, ids, keystore, sealed
from core.errors import NoScope, Tampered
from core.keystore import Keystore
from core.schema import key
from core.sealed import Sealed, SealedMixin

WORDS = "jan.jansen@voorbeeld.nl"
_whose: ContextVar[str] = ContextVar("whose", default="ac_1")


@contextmanager
def frame(holder: str) -> Iterator[None]:
    token = _whose.set(holder)
    try:
        yield
    finally:
        _whose.reset(token)


@pytest.fixture(autouse=True)
def frames(store: Keystore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keystore, "_store", store)
    monkeypatch.setattr(sealed, "_holder", _whose.get)


class Base(SealedMixin, DeclarativeBase):
    """Tables as an academy has them."""


class Person(Base):
    __tablename__ = "people"

    id: Mapped[UUID] = key()
    email: Sealed = sealed.sealed(
        "email", purpose="sign in", retention="academy", on_erasure="delete", index="email", unique=True
    )
    note: Sealed = sealed.sealed(
        "note", purpose="remember", personal="content", retention="academy", on_erasure="delete", nullable=True
    )
    nickname: Mapped[str | None]


class Owner(Base):
    __tablename__ = "owners"
    __table_args__ = {"schema": "core"}

    id: Mapped[UUID] = key()
    email: Sealed = sealed.sealed("email", purpose="sign in", retention="account", on_erasure="delete", index="email")


def blob(row: object, column: str) -> bytes:
    found = getattr(row, column)
    assert isinstance(found, bytes)
    return found


@given(st.text())
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_comes_back_from_a_row(text: str) -> None:
    assert Person(email=text).email == text


def test_the_columns_say_what_they_hold() -> None:
    columns = Person.__table__.c
    assert columns.email_sealed.info == {
        "purpose": "sign in", "personal": "identifying", "retention": "academy", "on_erasure": "delete",
        "why_plain": None, "sealed": True,
    }  # fmt: skip
    assert columns.note_sealed.info["personal"] == "content"
    assert columns.email_index.info["why_plain"]
    assert columns.email_index.unique
    assert Owner.__table__.c.email_index.index
    assert (columns.email_sealed.nullable, columns.note_sealed.nullable) == (False, True)
    assert "email" not in columns


def test_a_new_row_gets_its_id_before_anything_is_sealed() -> None:
    person = Person(email=WORDS)
    assert person.id.version == 7
    assert crypto.unseal(
        keystore.open("ac_1"), blob(person, "email_sealed"), table="people", column="email", row_id=person.id
    ) == WORDS  # fmt: skip


def test_an_id_given_after_the_value_is_used_for_the_sealing() -> None:
    own = uuid4()
    person = Person(email=WORDS, id=own)
    assert (person.id, person.email) == (own, WORDS)


def test_a_row_that_holds_sealed_values_keeps_its_id() -> None:
    person = Person(email=WORDS)
    with pytest.raises(ValueError, match="keeps its id"):
        person.id = uuid4()
    assert person.email == WORDS


def test_none_is_stored_as_null_and_clears_the_index() -> None:
    person = Person(email=WORDS, note="something")
    person.note = None
    person.email = None
    assert (person.note, getattr(person, "note_sealed")) == (None, None)  # noqa: B009
    assert (person.email, getattr(person, "email_index")) == (None, None)  # noqa: B009


def test_a_row_is_found_by_its_index_and_by_this_holder_only() -> None:
    person = Person(email=WORDS)
    wanted = sealed.blind(Person, "email", f" {WORDS.upper()} ")
    assert blob(person, "email_index") == wanted
    with frame("ac_2"):
        assert sealed.blind(Person, "email", WORDS) != wanted


def test_a_row_of_core_is_sealed_for_core_in_every_frame() -> None:
    owner = Owner(email=WORDS)
    with frame("core"):
        assert owner.email == WORDS
    assert crypto.unseal(
        keystore.open("core"), blob(owner, "email_sealed"), table="owners", column="email", row_id=owner.id
    ) == WORDS  # fmt: skip


def test_a_row_of_an_academy_is_never_sealed_for_core() -> None:
    with frame("core"), pytest.raises(NoScope):
        Person(email=WORDS)


def test_an_encrypted_column_cannot_be_compared_in_a_query() -> None:
    with pytest.raises(TypeError, match="is encrypted"):
        sa.select(Person).where(Person.email == WORDS)


def test_an_unknown_attribute_is_refused() -> None:
    with pytest.raises(TypeError, match="nobody"):
        Person(nobody="x")


def test_a_unique_column_needs_an_index() -> None:
    with pytest.raises(TypeError, match="unique needs index"):
        sealed.sealed("x", purpose="x", retention="x", on_erasure="delete", unique=True)


@pytest.mark.parametrize("column", ["email", "note"])
@pytest.mark.parametrize("place", ["another row", "another column", "another academy", "flipped"])
def test_T37_a_moved_or_flipped_ciphertext_is_refused_with_an_alarm(place: str, column: str) -> None:
    person, victim = Person(email=WORDS, note=WORDS), Person(email="x", note="x")
    moved = blob(person, f"{column}_sealed")
    target, onto, whose = (victim, column, "ac_1")
    if place == "another column":
        target, onto = person, {"email": "note", "note": "email"}[column]
    elif place == "another academy":
        target, whose = person, "ac_2"
    elif place == "flipped":
        target, moved = person, moved[:-1] + bytes([moved[-1] ^ 1])
    setattr(target, f"{onto}_sealed", moved)
    with frame(whose), capture_logs() as lines, pytest.raises(Tampered):
        getattr(target, onto)
    (alarm,) = lines
    assert alarm == {
        "event": "ciphertext_refused", "log_level": "error",
        "holder": whose, "table": "people", "column": onto, "row_id": str(target.id),
    }  # fmt: skip


def test_many_rows_are_opened_in_their_order() -> None:
    rows = [(ids.uuid7(), f"person {number}") for number in range(1_200)]
    stored = [(row_id, sealed.columns_for(Person, row_id, email=text)["email_sealed"]) for row_id, text in rows]
    stored.insert(1, (ids.uuid7(), None))
    opened = sealed.unseal_rows(Person, "email", stored)
    assert opened == ["person 0", None, *(f"person {number}" for number in range(1, 1_200))]


def test_columns_for_a_core_insert_are_those_of_the_model() -> None:
    row_id = ids.uuid7()
    columns = sealed.columns_for(Person, row_id, email=WORDS, note=None)
    assert set(columns) == {"email_sealed", "email_index", "note_sealed"}
    assert sealed.unseal(Person, "email", row_id, columns["email_sealed"]) == WORDS
    assert columns["email_index"] == sealed.blind(Person, "email", WORDS)
    assert columns["note_sealed"] is None


THREADS, EACH = 4, 20_000
HOLDERS = ("ac_1", "ac_2", "ac_3")


def test_T38_four_threads_seal_80000_values_and_none_under_a_wrong_key(store: Keystore) -> None:
    store.create("ac_3")
    made: list[list[tuple[str, UUID, bytes]]] = [[] for _ in range(THREADS)]
    together = threading.Barrier(THREADS)

    def write(place: int) -> None:
        person = Person()
        together.wait()
        for number in range(EACH):
            holder = HOLDERS[(place + number) % len(HOLDERS)]
            with frame(holder):
                person.note = f"{holder} {number}"
                made[place].append((holder, person.id, blob(person, "note_sealed")))

    in_threads(write)
    keys = {holder: Keystore(store.directory, store.master_file).open(holder) for holder in HOLDERS}
    for rows in made:
        for number, (holder, row_id, value) in enumerate(rows):
            text = crypto.unseal(keys[holder], value, table="people", column="note", row_id=row_id)
            assert text == f"{holder} {number}"
    assert sum(map(len, made)) == 80_000


def in_threads(write: Callable[[int], None]) -> None:
    """Run `write(0..3)` in four threads that are switched a thousand times as often as usual."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(usual / 1000)
    threads = [threading.Thread(target=write, args=(place,)) for place in range(THREADS)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(usual)
