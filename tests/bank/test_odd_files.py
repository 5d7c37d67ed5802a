"""Odd but legal files, after the formats' public descriptions: what comes over, and each loss on its line.

One sample per trap, written for these tests: escapes, prefixes, comments and weights of GIFT, letters of Aiken, every kind of
question of Moodle XML, and what spreadsheets do to cells.
"""

from __future__ import annotations

import datetime
import io

import openpyxl
import pytest

from tenants.bank.formats.gift import read_gift
from tenants.bank.formats.question import Reading, ReadQuestion, Unreadable
from tenants.bank.formats.reading import read_file

GIFT = r"""// made by hand
// [id:Q-17] [tag:History]
::A \:\: title::Who is buried\: in Grant's tomb \{really\}?{
// a comment within
=no one#Right \= yes
~%-50%Grant#No
~Napoleon \~ approx #\#1
####General \n feedback
}

$CATEGORY: $course$/top/Default for Course/Deep\: path//slash

Grant is {~buried =entombed ~living} in Grant's tomb.

It is on the {
~second
=fourth
} Thursday. And {=x} too.

Who? {Grant}

Match { =cat -> cat food#hint =dog -> dog food = -> extra }

Neg {#-5..-1}

Many {#
=1849:5#Well done
=%50%1849:50#Near
~#Not at all
}

Essay { ####Model answer }

A description
over two lines.

[html]<p>H<sub>2</sub>O <img src="data:image/png;base64,AAAA" alt="pic"></p>{T#wrong#right}

::unclosed title{F}

Wildcard {=*colou?r =\*real}

{=before ~after} comes first.
"""


def losses(reading: Reading) -> list[tuple[int, str]]:
    """Return line and reason of all that did not come over whole."""
    return [(line.line, line.code) for line in reading.lines if line.what != "came over"]


def named(reading: Reading) -> dict[str, ReadQuestion]:
    """Return the questions by name."""
    return {question.name: question for question in reading.questions}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_gift_of_every_editor(encoding: str, end: str) -> None:
    form, reading = read_file(GIFT.replace("\n", end).encode(encoding), "questions.txt")
    assert form == "gift"
    assert losses(reading) == [
        (3, "id_number"), (3, "minus_points"), (3, "general_feedback"), (11, "category"), (15, "second_braces"),
        (22, "pair_feedback"), (26, "partial_answers"), (34, "description"), (37, "image"), (41, "wildcard")]  # fmt: skip
    grant, buried, fourth, who, match, negative, many, essay, water, unclosed, wild, before = reading.questions
    assert (grant.name, grant.prompt, grant.tags) == ("A :: title", "Who is buried: in Grant's tomb {really}?", ("history",))
    assert [(c.text, c.is_right, c.feedback) for c in grant.choices] == [
        ("no one", True, "Right = yes"), ("Grant", False, "No"), ("Napoleon ~ approx", False, "#1")]  # fmt: skip
    assert grant.feedback_right == grant.feedback_again == "General \n feedback"
    assert buried.prompt == "Grant is _____ in Grant's tomb." and buried.tags == ("deep: path/slash",)
    assert fourth.prompt == "It is on the _____ Thursday. And {=x} too."
    assert (who.kind, who.rule["accepted"]) == ("short", ["Grant"])
    assert [(pair["left"], pair["right"]) for pair in match.rule["pairs"]] == [("cat", "cat food"), ("dog", "dog food")]
    assert [one["text"] for one in match.rule["extra"]] == ["extra"]
    assert (negative.rule["value"], negative.rule["tolerance"]) == ("-3", "2")
    assert (many.rule["value"], many.feedback_right, many.feedback_again) == ("1849", "Well done", "Not at all")
    assert (essay.kind, essay.feedback_right) == ("open", "Model answer")
    assert water.prompt == "H₂O [pic]" and [c.feedback for c in water.choices] == ["right", "wrong"]
    assert unclosed.prompt == "unclosed title" and wild.rule["accepted"] == ["colou?r", "*real"]
    assert before.prompt == "_____ comes first."


@pytest.mark.parametrize(("weights", "rule", "code"), [
    ("~%50%a ~%50%b ~%-100%c", {"partial": False}, "strict"), ("~%50%a ~%50%b ~%-50%c", {"partial": True}, ""),
    ("~%33.33333%a ~%33.33333%b ~%33.33333%c ~%-33.333%d", {"partial": True}, ""), ("~%70%a ~%30%b ~c", {"partial": True}, "weights"),
])  # fmt: skip
def test_weights_of_several_answers(weights: str, rule: dict[str, bool], code: str) -> None:
    reading = read_gift(f"Which? {{{weights}}}")
    assert reading.questions[0].kind == "multiple" and reading.questions[0].rule == rule
    assert [why for _line, why in losses(reading)] == ([code] if code else [])


