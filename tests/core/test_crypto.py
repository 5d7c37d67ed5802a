"""T37: a sealed value opens in its own place only; anything else is refused, and alarms with ids only."""

from __future__ import annotations

import io
import os
import pickle
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from core import crypto, ids
from core.crypto import CHUNK_BYTES, DataKey, FileCipher
from core.errors import Tampered

SECRET = os.urandom(32)
KEY = DataKey("ac_1", 1, SECRET)
ROW = ids.uuid7()
WORDS = "jan.jansen@voorbeeld.nl"


def sealed(text: str = WORDS, key: DataKey = KEY) -> bytes:
    return crypto.seal(key, text, table="members", column="email", row_id=ROW)


def unseal(blob: bytes, key: DataKey = KEY) -> str:
    return crypto.unseal(key, blob, table="members", column="email", row_id=ROW)


@given(st.text())
@settings(deadline=None)
def test_any_text_comes_back(text: str) -> None:
    assert unseal(sealed(text)) == text


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert len({sealed() for _ in range(1_000)}) == 1_000


def test_a_sealed_value_does_not_contain_the_text() -> None:
    assert WORDS.encode() not in sealed()
    assert len(sealed()) == len(WORDS) + 31


def test_T37_every_flipped_bit_is_refused() -> None:
    blob = sealed()
    assert unseal(blob) == WORDS
    for position in range(len(blob) * 8):
        flipped = bytearray(blob)
        flipped[position // 8] ^= 1 << position % 8
        with pytest.raises(Tampered):
            unseal(bytes(flipped))


def test_T37_every_shortened_value_is_refused() -> None:
    blob = sealed()
    for length in range(len(blob)):
        with pytest.raises(Tampered):
            unseal(blob[:length])


MOVES: dict[str, Callable[[bytes], str]] = {
    "another row": lambda b: crypto.unseal(KEY, b, table="members", column="email", row_id=ids.uuid7()),
    "another column": lambda b: crypto.unseal(KEY, b, table="members", column="name", row_id=ROW),
    "another table": lambda b: crypto.unseal(KEY, b, table="letters", column="email", row_id=ROW),
    "lengths shifted": lambda b: crypto.unseal(KEY, b, table="memberse", column="mail", row_id=ROW),
    "another academy": lambda b: unseal(b, DataKey("ac_2", 1, os.urandom(32))),
    "another academy with the same key": lambda b: unseal(b, DataKey("ac_2", 1, SECRET)),
    "another key version": lambda b: unseal(b, DataKey("ac_1", 2, SECRET)),
    "another version, head rewritten": lambda b: unseal(b"\x01\x00\x02" + b[3:], DataKey("ac_1", 2, SECRET)),
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES.keys())
def test_T37_a_moved_value_is_refused_with_an_alarm_that_names_ids_only(move: Callable[[bytes], str]) -> None:
    with capture_logs() as lines, pytest.raises(Tampered) as refusal:
        move(sealed())
    (alarm,) = lines
    assert (alarm["event"], alarm["log_level"]) == ("ciphertext_refused", "error")
    assert set(alarm) == {"event", "log_level", "holder", "table", "column", "row_id"}
    assert WORDS not in f"{alarm}{refusal.value}"


def test_a_look_up_is_blind_to_case_spaces_and_composition() -> None:
    one = crypto.blind_index(KEY, "email", " Zoë@Voorbeeld.NL ")
    assert one == crypto.blind_index(KEY, "email", "zoe\u0308@voorbeeld.nl")
    assert len(one) == 16
    assert one != crypto.blind_index(KEY, "email", "zoe@voorbeeld.nl")


def test_a_look_up_differs_by_holder_and_purpose() -> None:
    keys = (KEY, DataKey("ac_2", 1, os.urandom(32)))
    found = {crypto.blind_index(key, purpose, WORDS) for key in keys for purpose in ("email", "phone")}
    assert len(found) == 4


def test_each_purpose_has_a_key_of_its_own() -> None:
    purposes = ("field", "file", "index:email", "index:phone")
    assert len({KEY.subkey(purpose) for purpose in purposes} | {SECRET}) == 5


def test_a_data_key_shows_itself_nowhere() -> None:
    assert repr(KEY) == str(KEY) == "<DataKey ac_1 version 1>"
    with pytest.raises(TypeError):
        pickle.dumps(KEY)


SIZES = (0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 3 * CHUNK_BYTES + 7)
FILE = FileCipher(KEY, ROW)


@pytest.mark.parametrize("size", SIZES)
def test_a_file_of_any_size_comes_back(size: int) -> None:
    content = os.urandom(size)
    blob = FILE.seal_bytes(content)
    assert FILE.unseal_bytes(blob) == content
    assert FILE.open(io.BytesIO(blob)).size_bytes == size


CONTENT = os.urandom(3 * CHUNK_BYTES + 100)
BLOB = FILE.seal_bytes(CONTENT)


@given(st.integers(0, len(CONTENT) + 10), st.integers(0, len(CONTENT) + 10))
@settings(deadline=None)
def test_any_part_of_a_file_can_be_read_alone(offset: int, size: int) -> None:
    opened = FILE.open(io.BytesIO(BLOB))
    assert opened.read(offset, size) == CONTENT[offset : offset + size]
    assert all(0 < len(part) <= CHUNK_BYTES for part in opened.chunks(offset, size))


def test_a_source_that_gives_little_at_a_time_is_sealed_whole() -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 1_000))

    target = io.BytesIO()
    assert FILE.seal(Slow(CONTENT), target) == len(CONTENT)
    assert FILE.unseal_bytes(target.getvalue()) == CONTENT


