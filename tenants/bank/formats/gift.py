"""GIFT, Moodle's text format, in: comments, titles, categories, formats, escapes and every kind of answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

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
from tenants.bank.formats.gift_lines import lines_of, shown
from tenants.bank.formats.question import Notes, ReadChoice, Reading, ReadQuestion, Unfit
from tenants.bank.formats.words import INLINE_DATA, MOST_SIGNS, plain
from tenants.courses.rules import MAX_CHOICES

FORM = re.compile(r"\s*\[(html|moodle|plain|markdown|autoformat|auto_format)\]", re.IGNORECASE)
NAME = re.compile(r"\s*::(.*?)::", re.DOTALL)
ITEM = re.compile(r"([=~])([^=~]*)")
WEIGHT = re.compile(r"\s*%\s*(-?[0-9]{1,3}(?:[.,][0-9]{0,10})?)\s*%")
TRUE_FALSE = re.compile(r"\s*(TRUE|T|FALSE|F)\s*", re.IGNORECASE)
ORDER = re.compile(r"\s*>\s*\d*(?:[ \t]+[A-Za-z_01]+)*[ \t]*(?:\n|(?==))")
CLOZE = re.compile(r"\s*\d*:[A-Z_]+:")
MOST_ANSWERS = 500
TAIL = re.compile(r"[\s\"';`]*")


def read_gift(text: str) -> Reading:
    """Return the questions of a GIFT file and the report on it."""
    reading = Reading()
    for chunk in lines_of(text, reading):
        source = "\n".join(chunk.lines).strip()
        if not source:
            continue
        notes = Notes()
        if chunk.has_id:
            notes.lost("id_number")
        try:
            question = _question(source, tuple(chunk.tags), notes)
        except Unfit as why:
            reading.leave(chunk.line, why.code, shortened(shown(source[:500].replace("::", " "))), **why.facts)
        else:
            reading.keep(chunk.line, question, notes)
    return reading


def _question(source: str, tags: tuple[str, ...], notes: Notes) -> ReadQuestion:
    name = NAME.match(source)
    rest = source[name.end():] if name else source.removeprefix("::")
    if len(source) > MOST_SIGNS and len(INLINE_DATA.sub("", source)) > MOST_SIGNS:
        raise Unfit("too_long")
    opens = rest.find("{")
    if opens < 0:
        raise Unfit("description" if rest.strip() else "no_prompt")
    closes = rest.find("}", opens)
    if closes < 0:
        raise Unfit("no_closing_brace")
    body, tail, before = rest[opens + 1:closes], rest[closes + 1:], rest[:opens]
    form, before = _form(before)
    if tail.strip() and TAIL.fullmatch(tail):
        notes.lost("tail")
    elif tail.strip():
        if "{" in tail:
            notes.changed("second_braces")
        before = f"{before.rstrip()} _____{'' if tail[0] in '.,;:!?)' else ' '}{tail.strip()}"
    body, general = _general(body)
    question = _answered(body, form, notes)
    question = with_general(question, _text(general, form, notes), notes)
    return fitting(ReadQuestion(
        question.kind, _text(before, form, notes), shown(name.group(1)) if name else "", tags, question.choices,
        question.feedback_right, question.feedback_again, "", question.rule,
    ), notes)  # fmt: skip


def _form(text: str) -> tuple[str | None, str]:
    """Return the format that a text begins with, and the rest."""
    found = FORM.match(text)
    if not found:
        return None, text
    form = found.group(1).lower()
    return (form if form in ("html", "plain", "markdown") else "moodle"), text[found.end():]


def _text(text: str, form: str | None, notes: Notes) -> str:
    own, rest = _form(text)
    return plain(shown(rest.strip()), own or form, notes)


def _general(body: str) -> tuple[str, str]:
    before, _mark, after = body.partition("####")
    return before, after


def _answered(body: str, form: str | None, notes: Notes) -> ReadQuestion:
    """Return the answers as a question without prompt. Raises Unfit."""
    bare = body.strip()
    if not bare:
        return ReadQuestion("open", "")
    if CLOZE.match(bare):
        raise Unfit("cloze_in_gift")
    if bare.startswith("#"):
        return _number(bare[1:], form, notes)
    if ORDER.match(body):
        return _ordering(body[ORDER.match(body).end():], form, notes)  # type: ignore[union-attr]
    if TRUE_FALSE.fullmatch(bare.partition("#")[0]):
        return _true_false(bare, form, notes)
    if "~" in bare:
        return _choices(bare, form, notes)
    if "=" in bare and "->" in bare:
        return _matching(bare, form, notes)
    if "=" not in bare and bare.startswith(("#", "%", "->")):
        raise Unfit("no_answers")
    return _short(bare if "=" in bare else f"={bare}", form, notes)  # a single word may stand without its sign


@dataclass(frozen=True)
class _Item:
    mark: str
    share: Decimal
    has_share: bool
    text: str
    said: str


def _items(body: str, form: str | None, notes: Notes) -> list[_Item]:
    """Return the answers with mark, share of the points, text and feedback."""
    if body[: (re.search("[=~]", body) or re.search("$", body)).start()].strip():  # type: ignore[union-attr]
        notes.lost("stray_text")
    if body.count("=") + body.count("~") > MOST_ANSWERS:
        raise Unfit("many_answers", most=MAX_CHOICES)
    found = []
    for mark, rest in ITEM.findall(body):
        weight = WEIGHT.match(rest)
        share = share_of(weight.group(1)) if weight else HUNDRED if mark == "=" else Decimal(0)
        text, _hash, said = (rest[weight.end():] if weight else rest).partition("#")
        found.append(_Item(mark, share, weight is not None, text, _text(said, form, notes)))
    return found


def _choices(body: str, form: str | None, notes: Notes) -> ReadQuestion:
    items = _items(body, form, notes)
    is_single = any(item.mark == "=" for item in items)
    if is_single:
        choices = [ReadChoice(_text(i.text, form, notes), i.share >= HUNDRED - CLOSE, i.said, i.share) for i in items]
        if any(0 < item.share < HUNDRED - CLOSE for item in items):
            notes.changed("partial_answers")
        if any(item.share < 0 for item in items):
            notes.changed("minus_points")
        return ReadQuestion("single", "", choices=tuple(choices))
    choices = [ReadChoice(_text(item.text, form, notes), item.share > 0, item.said, item.share) for item in items]
    return ReadQuestion("multiple", "", choices=tuple(choices), rule=partial_rule(choices, notes))


def _true_false(body: str, form: str | None, notes: Notes) -> ReadQuestion:
    word, *said = body.split("#", 2)
    again, right = [*(_text(one, form, notes) for one in said), "", ""][:2]
    is_true = word.strip().upper().startswith("T")
    return ReadQuestion("truefalse", "", choices=(
        ReadChoice("True", is_true, right if is_true else again), ReadChoice("False", not is_true, again if is_true else right)
    ))  # fmt: skip


def _short(body: str, form: str | None, notes: Notes) -> ReadQuestion:
    answers = [(_text(item.text, form, notes), item.share, item.said) for item in _items(body, form, notes)]
    rule, right, again = words_rule(answers, False, notes)
    return ReadQuestion("short", "", feedback_right=right, feedback_again=again, rule=rule)


def _number(body: str, form: str | None, notes: Notes) -> ReadQuestion:
    """Return a question for a number: 3, 3:0.5, 1..5, or several of them with shares."""
    first = re.search("[=~]", body)
    items = [] if first and not body[: first.start()].strip() else [_whole(body[: first.start()] if first else body, form, notes)]
    if first:
        items += _items(body[first.start():], form, notes)
    right: list[tuple[dict[str, str], str]] = []
    again = ""
    for item in items:
        if item.text.strip() in ("", "*"):
            again = again or item.said
        elif item.share >= HUNDRED - CLOSE:
            right.append((_range(shown(item.text)), item.said))
        else:
            notes.lost("partial_answers" if item.share > 0 else "wrong_answers")
    if not right:
        raise Unfit("no_right")
    if len(right) > 1:
        notes.lost("several_numbers", number=len(right) - 1)
    return ReadQuestion("number", "", feedback_right=one_feedback([right[0][1]], notes), feedback_again=again, rule=right[0][0])


def _whole(body: str, form: str | None, notes: Notes) -> _Item:
    text, _hash, said = body.partition("#")
    return _Item("=", HUNDRED, False, text, _text(said, form, notes))


def _range(text: str) -> dict[str, str]:
    if ".." in text:
        low, _dots, high = text.partition("..")
        ends = sorted((decimal_of(low), decimal_of(high)))
        return number_rule((ends[0] + ends[1]) / 2, (ends[1] - ends[0]) / 2)
    value, _colon, tolerance = text.partition(":")
    return number_rule(decimal_of(value), decimal_of(tolerance) if tolerance.strip() else Decimal(0))


def _matching(body: str, form: str | None, notes: Notes) -> ReadQuestion:
    pairs, extra = [], []
    for item in _items(body, form, notes):
        left, arrow, right = item.text.partition("->")
        if item.said:
            notes.lost("pair_feedback")
        if not arrow:
            notes.lost("pair_without_arrow")
            continue
        left, right = _text(left, form, notes), _text(right, form, notes)
        if left:
            pairs.append((left, right))
        else:
            extra.append(right)
    return ReadQuestion("matching", "", rule=matching_rule(pairs, extra))


def _ordering(body: str, form: str | None, notes: Notes) -> ReadQuestion:
    parts = body.split("=") if "=" in body else body.split("\n")
    return ReadQuestion("ordering", "", rule=ordering_rule([_text(part, form, notes) for part in parts if part.strip()]))
