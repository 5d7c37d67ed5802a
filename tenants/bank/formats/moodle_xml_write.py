"""Questions as Moodle XML, with a report of what Moodle cannot hold. Every text is marked as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from tenants.bank.formats.cloze import write_cloze
from tenants.bank.formats.gift_write import folded, shares, strictly
from tenants.bank.formats.question import LEFT, WHOLE, Line, Notes, ReadQuestion, Unfit
from tenants.bank.formats.words import clean

TYPES = {"single": "multichoice", "multiple": "multichoice", "truefalse": "truefalse", "short": "shortanswer",
         "number": "numerical", "matching": "matching", "ordering": "ordering", "gaps": "cloze", "open": "essay",
         "file": "essay"}  # fmt: skip
MOODLE_FILES = 3  # Moodle asks for one, two, three or any number of files


def write_moodle_xml(questions: Sequence[ReadQuestion]) -> tuple[str, list[Line]]:
    """Return the questions as one Moodle XML file, and a line of the report for each."""
    quiz = Element("quiz")
    lines: list[Line] = []
    for place, question in enumerate(questions):
        notes = Notes()
        try:
            quiz.append(_question(question, notes))
        except Unfit as why:
            lines.append(Line(place + 1, LEFT, why.code, why.facts))
            continue
        found = [Line(place + 1, what, code, facts, place) for (what, code), facts in notes.found.items()]
        lines.extend(found or [Line(place + 1, WHOLE, "whole", {}, place)])
    indent(quiz, "  ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(quiz, encoding="unicode") + "\n", lines


def _question(question: ReadQuestion, notes: Notes) -> Element:
    if question.kind not in TYPES:
        raise Unfit("kind_out")
    element = Element("question", type=TYPES[question.kind])
    _put(SubElement(element, "name"), question.name)
    text = write_cloze(question, notes) if question.kind == "gaps" else question.prompt
    _text(element, "questiontext", text)
    BODIES[question.kind](element, question, notes)
    if question.hint:
        _text(element, "hint", question.hint)
    if question.tags:
        tags = SubElement(element, "tags")
        for tag in question.tags:
            _put(SubElement(tags, "tag"), tag)
    return element


def _put(element: Element, text: str) -> None:
    SubElement(element, "text").text = clean(text)


def _text(parent: Element, tag: str, text: str, **attributes: str) -> Element:
    element = SubElement(parent, tag, {**attributes, "format": "plain_text"})
    _put(element, text)
    return element


def _plain(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text


def _answer(parent: Element, text: str, share: str, said: str) -> Element:
    answer = _text(parent, "answer", text, fraction=share)
    _text(answer, "feedback", said)
    return answer


def _feedback(element: Element, question: ReadQuestion) -> None:
    _text(element, "correctfeedback", question.feedback_right)
    _text(element, "partiallycorrectfeedback", question.feedback_again)
    _text(element, "incorrectfeedback", question.feedback_again)


def _choices(element: Element, question: ReadQuestion, notes: Notes) -> None:
    right, wrong = shares(question, notes) if question.kind == "multiple" else ("100", "0")
    _plain(element, "single", "true" if question.kind == "single" else "false")
    _plain(element, "shuffleanswers", "true")
    _plain(element, "answernumbering", "none")
    _feedback(element, question)
    for one in question.choices:
        _answer(element, one.text, right if one.is_right else wrong, one.feedback)


def _true_false(element: Element, question: ReadQuestion, notes: Notes) -> None:
    general = question.feedback_right if question.feedback_right == question.feedback_again else ""
    if general:
        _text(element, "generalfeedback", general)
    for word, one in zip(("true", "false"), folded(question, notes, bool(general)), strict=True):
        _answer(element, word, "100" if one.is_right else "0", one.feedback)


def _short(element: Element, question: ReadQuestion, notes: Notes) -> None:
    if question.rule.get("typos"):
        notes.changed("typos")
    _plain(element, "usecase", "1" if question.rule.get("case") else "0")
    for text in question.rule["accepted"]:
        _answer(element, text.replace("*", "\\*"), "100", question.feedback_right)
    if question.feedback_again:
        _answer(element, "*", "0", question.feedback_again)


def _number(element: Element, question: ReadQuestion, notes: Notes) -> None:
    rule = question.rule
    answer = _answer(element, rule["value"], "100", question.feedback_right)
    _plain(answer, "tolerance", rule.get("tolerance") or "0")
    if question.feedback_again:
        _answer(element, "*", "0", question.feedback_again)
    if rule.get("unit"):
        unit = SubElement(SubElement(element, "units"), "unit")
        _plain(unit, "multiplier", "1")
        _plain(unit, "unit_name", rule["unit"])


def _matching(element: Element, question: ReadQuestion, notes: Notes) -> None:
    strictly(question, notes)
    _plain(element, "shuffleanswers", "true")
    _feedback(element, question)
    rows = [(pair["left"], pair["right"]) for pair in question.rule["pairs"]]
    for left, right in rows + [("", one["text"]) for one in question.rule.get("extra", ())]:
        _put(SubElement(_text(element, "subquestion", left), "answer"), right)


def _ordering(element: Element, question: ReadQuestion, notes: Notes) -> None:
    strictly(question, notes)
    for tag, text in (("layouttype", "VERTICAL"), ("selecttype", "ALL"), ("gradingtype", "ABSOLUTE_POSITION"), ("showgrading", "SHOW")):
        _plain(element, tag, text)
    _feedback(element, question)
    for place, one in enumerate(question.rule["items"], start=1):
        _answer(element, one["text"], str(place), "")


def _gaps(element: Element, question: ReadQuestion, notes: Notes) -> None:
    if question.feedback_right or question.feedback_again:
        if question.feedback_right == question.feedback_again:
            _text(element, "generalfeedback", question.feedback_right)
        else:
            notes.lost("feedback")


def _essay(element: Element, question: ReadQuestion, notes: Notes) -> None:
    _text(element, "generalfeedback", question.feedback_right)
    most = int(question.rule.get("most", 1)) if question.kind == "file" else 0
    if MOODLE_FILES < most < 10:
        notes.changed("file_most")
    _plain(element, "responseformat", "noinline" if most else "editor")
    _plain(element, "responserequired", "0" if most else "1")
    _plain(element, "attachments", str(most) if most <= MOODLE_FILES else "-1")
    _plain(element, "attachmentsrequired", "1" if most else "0")


BODIES = {"single": _choices, "multiple": _choices, "truefalse": _true_false, "short": _short, "number": _number,
          "matching": _matching, "ordering": _ordering, "gaps": _gaps, "open": _essay, "file": _essay}  # fmt: skip