AIKEN = """1. What is {x} in C?
a) a brace
b. a name
answer: b

Which of these,
on two lines?

A) one
B) two,
and more
 C) three

ANSWER: B.

Q with A) inside?
A)x
B)y
ANSWER:A
Next without an empty line
A. p
B. q
ANSWER: D

Never answered?
A. p
B. q
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_aiken_of_every_editor(encoding: str, end: str) -> None:
    form, reading = read_file(AIKEN.replace("\n", end).encode(encoding), "questions.txt")
    assert form == "aiken"
    assert [question.prompt for question in reading.questions] == ["1. What is {x} in C?", "Which of these,\non two lines?", "Q with A) inside?"]
    assert [[c.text for c in question.choices if c.is_right] for question in reading.questions] == [["a name"], ["two,\nand more"], ["x"]]
    assert losses(reading) == [(20, "no_right"), (25, "no_answer_line")]


def test_gift_that_speaks_of_answers_stays_gift() -> None:
    form, reading = read_file(b"What follows?\nANSWER: x {=yes ~no}\n\nANSWER: A\nis what? {T}\n", "x.txt")
    assert form == "gift" and len(reading.questions) == 2


def quiz(inside: str, category: str = "") -> str:
    """Return a Moodle XML file with one question per line."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{category}{inside}\n</quiz>\n'


def question(kind: str, inside: str, name: str = "n", text: str = "q") -> str:
    """Return one question."""
    return f'<question type="{kind}"><name><text>{name}</text></name><questiontext format="html"><text>{text}</text></questiontext>{inside}</question>'


@pytest.mark.parametrize(("kind", "inside", "codes"), [
    ("multichoice", '<single>true</single><answer fraction="100"><text>a</text></answer><answer fraction="-25"><text>b</text></answer>'
     '<answer fraction="33.33333"><text>c</text></answer>', ["minus_points", "partial_answers"]),
    ("multichoice", '<single>true</single><answer fraction="100"><text>a</text></answer><answer fraction="100"><text>b</text></answer>', ["several_right"]),
    ("truefalse", '<answer fraction="0"><text>True</text></answer><answer fraction="100"><text>FALSE</text></answer>', []),
    ("truefalse", '<answer fraction="100"><text>A</text></answer><answer fraction="0"><text>false</text></answer>', ["few_answers"]),
    ("truefalse", '<idnumber>Q7</idnumber><defaultgrade>2.5000000</defaultgrade><penalty>1.0000000</penalty><hidden>1</hidden>'
     '<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer>', ["id_number", "grade", "hidden"]),
    ("truefalse", '<idnumber></idnumber><defaultgrade>1.0000000</defaultgrade><penalty>0.3333333</penalty><hidden>0</hidden>'
     '<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer>', []),
    ("shortanswer", '<penalty>0.25</penalty><answer fraction="100"><text>a*b</text></answer><answer fraction="50"><text>half</text></answer>',
     ["penalty", "wildcard", "partial_answers"]),
    ("numerical", '<answer fraction="100"><text>9,81</text><tolerance>0,1</tolerance></answer><unitgradingtype>1</unitgradingtype>'
     '<units><unit><multiplier>1</multiplier><unit_name>m/s²</unit_name></unit></units>', ["unit_points"]),
    ("matching", '<subquestion format="html"><text>&lt;img src="@@PLUGINFILE@@/x.png"&gt;</text><file name="x.png" encoding="base64">AA==</file>'
     '<answer><text>heart</text></answer></subquestion><subquestion><text>b</text><answer><text>lung</text></answer></subquestion>'
     '<subquestion><text>c</text><answer><text>liver</text></answer></subquestion>', ["image", "pair_of_image"]),
    ("essay", '<responseformat>editorfilepicker</responseformat><attachments>-1</attachments><responsetemplate><text>Start</text></responsetemplate>'
     '<minwordlimit>50</minwordlimit><graderinfo><text>g</text></graderinfo>', ["template", "word_limit", "grader_info", "attachments"]),
    ("multichoice", '<shuffleanswers>false</shuffleanswers><answer fraction="100"><text>a</text></answer><answer fraction="0"><text>b</text></answer>', ["fixed_order"]),
    ("ddimageortext", "", ["kind"]), ("ddmarker", "", ["kind"]), ("calculated", "", ["kind"]), ("calculatedmulti", "", ["kind"]),
    ("randomsamatch", "", ["kind"]), ("random", "", ["kind"]), ("", "", ["kind"]), ("description", "", ["description"]), ("multichoice", "", ["few_answers"]),
])  # fmt: skip
def test_every_loss_of_moodle_xml_is_named_on_its_line(kind: str, inside: str, codes: list[str]) -> None:
    whole = question("truefalse", '<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer>', "whole")
    _form, reading = read_file(quiz(question(kind, inside) + "\n" + whole).encode(), "x.xml")
    assert losses(reading) == [(3, code) for code in codes]
    assert "whole" in named(reading)


