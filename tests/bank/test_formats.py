"""Each format in: what came over, what changed and what did not, by line."""

from __future__ import annotations

import io

import openpyxl
import pytest

from tenants.bank.formats import fit, sheet
from tenants.bank.formats.aiken import read_aiken
from tenants.bank.formats.gift import read_gift
from tenants.bank.formats.question import Notes, Reading, ReadQuestion, Unreadable
from tenants.bank.formats.reading import read_file
from tenants.bank.formats.words import from_html
from tenants.courses import actions, block_actions
from tests.bank.others import sample


def losses(reading: Reading) -> list[tuple[int, str, str]]:
    """Return line, fate and reason of all that did not come over whole."""
    return [(line.line, line.what, line.code) for line in reading.lines if line.what != "came over"]


def one(text: str) -> ReadQuestion:
    """Return the only question of a GIFT text."""
    reading = read_gift(text)
    assert len(reading.questions) == 1, reading.lines
    return reading.questions[0]


def test_limits_are_those_of_the_editor() -> None:
    assert (fit.MAX_PROMPT, fit.MAX_LINE) == (block_actions.MAX_PROMPT, block_actions.MAX_LINE)
    assert actions.MAX_TITLE == fit.MAX_TITLE


def test_all_of_gift() -> None:
    form, reading = read_file(sample("bread.gift.txt"), "bread.txt")
    assert form == "gift"
    assert [question.kind for question in reading.questions] == [
        "single", "multiple", "truefalse", "short", "number", "number", "number", "matching", "ordering", "single", "open",
        "single", "truefalse", "truefalse", "truefalse"]  # fmt: skip
    assert losses(reading) == [
        (2, "changed", "category"), (5, "left out", "script"), (5, "changed", "partial_answers"), (5, "changed", "formatting"),
        (17, "changed", "general_feedback"), (19, "left out", "partial_answers"), (23, "left out", "partial_answers"),
        (47, "left out", "description"), (55, "left out", "no_closing_brace")]  # fmt: skip
    flour, _bread, yeast, book = reading.questions[:4]
    assert flour.tags == ("flour", "basics", "bread") and flour.name == "Flour" and flour.prompt == "What is flour?"
    assert [(c.text, c.is_right, c.feedback) for c in flour.choices] == [
        ("Ground grain", True, "Yes: grain."), ("Fine salt", False, "Taste it."), ("Ground stone", False, "")]
    assert [(c.text, c.is_right, c.feedback) for c in yeast.choices] == [
        ("True", True, "Right, it lives."), ("False", False, "It does.")]
    assert yeast.feedback_right == yeast.feedback_again == "Yeast is a fungus."
    assert book.rule["accepted"] == ["Noor", "Noor Haddad"] and book.feedback_again == "Look at the cover."


@pytest.mark.parametrize(("answer", "value", "tolerance"), [
    ("#16:0.5", "16", "0.5"), ("#1..5", "3", "2"), ("#3,5", "3.5", ""), ("#1.5E3:1e1", "1500", "10"), ("#-4:0", "-4", ""),
    ("#=7:1 =%50%7:2", "7", "1"), ("#.5", "0.5", ""), ("#5..1", "3", "2"),
])  # fmt: skip
def test_numbers_of_gift(answer: str, value: str, tolerance: str) -> None:
    assert one(f"How much? {{{answer}}}").rule == {"value": value, "tolerance": tolerance, "unit": ""}


@pytest.mark.parametrize(("text", "code"), [
    ("What? {#twelve}", "no_number"), ("What? {#1e99}", "no_number"), ("What? {~a ~b}", "no_right"), ("What? {=a ~}", "few_answers"),
    ("{=a ~b}", "no_prompt"), ("What? {=a -> b}", "few_pairs"), ("What? {%50%a}", "no_answers"), ("Only text", "description"),
    ("What? {1:SHORTANSWER:=a}", "cloze_in_gift"), ("::name::", "no_prompt"), ("What? {=%0%*#no}", "no_right"),
    ("What? {" + "~%5%a " * 20 + "}", "many_answers"), ("x" * 5000 + " {T}", "too_long"),
])  # fmt: skip
def test_what_gift_cannot_bring_is_left_out_with_a_reason(text: str, code: str) -> None:
    reading = read_gift(f"{text}\n\nAnd this? {{T}}")
    assert [(line.line, line.code) for line in reading.lines if line.what == "left out" and line.question is None] == [(1, code)]
    assert [question.prompt for question in reading.questions] == ["And this?"]


def test_formats_of_gift_texts_become_plain_text() -> None:
    assert one("[html]<p>H<sub>2</sub>O &amp; 10<sup>3</sup></p><ul><li>a</li><li>b</li></ul>{T}").prompt == "H₂O & 10³\n\n- a\n- b"
    assert one("[markdown]# Head\\n\\nSome *words*{T}").prompt == "Head\nSome words"
    assert one("[plain]<b>no tag</b> &amp;{T}").prompt == "<b>no tag</b> &amp;"
    assert one("[moodle]One<br>two &lt;{T}").prompt == "One\ntwo <"
    assert one("3 < 4 and 5 > 2 & more{T}").prompt == "3 < 4 and 5 > 2 & more"
    assert one("Line\\none \\~\\=\\#\\{\\}\\: \\\\{T}").prompt == "Line\none ~=#{}: \\"