HEAD, STEP = 19, CHUNK_BYTES + 16
EARLIER = FILE.seal_bytes(CONTENT)
FORGED = {
    "flipped in a chunk": BLOB[:50_000] + bytes([BLOB[50_000] ^ 1]) + BLOB[50_001:],
    "flipped in the salt": BLOB[:10] + bytes([BLOB[10] ^ 1]) + BLOB[11:],
    "last chunk cut off": BLOB[: HEAD + 3 * STEP],
    "cut inside a chunk": BLOB[: HEAD + STEP + 500],
    "cut inside a tag": BLOB[: HEAD + 5],
    "head only": BLOB[:HEAD],
    "nothing": b"",
    "first two chunks swapped": BLOB[:HEAD] + BLOB[HEAD + STEP : HEAD + 2 * STEP] + BLOB[HEAD : HEAD + STEP]
    + BLOB[HEAD + 2 * STEP :],
    "a chunk repeated": BLOB[: HEAD + STEP] + BLOB[HEAD:],
    "a chunk of the file's earlier sealing": BLOB[: HEAD + STEP] + EARLIER[HEAD + STEP : HEAD + 2 * STEP]
    + BLOB[HEAD + 2 * STEP :],
    "more behind it": BLOB + b"x",
}  # fmt: skip


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_T37_a_forged_file_is_refused_with_an_alarm(forged: bytes) -> None:
    with capture_logs() as lines, pytest.raises(Tampered):
        FILE.unseal_bytes(forged)
    assert [line["row_id"] for line in lines] == [str(ROW)]


def test_T37_a_cut_file_is_refused_before_its_first_byte_is_given() -> None:
    with pytest.raises(Tampered):
        FILE.open(io.BytesIO(FORGED["last chunk cut off"]))


@pytest.mark.parametrize("other", [FileCipher(KEY, ids.uuid7()), FileCipher(DataKey("ac_2", 1, SECRET), ROW)])
def test_T37_a_file_put_in_the_place_of_another_is_refused(other: FileCipher) -> None:
    with pytest.raises(Tampered):
        other.unseal_bytes(BLOB)
