"""Moodle XML in. Entities and document types are refused before they are looked at; sizes and depths are bounded."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from tenants.bank.formats.cloze import PLACE, gap_of, gaps_question, read_cloze
from tenants.bank.formats.fit import (
    CLOSE,
    HUNDRED,
    decimal_of,
    fitting,
    matching_rule,
    number_rule,
    one_feedback,
    ordering_rule,
    partial_rule,
    share_of,
    shortened,
    with_general,
    words_rule,
)
from tenants.bank.formats.gift_lines import category_tags
from tenants.bank.formats.moodle_parts import is_set, note_unkept, plain_of
from tenants.bank.formats.question import Notes, ReadChoice, Reading, ReadQuestion, Unfit, Unreadable
from tenants.bank.formats.words import plain
from tenants.courses.gaps import Gap

MOST_BYTES = 20 * 1024 * 1024
MOST_DEEP = 60
FORMS = {"html": "html", "moodle_auto_format": "moodle", "plain_text": "plain", "markdown": "markdown"}
PLUGIN_FILE = re.compile(r"@@PLUGINFILE@@", re.IGNORECASE)
SLOT = re.compile(r"\[\[(\d{1,3})\]\]")
ATTACHED_ALL = 10


class _Tree(TreeBuilder):
    """A tree that knows the line of each question and refuses to grow too deep."""

    parser: Any = None
    depth = 0

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        """Begin an element."""
        self.depth += 1
        if self.depth > MOST_DEEP:
            raise Unreadable("too_nested")
        if tag == "question":
            attrs["__line"] = str(self.parser.parser.CurrentLineNumber)
        return super().start(tag, attrs)

    def end(self, tag: str) -> Element:
        """End an element."""
        self.depth -= 1
        return super().end(tag)


def read_moodle_xml(data: bytes) -> Reading:
    """Return the questions of a Moodle XML file and the report on it. Raises Unreadable."""
    root = _root(data)
    if root.tag != "quiz":
        raise Unreadable("not_moodle")
    reading = Reading()
    category: tuple[str, ...] = ()
    for element in root:
        if element.tag == "question":
            category = _one(element, category, reading)
    return reading


def _root(data: bytes) -> Element:
    if len(data) > MOST_BYTES:
        raise Unreadable("too_large", most=MOST_BYTES // 1024 // 1024)
    tree = _Tree()
    parser = XMLParser(target=tree, forbid_dtd=True)
    tree.parser = parser
    try:
        source = io.BytesIO(data if data.startswith((b"\xff\xfe", b"\xfe\xff")) else data.strip())
        while piece := source.read(1 << 16):
            parser.feed(piece)
        root: Element = parser.close()
    except DefusedXmlException:
        raise Unreadable("entities") from None
    except ParseError as error:
        raise Unreadable("broken_xml", line=error.position[0]) from None
    except (ValueError, LookupError):
        raise Unreadable("broken_xml", line=1) from None
    return root


def _one(element: Element, category: tuple[str, ...], reading: Reading) -> tuple[str, ...]:
    """Add one question; return the category of the next ones."""
    kind, line = element.get("type", ""), int(element.get("__line", "0"))
    if kind == "category":
        path = plain_of(element.find("category"))
        if plain_of(element.find("info")):
            reading.leave(line, "category_info")
        reading.remark(line, "category", name=", ".join(category_tags(path)) or path[:80])
        return tuple(category_tags(path))
    notes = Notes()
    name = " ".join(plain_of(element.find("name")).split())
    note_unkept(element, kind, notes)
    try:
        question = _question(element, kind, name, notes)
        tags = (*(plain_of(tag) for tag in element.findall("tags/tag")), *category)
        question = fitting(_dressed(element, question, name, tags, notes), notes)
    except Unfit as why:
        reading.leave(line, why.code, name or shortened(plain_of(element.find("questiontext"))), **why.facts)
    else:
        reading.keep(line, question, notes)
    return category


def _question(element: Element, kind: str, name: str, notes: Notes) -> ReadQuestion:
    read = READERS.get(kind)
    if read is None:
        raise Unfit("description" if kind == "description" else "kind", kind=kind[:40] or "?")
    return read(element, name, notes)


def _dressed(element: Element, question: ReadQuestion, name: str, tags: tuple[str, ...], notes: Notes) -> ReadQuestion:
    """Return the question with name, tags, hints and feedback that every kind has."""
    hints = [text for text in (_text(hint, notes) for hint in element.findall("hint")) if text]
    if len(hints) > 1:
        notes.changed("hints_joined", number=len(hints))
    right, again = _text(element.find("correctfeedback"), notes), _text(element.find("incorrectfeedback"), notes)
    partly = _text(element.find("partiallycorrectfeedback"), notes)
    if partly and partly not in (right, again):
        notes.lost("partly_feedback")
    question = ReadQuestion(
        question.kind, question.prompt, name, tags, question.choices, question.feedback_right or right,
        question.feedback_again or again, "\n".join(hints), question.rule,
    )  # fmt: skip
    return with_general(question, _text(element.find("generalfeedback"), notes), notes)


def _source(element: Element | None) -> tuple[str, str]:
    """Return the raw text of an element and its format."""
    if element is None:
        return "", "html"
    inner = element.find("text")
    return (inner.text if inner is not None else element.text) or "", FORMS.get(element.get("format", "html"), "html")


def _text(element: Element | None, notes: Notes) -> str:
    """Return the text of an element in plain text, noting files that it shows."""
    source, form = _source(element)
    if element is not None and element.find("file") is not None and not PLUGIN_FILE.search(source):
        notes.lost("files")
    if PLUGIN_FILE.search(source) and "<img" not in source.lower():
        notes.lost("files")
    return plain(source, form, notes)


def _share(answer: Element) -> Any:
    return share_of(answer.get("fraction", "0") or "0")


def _choices(element: Element, name: str, notes: Notes) -> ReadQuestion:
    is_single = is_set(element, "single") or element.find("single") is None
    choices = []
    for answer in element.findall("answer"):
        share = _share(answer)
        is_right = share >= HUNDRED - CLOSE if is_single else share > 0
        if is_single and 0 < share < HUNDRED - CLOSE:
            notes.changed("partial_answers")
        if is_single and share < 0:
            notes.changed("minus_points")
        choices.append(ReadChoice(_text(answer, notes), is_right, _text(answer.find("feedback"), notes), share))
    prompt = _text(element.find("questiontext"), notes)
    rule: dict[str, Any] = {} if is_single else partial_rule(choices, notes)
    return ReadQuestion("single" if is_single else "multiple", prompt, choices=tuple(choices), rule=rule)


def _all_or_nothing(element: Element, name: str, notes: Notes) -> ReadQuestion:
    choices = tuple(ReadChoice(_text(answer, notes), _share(answer) > 0, _text(answer.find("feedback"), notes))
                    for answer in element.findall("answer"))  # fmt: skip
    return ReadQuestion("multiple", _text(element.find("questiontext"), notes), choices=choices, rule={"partial": False})


def _true_false(element: Element, name: str, notes: Notes) -> ReadQuestion:
    sides = {}
    for answer in element.findall("answer"):
        sides[plain_of(answer).lower()] = (_share(answer) > 0, _text(answer.find("feedback"), notes))
    if set(sides) != {"true", "false"}:
        raise Unfit("few_answers")
    choices = (ReadChoice("True", *sides["true"]), ReadChoice("False", *sides["false"]))
    return ReadQuestion("truefalse", _text(element.find("questiontext"), notes), choices=choices)


def _short(element: Element, name: str, notes: Notes) -> ReadQuestion:
    answers = [(_text(answer, notes), _share(answer), _text(answer.find("feedback"), notes)) for answer in element.findall("answer")]
    rule, right, again = words_rule(answers, is_set(element, "usecase"), notes)
    prompt = _text(element.find("questiontext"), notes)
    return ReadQuestion("short", prompt, feedback_right=right, feedback_again=again, rule=rule)


def _number(element: Element, name: str, notes: Notes) -> ReadQuestion:
    right, again = [], ""
    for answer in element.findall("answer"):
        text, said, share = plain_of(answer), _text(answer.find("feedback"), notes), _share(answer)
        if text == "*":
            again = again or said
        elif share >= HUNDRED - CLOSE:
            tolerance = plain_of(answer.find("tolerance"))
            right.append((number_rule(decimal_of(text), decimal_of(tolerance or "0"), _unit(element, notes)), said))
        else:
            notes.lost("partial_answers" if share > 0 else "wrong_answers")
    if not right:
        raise Unfit("no_right")
    if len(right) > 1:
        notes.lost("several_numbers", number=len(right) - 1)
    prompt = _text(element.find("questiontext"), notes)
    return ReadQuestion("number", prompt, feedback_right=one_feedback([right[0][1]], notes), feedback_again=again, rule=right[0][0])


def _unit(element: Element, notes: Notes) -> str:
    """Return the unit that counts once; others are noted."""
    units = [(plain_of(unit.find("multiplier")) or "1", plain_of(unit.find("unit_name"))) for unit in element.findall("units/unit")]
    named = [(decimal_of(multiplier), name) for multiplier, name in units if name]
    if len(named) > 1:
        notes.lost("units", number=len(named) - 1)
    return next((name for multiplier, name in named if multiplier == 1), named[0][1] if named else "")


def _matching(element: Element, name: str, notes: Notes) -> ReadQuestion:
    pairs, extra = [], []
    for sub in element.findall("subquestion"):
        left, right = _text(sub, notes), plain_of(sub.find("answer"))
        if left:
            pairs.append((left, right))
        elif _source(sub)[0].strip():
            notes.lost("pair_of_image")
        else:
            extra.append(right)
    return ReadQuestion("matching", _text(element.find("questiontext"), notes), rule=matching_rule(pairs, extra))


def _ordering(element: Element, name: str, notes: Notes) -> ReadQuestion:
    items = [_text(answer, notes) for answer in element.findall("answer")]
    return ReadQuestion("ordering", _text(element.find("questiontext"), notes), rule=ordering_rule(items))


def _essay(element: Element, name: str, notes: Notes) -> ReadQuestion:
    attachments = plain_of(element.find("attachments"))
    if plain_of(element.find("graderinfo")):
        notes.lost("grader_info")
    prompt = _text(element.find("questiontext"), notes)
    if plain_of(element.find("responseformat")) != "noinline" or attachments in ("", "0"):
        if attachments not in ("", "0"):
            notes.lost("attachments")
        return ReadQuestion("open", prompt)
    most = int(attachments) if re.fullmatch("[1-9][0-9]?", attachments) else ATTACHED_ALL
    return ReadQuestion("file", prompt, rule={"most": min(most, ATTACHED_ALL)})


def _cloze(element: Element, name: str, notes: Notes) -> ReadQuestion:
    source, form = _source(element.find("questiontext"))
    if PLUGIN_FILE.search(source):
        notes.lost("files")
    return read_cloze(source, form, name, notes)


def _slots(element: Element, name: str, notes: Notes) -> ReadQuestion:
    """Return a text whose words are dragged or selected into place as a text with gaps to choose from."""
    boxes = [(plain_of(box), plain_of(box.find("group")) or "1") for box in element if box.tag in ("dragbox", "selectoption")]
    source, form = _source(element.find("questiontext"))
    gaps: list[Gap] = []

    def fill(match: re.Match[str]) -> str:
        place = int(match.group(1)) - 1
        if not 0 <= place < len(boxes):
            raise Unfit("no_gaps")
        right, group = boxes[place]
        wrong = dict.fromkeys(text for text, other in boxes if other == group and text != right)
        gaps.append(gap_of([right], list(wrong)))
        return PLACE.format(len(gaps) - 1)

    text = SLOT.sub(fill, re.sub("[\ue000\ue001]", "", source))
    return gaps_question(text, form, name, gaps, False, notes)


READERS: dict[str, Callable[[Element, str, Notes], ReadQuestion]] = {
    "multichoice": _choices, "multichoiceset": _all_or_nothing, "truefalse": _true_false, "shortanswer": _short,
    "numerical": _number, "matching": _matching, "ordering": _ordering, "essay": _essay, "cloze": _cloze,
    "multianswer": _cloze, "ddwtos": _slots, "gapselect": _slots,
}  # fmt: skip