def test_aiken_reads_letters_lines_and_several_answers() -> None:
    reading = read_aiken("A.I. is\nwhat?\nA. Art\nB) In-\ntelligence\n\nANSWER: b\n\nBoth?\nA) x\nB) y\nC) z\nANSWER: A, C\n")
    first, second = reading.questions
    assert first.prompt == "A.I. is\nwhat?" and [c.text for c in first.choices] == ["Art", "In-\ntelligence"]
    assert second.kind == "multiple" and [c.is_right for c in second.choices] == [True, False, True]
    assert read_aiken("Q\nA) x\nB) y\nANSWER: C").lines[0].code == "no_right"


def test_all_of_moodle_xml() -> None:
    form, reading = read_file(sample("bread.xml"), "bread.xml")
    assert form == "moodle_xml"
    assert [question.kind for question in reading.questions] == [
        "single", "multiple", "truefalse", "short", "number", "matching", "open", "file", "gaps", "gaps", "ordering"]
    assert losses(reading) == [
        (3, "changed", "category"), (4, "left out", "image"), (4, "changed", "hints_joined"), (4, "left out", "partly_feedback"),
        (16, "changed", "weights"), (20, "changed", "wildcard"), (22, "left out", "units"), (29, "left out", "gap_feedback"),
        (29, "left out", "gap_tolerance"), (33, "left out", "description"), (34, "left out", "kind")]  # fmt: skip
    by_name = {question.name: question for question in reading.questions}
    assert by_name["Flour"].prompt == "What is flour? [a bag]" and by_name["Flour"].hint == "It grows.\nOn a field."
    assert by_name["Flour"].tags == ("grain", "bread/rolls")
    assert by_name["2%"].rule == {"value": "16", "tolerance": "0.5", "unit": "g"}
    assert by_name["Holes"].rule["text"] == "Bread needs [[flour|meal]] and [[water|~sand|~a}b]], [[2]] g."
    assert by_name["Select"].rule["text"] == "Bread needs [[water|~sand]] and [[time|~haste]]."
    assert by_name["Photo"].rule == {"most": 2} and by_name["Rise"].rule["case"] is True


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("comma", [";", ",", "\t"])
def test_sheets_of_every_spreadsheet(comma: str, encoding: str) -> None:
    rows = ["Soort;Titel;Vraag;Antwoord 1;Antwoord 2;Goed;Labels;Mystery", "single;Crème;Wat is crème?;room;zout;1;Eén/twee;x",
            ";;Leeft gist?;;;waar;;", "getal;;Hoeveel?;;;3,5;;", "odd;;What?;;;;;", ";;;;;;;"]  # fmt: skip
    text = "\r\n".join(row.replace(";", comma) if comma != "," else ",".join(f'"{c}"' for c in row.split(";")) for row in rows)
    form, reading = read_file(text.encode(encoding), "vragen.csv")
    assert form == "csv"
    assert [(q.kind, q.prompt) for q in reading.questions] == [
        ("single", "Wat is crème?"), ("truefalse", "Leeft gist?"), ("number", "Hoeveel?")]
    assert reading.questions[0].tags == ("eén/twee",) and reading.questions[0].choices[0].is_right
    assert [(line.line, line.code) for line in reading.lines if line.what == "left out"] == [(1, "column"), (5, "kind")]
    assert ("windows_1252" in [line.code for line in reading.lines]) == (encoding == "cp1252")


@pytest.mark.parametrize("template", [sheet.template_csv, sheet.template_xlsx])
def test_the_template_can_be_uploaded_as_it_is(template) -> None:  # type: ignore[no-untyped-def]
    name = template.__name__.replace("template_", "bread.")
    form, reading = read_file(template(), name)
    assert form == name.split(".")[1]
    assert [question.kind for question in reading.questions] == [example["kind"] for example in sheet.EXAMPLES]
    assert losses(reading) == []


def test_xlsx_cells_of_every_type_are_read() -> None:
    book = openpyxl.Workbook()
    book.active.append(["kind", "question", "answer 1", "answer 2", "right"])
    book.active.append(["single", "How many?", 12, 12.5, 1])
    book.active.append(["truefalse", "So?", None, None, True])
    out = io.BytesIO()
    book.save(out)
    _form, reading = read_file(out.getvalue(), "x.xlsx")
    assert [c.text for c in reading.questions[0].choices] == ["12", "12.5"] and reading.questions[0].choices[0].is_right
    assert reading.questions[1].choices[0].is_right


def test_tables_and_links_keep_their_words() -> None:
    notes = Notes()
    html = '<table><tr><td>a</td><td>b</td></tr></table><a href="https://x.example/">here</a><a href="javascript:alert(1)">there</a>'
    assert from_html(html, notes) == "a | b\n\nhere (https://x.example/)there"
    assert {code for _what, code in notes.found} == {"table", "script"}


@pytest.mark.parametrize(("data", "code"), [
    (b"", "empty"), (b" \r\n\t", "empty"), (b"\xef\xbb\xbf\n", "nothing_found"), (b"\x00\x01\x02" * 50, "not_text"), (b"// only a comment", "nothing_found"),
    (b"<quiz></quiz>", "nothing_found"), (b"<html></html><?xml", "broken_xml"),
])  # fmt: skip
def test_files_without_questions_say_so(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_file(data, "x.xml" if data.startswith(b"<") else "x.txt")
    assert refused.value.code == code
