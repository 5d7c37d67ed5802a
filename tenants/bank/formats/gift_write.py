"""Questions as GIFT, with a report of what GIFT cannot hold."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tenants.bank.formats.fit import joined
from tenants.bank.formats.question import LEFT, WHOLE, Line, Notes, ReadChoice, ReadQuestion, Unfit

MARKED = str.maketrans({sign: f"\\{sign}" for sign in "\\~=#{}:"} | {"\n": "\\n"})


def write_gift(questions: Sequence[ReadQuestion]) -> tuple[str, list[Line]]:
    """Return the questions as one GIFT file, and a line of the report for each."""
    parts: list[str] = []
    lines: list[Line] = []
    for place, question in enumerate(questions):
        notes = Notes()
        try:
            parts.append(_question(question, notes))
        except Unfit as why:
            lines.append(Line(place + 1, LEFT, why.code, why.facts))
            continue
        found = [Line(place + 1, what, code, facts, place) for (what, code), facts in notes.found.items()]
        lines.extend(found or [Line(place + 1, WHOLE, "whole", {}, place)])
    return "\n".join(parts), lines


def _question(question: ReadQuestion, notes: Notes) -> str:
    if question.hint:
        notes.lost("hint")
    answers = KINDS.get(question.kind)
    if answers is None:
        raise Unfit("kind_out")
    general = question.feedback_right if question.feedback_right == question.feedback_again else ""
    if question.kind in ("open", "file"):
        general = question.feedback_right
    body = answers(question, notes, bool(general))
    end = f"\n####{_e(general)}\n" if general else ""
    tags = " ".join(f"[tag:{_tag(tag)}]" for tag in question.tags)
    return f"{f'// {tags}{chr(10)}' if tags else ''}::{_e(question.name)}::[plain]{_e(question.prompt)}{{{body}{end}}}\n"


def _tag(tag: str) -> str:
    return " ".join(tag.replace("\\", "\\\\").replace("]", "\\]").split())


def _e(text: str) -> str:
    return text.translate(MARKED)


def _answer(text: str) -> str:
    """Return a text of an answer; one that looks like a format is said to be plain."""
    return ("[plain]" if text.lstrip().startswith("[") else "") + _e(text)


def _said(text: str) -> str:
    return f"#{_answer(text)}" if text else ""


def folded(question: ReadQuestion, notes: Notes, is_general: bool) -> tuple[ReadChoice, ...]:
    """Return the choices with the question's feedback in theirs, for formats that only know those."""
    if is_general or not (question.feedback_right or question.feedback_again):
        return question.choices
    notes.changed("feedback_moved")
    return tuple(ReadChoice(one.text, one.is_right,
                            joined(one.feedback, question.feedback_right if one.is_right else question.feedback_again))
                 for one in question.choices)  # fmt: skip


def _single(question: ReadQuestion, notes: Notes, is_general: bool) -> str:
    lines = []
    for one in folded(question, notes, is_general):
        weight = ("%100%" if one.is_right else "%0%") if one.text.lstrip().startswith("%") else ""
        lines.append(f"\t{'=' if one.is_right else '~'}{weight}{_answer(one.text)}{_said(one.feedback)}")
    return "\n" + "\n".join(lines) + "\n"


def shares(question: ReadQuestion, notes: Notes) -> tuple[str, str]:
    """Return the share of a right and of a wrong choice in percent, as Moodle knows them."""
    right = sum(one.is_right for one in question.choices)
    share = f"{(Decimal(100) / max(1, right)).quantize(Decimal('0.00001')).normalize():f}"
    if question.rule.get("partial"):
        return share, f"-{share}"
    if right > 1:
        notes.changed("strict_out")
    return share, "-100"


def _multiple(question: ReadQuestion, notes: Notes, is_general: bool) -> str:
    right, wrong = shares(question, notes)
    lines = [f"\t~%{right if one.is_right else wrong}%{_answer(one.text)}{_said(one.feedback)}"
             for one in folded(question, notes, is_general)]  # fmt: skip
    return "\n" + "\n".join(lines) + "\n"


def _true_false(question: ReadQuestion, notes: Notes, is_general: bool) -> str:
    true, false = folded(question, notes, is_general)
    right, wrong = (true, false) if true.is_right else (false, true)
    said = f"#{_answer(wrong.feedback) if wrong.feedback else ''}" if wrong.feedback or right.feedback else ""
    return ("TRUE" if true.is_right else "FALSE") + said + _said(right.feedback)


def _short(question: ReadQuestion, notes: Notes, is_general: bool) -> str:
    if question.rule.get("typos"):
        notes.changed("typos")
    if question.rule.get("case"):
        notes.changed("case")
    right = "" if is_general else question.feedback_right
    lines = [f"\t={'%100%' if text.startswith('%') else ''}{_answer(_arrow(text, notes).replace('*', chr(92) + '*'))}{_said(right)}"
             for text in question.rule["accepted"]]  # fmt: skip
    if question.feedback_again and not is_general:
        lines.append(f"\t=%0%*{_said(question.feedback_again)}")
    return "\n" + "\n".join(lines) + "\n"


def _arrow(text: str, notes: Notes) -> str:
    if "->" in text:
        notes.changed("arrow")
    return text.replace("->", "→")


def _number(question: ReadQuestion, notes: Notes, is_general: bool) -> str:
    rule = question.rule
    if rule.get("unit"):
        notes.lost("unit")
    right = "" if is_general else question.feedback_right
    again = f"\n\t~{_said(question.feedback_again)}" if question.feedback_again and not is_general else ""
    return f"#\n\t={rule['value']}{':' + rule['tolerance'] if rule.get('tolerance') else ''}{_said(right)}{again}\n"


def _only_general(question: ReadQuestion, notes: Notes, is_general: bool) -> None:
    if not is_general and (question.feedback_right or question.feedback_again):
        notes.lost("feedback")


def strictly(question: ReadQuestion, notes: Notes) -> None:
    """Note that Moodle gives a part of the points where this question gives none."""
    if not question.rule.get("partial"):
        notes.changed("strict_out")


def _matching(question: ReadQuestion, notes: Notes, is_general: bool) -> str:
    strictly(question, notes)
    _only_general(question, notes, is_general)
    pairs = [f"\t={'%100%' if p['left'].startswith('%') else ''}{_answer(_arrow(p['left'], notes))} -> {_answer(p['right'])}"
             for p in question.rule["pairs"]]  # fmt: skip
    extra = [f"\t= -> {_answer(one['text'])}" for one in question.rule.get("extra", ())]
    return "\n" + "\n".join(pairs + extra) + "\n"


def _ordering(question: ReadQuestion, notes: Notes, is_general: bool) -> str:
    strictly(question, notes)
    _only_general(question, notes, is_general)
    items = [_answer(one["text"]) for one in question.rule["items"]]
    return f">{len(items)} ALL VERTICAL ABSOLUTE_POSITION SHOW none\n" + "\n".join(items) + "\n"


def _open(question: ReadQuestion, notes: Notes, is_general: bool) -> str:
    if question.kind == "file":
        notes.changed("file_as_open")
    return ""


KINDS = {"single": _single, "multiple": _multiple, "truefalse": _true_false, "short": _short, "number": _number,
         "matching": _matching, "ordering": _ordering, "open": _open, "file": _open}  # fmt: skip