def test_holes_and_slots_of_moodle_xml() -> None:
    holes = question("cloze", "", "holes", "A {2:MC:~x#no~=y} b {1:SAC:=Z~%50%z} c {:NM:=3.1:0.1~%50%3:1} d {1:MCVS:a~=b}")
    several = question("multianswer", "", "several", "A {1:MR:~x~=y}")
    slots = question("ddwtos", "<dragbox><text>cat</text><group>1</group><infinite/></dragbox><dragbox><text>mat</text><group>1</group></dragbox>",
                     "slots", "The [[1]] sat on [[2]] and [[1]].")  # fmt: skip
    category = ('<question type="category"><category><text>$course$/top/Anatomy/Heart &amp; lungs</text></category>'
                "<info><text>About</text></info></question>\n")  # fmt: skip
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252", "iso-8859-1"):
        told = {"utf-8-sig": "UTF-8", "cp1252": "windows-1252"}.get(encoding, encoding.upper())
        text = quiz(f"{holes}\n{several}\n{slots}", category).replace("UTF-8", told, 1)
        _form, reading = read_file(text.encode(encoding), "x")
        assert named(reading)["holes"].rule["text"] == "A [[y|~x]] b [[Z]] c [[3.1]] d [[b|~a]]"
        assert named(reading)["slots"].rule["text"] == "The [[cat|~mat]] sat on [[mat|~cat]] and [[cat|~mat]]."
        assert named(reading)["slots"].tags == ("heart & lungs",)
        assert losses(reading) == [
            (3, "category_info"), (3, "category"), (4, "gap_feedback"), (4, "partial_answers"), (4, "gap_tolerance"),
            (4, "gap_weights"), (4, "prompt_from_name"), (5, "kind"), (6, "prompt_from_name")]  # fmt: skip
    _form, reading = read_file(b"\xfe\xff" + text.replace("ISO-8859-1", "UTF-16").encode("utf-16-be"), "x")
    assert len(reading.questions) == 2


@pytest.mark.parametrize(("text", "rows"), [
    ('sep=;\nquestion;answer 1;answer 2;right;answer 1\n"Multi\nline; q";"a ""b""";b;1;dup\nLast;x;y;3\n',
     [(2, "same_column"), (5, "no_right")]),
    ("question,answer 1,answer 2,right\nUnquoted, comma,a,b,1\n", [(2, "no_right")]),
    ("question,,right\nSo?,lost,ja\nAnd?,,nee\n", [(2, "spare_cells")]),
    ('"question, or";"question";"right"\n"x";"Is it?";"nee";"more"\n', [(1, "column"), (2, "spare_cells")]),
    ("question\tright\nHow many?\t1.234,5\nHow?\t½\nSo?\tja\n", [(2, "no_number"), (3, "no_number")]),
])  # fmt: skip
def test_every_loss_of_a_sheet_is_named_on_its_row(text: str, rows: list[tuple[int, str]]) -> None:
    _form, reading = read_file(text.encode(), "x.csv")
    assert losses(reading) == rows


def test_what_a_spreadsheet_makes_of_cells() -> None:
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    book.active.append(["How to fill this in"])
    page = book.create_sheet("Questions")
    page.append(["question", "answer 1", "answer 2", "right"])
    page.append(["Which?", datetime.datetime(2024, 2, 1), "x", 1])
    page.append(["How much?", 0.25, 0.5, 2])
    page["B3"].number_format, page["C3"].number_format = "0%", "0.0%"
    page.append(["When?", datetime.time(12, 30), "never", 1])
    book.create_sheet("Empty")
    out = io.BytesIO()
    book.save(out)
    _form, reading = read_file(out.getvalue(), "x.xlsx")
    assert [[c.text for c in one.choices] for one in reading.questions] == [["2024-02-01", "x"], ["25%", "50%"], ["12:30:00", "never"]]
    assert losses(reading) == [(2, "date_cell"), (4, "date_cell"), (1, "sheet")]
    assert [line.facts["name"] for line in reading.lines if line.code == "sheet"] == ["Read me"]


def test_a_workbook_without_questions_says_what_to_do() -> None:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["only", "words"])
    book.save(out)
    with pytest.raises(Unreadable) as refused:
        read_file(out.getvalue(), "x.xlsx")
    assert refused.value.code == "no_head"
