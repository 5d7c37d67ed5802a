"""Moodle's texts with holes (Cloze) to a text with gaps, and back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from tenants.bank.formats.fit import CLOSE, HUNDRED, on_one_line, share_of
from tenants.bank.formats.question import Notes, ReadQuestion, Unfit
from tenants.bank.formats.words import plain
from tenants.courses.gaps import Gap, pieces_of, written

BEGIN = r"\{\d{0,4}:[A-Z_]+:"  # inside a hole a brace stands for itself, unless another hole begins there
HOLE = re.compile(rf"\{{(\d{{0,4}}):([A-Z_]+):((?:\\.|[^\\{{}}]|(?!{BEGIN})\{{)*)\}}", re.DOTALL)
WORD_HOLES = {"SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"}
CASE_HOLES = {"SHORTANSWER_C", "SAC", "MWC"}
CHOICE_HOLES = ("MULTICHOICE", "MC")
NUMBER_HOLES = {"NUMERICAL", "NM"}
HOLE_ANSWER = re.compile(r"~?(=|%(-?[0-9.,]+)%)?((?:\\.|[^\\~#])*)(?:#((?:\\.|[^\\~])*))?", re.DOTALL)
FIRST_PARAGRAPH = re.compile(r"\s*<p\b[^>]*>(.*?)</p>\s*(?=\S)", re.DOTALL | re.IGNORECASE)
MARKED = str.maketrans({sign: f"\\{sign}" for sign in "\\}#~/\""})
PLACE = "\ue000{}\ue001"  # where a gap stands while the text around it is made plain
PLACED = re.compile("\ue000(\\d+)\ue001")


def read_cloze(source: str, form: str, name: str, notes: Notes) -> ReadQuestion:
    """Return a text with holes as a question of kind gaps. Raises Unfit."""
    gaps: list[Gap] = []
    cases: set[bool] = set()
    weights: set[str] = set()

    def dig(match: re.Match[str]) -> str:
        weights.add(match.group(1) or "1")
        gaps.append(_gap(match.group(2), match.group(3), form, notes))
        if match.group(2) in WORD_HOLES:
            cases.add(match.group(2) in CASE_HOLES)
        return PLACE.format(len(gaps) - 1)

    text = HOLE.sub(dig, re.sub("[\ue000\ue001]", "", source))
    if not gaps:
        raise Unfit("no_gaps")
    if len(weights) > 1:
        notes.changed("gap_weights")
    if len(cases) > 1:
        notes.changed("mixed_case")
    return gaps_question(text, form, name, gaps, cases == {True}, notes)


def gaps_question(text: str, form: str, name: str, gaps: Sequence[Gap], case: bool, notes: Notes) -> ReadQuestion:
    """Return a text with places for gaps as a question: what stands before the first gap's paragraph is the prompt."""
    prompt, rest = _halves(text, form)
    prompt = plain(prompt, form, notes)
    words = PLACED.split(plain(rest, form, notes))
    pieces = [gaps[int(word)] if place % 2 else word for place, word in enumerate(words)]
    if not prompt:
        notes.changed("prompt_from_name")
        prompt = name or "…"
    return ReadQuestion("gaps", prompt, rule={"text": written(pieces), "typos": 0, "case": case})


def _halves(text: str, form: str) -> tuple[str, str]:
    """Return the first paragraph and the rest; an empty first half when the first one has a gap or stands alone."""
    if form == "html":
        found = FIRST_PARAGRAPH.match(text)
        first, rest = (found.group(1), text[found.end():]) if found else ("", text)
    else:
        first, _gap, rest = text.strip().partition("\n\n")
    return (first, rest) if rest.strip() and not PLACED.search(first) else ("", text)


def _gap(kind: str, body: str, form: str, notes: Notes) -> Gap:
    """Return one hole as a gap. Raises Unfit."""
    is_choice = kind.startswith(CHOICE_HOLES)
    if not is_choice and kind not in WORD_HOLES and kind not in NUMBER_HOLES:
        raise Unfit("kind", kind=kind)
    right, wrong = [], []
    for share, text, said in _answers(body):
        if said:
            notes.lost("gap_feedback")
        text = plain(text, form, notes)
        if kind in NUMBER_HOLES:
            text, _colon, tolerance = text.partition(":")
            if tolerance.strip() not in ("", "0"):
                notes.lost("gap_tolerance")
        if share >= HUNDRED - CLOSE:
            right.append(text.strip())
        elif is_choice:
            wrong.append(text.strip())
            if share > 0:
                notes.lost("partial_answers")
        elif text.strip() != "*":
            notes.lost("partial_answers" if share > 0 else "wrong_answers")
    return gap_of(right, wrong)


def gap_of(right: Sequence[str], wrong: Sequence[str]) -> Gap:
    """Return a gap to type into or, with wrong ones, to choose in. Raises Unfit."""
    accepted = tuple(dict.fromkeys(text for text in map(on_one_line, right) if text))
    offered = tuple(dict.fromkeys(text for text in map(on_one_line, wrong) if text and text not in accepted))
    if not accepted:
        raise Unfit("no_right")
    return Gap("", accepted, offered)


def _answers(body: str) -> list[tuple[Decimal, str, str]]:
    """Return the answers of a hole: share, text, feedback."""
    found = []
    at = 0
    while at < len(body):
        match = HOLE_ANSWER.match(body, at)
        if match is None or match.end() == at:
            raise Unfit("no_answers")
        at = match.end()
        mark, share, text, said = match.groups()
        part = HUNDRED if mark == "=" else share_of(share) if share else Decimal(0)
        found.append((part, _bare(text), _bare(said or "").strip()))
    return found


def _bare(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def write_cloze(question: ReadQuestion, notes: Notes) -> str:
    """Return a question of kind gaps as a text with holes, in plain text."""
    if question.rule.get("typos"):
        notes.changed("typos")
    if not question.rule.get("partial"):
        notes.changed("strict_out")
    prompt = re.sub(r"\n{2,}", "\n", question.prompt)
    if prompt != question.prompt:
        notes.changed("blank_line")
    pieces = pieces_of(question.rule["text"])
    if any("{" in piece for piece in [prompt, *pieces] if isinstance(piece, str)):
        raise Unfit("gap_signs")
    if any(re.search(BEGIN, text) for piece in pieces if isinstance(piece, Gap) for text in (*piece.accepted, *piece.wrong)):
        raise Unfit("gap_signs")
    word = "SHORTANSWER_C" if question.rule.get("case") else "SHORTANSWER"
    return f"{prompt}\n\n{''.join(piece if isinstance(piece, str) else _hole(piece, word) for piece in pieces)}"


def _hole(gap: Gap, word: str) -> str:
    answers = [f"={text.translate(MARKED)}" for text in gap.accepted] + [f"%0%{text.translate(MARKED)}" for text in gap.wrong]
    return f"{{1:{'MULTICHOICE' if gap.wrong else word}:{'~'.join(answers)}}}"
