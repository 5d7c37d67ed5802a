"""Files of other makers come over, each loss named. Collected only where the folder lies (see others.py)."""

from __future__ import annotations

from tenants.bank.formats.question import Reading
from tenants.bank.formats.reading import read_file
from tests.bank.others import OTHERS


def read(name: str) -> tuple[str, Reading]:
    """Return the format and what one of the files holds."""
    found = next(OTHERS.rglob(name))
    return read_file(found.read_bytes(), found.name)


def losses(reading: Reading) -> list[tuple[int, str]]:
    """Return line and reason of all that did not come over whole."""
    return [(line.line, line.code) for line in reading.lines if line.what != "came over"]


def test_every_file_is_told_by_its_content_and_read() -> None:
    files = [path for path in OTHERS.rglob("*") if path.is_file() and path.suffix in (".txt", ".xml", ".csv", ".xlsx")]
    assert len(files) >= 5
    for path in files:
        form, reading = read_file(path.read_bytes(), path.name)
        assert form == path.relative_to(OTHERS).parts[0].replace("xml", "moodle_xml"), path
        assert reading.questions, path


def test_every_question_of_the_gift_examples_comes_over() -> None:
    _form, reading = read("questions.gift.txt")
    kinds = [question.kind for question in reading.questions]
    assert kinds == ["open", "matching", "single", "multiple", "number", "short", "truefalse", "truefalse", "truefalse"]
    assert losses(reading) == [(5, "formatting"), (22, "strict"), (31, "tail"), (34, "partial_answers"), (41, "tail"),
                               (41, "general_feedback")]  # fmt: skip


def test_windows_1252_is_read_and_reported() -> None:
    _form, reading = read("questions_encoding_windows-1252.gift.txt")
    assert losses(reading) == [(1, "windows_1252"), (2, "category"), (14, "same_pairs")]
    assert reading.questions[2].rule["pairs"][0]["left"] == "aödf"


def test_categories_become_tags() -> None:
    _form, reading = read("questions_in_category.gift.txt")
    assert {question.tags for question in reading.questions} == {("new features",)}
    assert losses(reading) == [(2, "category")]


def test_broken_aiken_questions_are_named_and_the_good_ones_kept() -> None:
    _form, reading = read("aiken_errors.txt")
    assert [question.prompt for question in reading.questions] == [
        "A good question", "A second good question", "A third good question with HTML chars such as > < &"]
    assert losses(reading) == [(1, "few_answers"), (5, "answer_without_question"), (7, "answer_without_question"),
                               (14, "no_answer_line")]  # fmt: skip
