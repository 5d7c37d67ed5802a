"""No file, however broken, ends in anything but questions with a report or a refusal with its reason."""

from __future__ import annotations

import io
import random
import time
import zipfile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tenants.bank.content import content_read
from tenants.bank.formats import sheet
from tenants.bank.formats.question import WHOLE, Reading, Unreadable
from tenants.bank.formats.reading import FORMATS, read_file
from tenants.bank.importing import report_rows
from tests.bank.others import SAMPLES

OPTIONS = {"tags": ["ours"], "true_false": ["True", "False"]}
SEEDS = [(path.name, path.read_bytes()) for path in sorted(SAMPLES.iterdir()) if path.is_file()]
SEEDS += [("template.csv", sheet.template_csv()), ("template.xlsx", sheet.template_xlsx())]
PIECES = st.sampled_from([
    "\n", "\n\n", "{", "}", "=", "~", "#", "####", "->", "%50%", "%-33.3%", "%", "::", "\\", "\\n", "//", "$CATEGORY: ", "{T}", "{#", "..", ":",
    "{1:SA:=a~b#c}", "[html]", "[markdown]", "<p>", "<b", "</b>", "&amp;", "&#0;", "&#xd800;", "ANSWER: A", "A) x", "B. y", "ANSWER:", "\ufdd0",
    "1e400", "9" * 40, "\u2028", "\x00", "\x0c", ";", ",", '"', "question;right\n", "kind,question\n", "\t", "[[1]]", "{1:NM:=1:0.1}", "é", "\U0001f35e",
    "<?xml version='1.0'?>", "<quiz>", "</quiz>", "<question type='cloze'>", "</question>", "<questiontext><text>", "</text></questiontext>",
    "<question type='numerical'>", "<answer fraction='x'>", "<answer fraction='100'><text>1</text></answer>", "<![CDATA[", "]]>", "@@PLUGINFILE@@",
])  # fmt: skip
QUICK = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def understood(data: bytes, name: str, wanted: str = "") -> Reading | None:
    """Return what the file holds, None for a refusal; check that every line of the report can be told and kept."""
    try:
        _form, reading = read_file(data, name, wanted)
    except Unreadable as why:
        assert why.code.isidentifier()
        return None
    rows = report_rows(reading, OPTIONS)
    kept = [row for row in rows if row["content"] is not None]
    assert len(kept) == len(reading.questions)  # nothing half-imported: each question is there whole, or named as left out
    for row in rows:
        assert row["content"] is not None or row["fate"] != WHOLE
        assert "\x00" not in repr(row["title"])
    for question in reading.questions:
        assert content_read(question, ("True", "False"))
    return reading


@QUICK
@given(data=st.binary(max_size=400), wanted=st.sampled_from(("", *FORMATS)), name=st.sampled_from(("x.txt", "x.xml", "x.csv", "x")))
@example(data=b"\xff\xfe\x00", wanted="", name="x.txt")
@example(data=b"PK\x03\x04", wanted="", name="x.xlsx")
def test_random_bytes_are_read_or_refused(data: bytes, wanted: str, name: str) -> None:
    understood(data, name, wanted)


@QUICK
@given(pieces=st.lists(PIECES | st.text(max_size=6), max_size=40), wanted=st.sampled_from(("", *FORMATS[:4])))
def test_words_of_the_formats_in_any_order_are_read_or_refused(pieces: list[str], wanted: str) -> None:
    understood("".join(pieces).encode("utf-8", "surrogatepass"), "x.txt", wanted)


@pytest.mark.parametrize(("name", "seed"), SEEDS, ids=[name for name, _seed in SEEDS])
@QUICK
@given(chance=st.randoms(use_true_random=False))
def test_our_samples_with_some_bytes_changed_are_read_or_refused(name: str, seed: bytes, chance: random.Random) -> None:
    understood(mutated(seed, chance), name)


def mutated(seed: bytes, chance: random.Random) -> bytes:
    """Return the file with pieces cut, doubled, swapped or overwritten."""
    data = bytearray(seed)
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(data) or 1)
        end = min(len(data), start + chance.choice((1, 1, 2, 8, 60)))
        piece = bytes(data[start:end])
        match chance.randrange(5):
            case 0:
                del data[start:end]
            case 1:
                data[start:start] = piece * chance.randint(1, 4)
            case 2:
                data[start:end] = bytes(chance.randrange(256) for _ in piece)
            case 3:
                data[start:start] = chance.choice((b"{", b"}", b"=", b"~", b"<", b">", b"&", b"\n\n", b'"', b"\x00", b"\xff", b"#", b"\\", b"]]>"))
            case _:
                data = data[:start] if chance.random() < 0.3 else data
    return bytes(data)


@QUICK
@given(chance=st.randoms(use_true_random=False))
def test_workbooks_with_changed_parts_are_read_or_refused(chance: random.Random) -> None:
    """The parts inside are changed and packed again, so that the zip itself is whole."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sheet.template_xlsx())) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            if chance.random() < 0.95:
                new.writestr(part, mutated(old.read(part), chance) if chance.random() < 0.4 else old.read(part))
    understood(out.getvalue(), "x.xlsx")


LONG = 60_000
SLOW = {
    "spaces in an answer": "Q\nA) x\nB) y\nANSWER: A" + " " * LONG + "!", "letters": "Q\nA) x\nB) y\nANSWER: A" + " , " * LONG,
    "spaces": "Q" + " " * LONG + "{" + " " * LONG + "=a" + " " * LONG + "}", "holes": "Q {1:SA:" * LONG, "tildes": "Q {" + "~" * LONG + "}",
    "pairs": "Q {" + "=a->b" * LONG + "}", "tags": "// [tag:" * LONG + "\nQ {T}", "colons": "::" * LONG + "{T}", "less": "[html]" + "<" * LONG + "{T}",
    "stars": "[markdown]" + "*a_" * LONG + "{T}", "brackets": "[markdown]" + "[" * LONG + "{T}", "quotes": 'question,right\n"' + '"' * LONG,
    "cloze": "<quiz><question type='cloze'><questiontext><text>" + "{1:SA:=" * LONG + "</text></questiontext></question></quiz>",
    "slots": "<quiz><question type='ddwtos'><questiontext><text>" + "[[1" * LONG + "</text></questiontext></question></quiz>",
}  # fmt: skip


@pytest.mark.parametrize("what", list(SLOW))
def test_long_signs_take_no_long_time(what: str) -> None:
    """Patterns that go back over what they read took minutes for one line; the processor's time is what counts here."""
    began = time.process_time()
    for wanted in ("", *FORMATS[:4]):
        understood(SLOW[what].encode(), "x", wanted)
    assert time.process_time() - began < 10
