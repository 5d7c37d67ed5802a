"""Whether a question that was read can be kept as it is, and the marks that formats give to answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from tenants.bank.formats.question import Notes, ReadChoice, ReadQuestion, Unfit
from tenants.bank.formats.words import clean
from tenants.courses.gaps import MAX_GAPS, gaps_of
from tenants.courses.question_rules import (
    MAX_ACCEPTED,
    MAX_ACCEPTED_CHARS,
    MAX_GAPPED,
    MAX_NUMBER_CHARS,
    MAX_ROW_CHARS,
    MAX_ROWS,
)
from tenants.courses.rules import MAX_CHOICES, is_decimal

MAX_TITLE, MAX_PROMPT, MAX_LINE, MAX_TAGS, MAX_TAG = 200, 4_000, 1_000, 10, 40
NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:e[-+]?[0-9]{1,3})?", re.IGNORECASE | re.ASCII)
HUNDRED = Decimal(100)
CLOSE = Decimal("0.1")  # formats write a third as 33.333 or 33.33333


def fitting(question: ReadQuestion, notes: Notes) -> ReadQuestion:
    """Return the question in the shape that the bank keeps, noting what was cut. Raises Unfit."""
    prompt = clean(question.prompt)
    if not prompt:
        raise Unfit("no_prompt")
    if len(prompt) > MAX_PROMPT:
        raise Unfit("too_long")
    found = replace(
        question, prompt=prompt, name=title_of(question.name, prompt, notes), tags=tags_of(question.tags),
        feedback_right=cut(question.feedback_right, MAX_PROMPT, notes),
        feedback_again=cut(question.feedback_again, MAX_PROMPT, notes), hint=cut(question.hint, MAX_PROMPT, notes),
    )  # fmt: skip
    check = {"single": _choices, "multiple": _choices, "truefalse": _choices, "short": _short, "number": _number,
             "matching": _matching, "ordering": _ordering, "gaps": _gaps}.get(question.kind)  # fmt: skip
    return check(found, notes) if check else found


def title_of(name: str, prompt: str, notes: Notes | None = None) -> str:
    """Return the name on one line, or the first words of the prompt."""
    line = " ".join(clean(name).split())
    if len(line) > MAX_TITLE and notes:
        notes.changed("cut")
    return line[:MAX_TITLE].strip() or shortened(prompt)


def shortened(text: str, most: int = 80) -> str:
    """Return the first words of a text."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most].rsplit(' ', 1)[0].strip()[:most]}…"


def tags_of(tags: Iterable[str]) -> tuple[str, ...]:
    """Return the tags in small letters, without commas, each once."""
    plain = (" ".join(clean(tag).replace(",", " ").split()).lower()[:MAX_TAG].strip() for tag in tags)
    return tuple(dict.fromkeys(tag for tag in plain if tag))[:MAX_TAGS]


def cut(text: str, most: int, notes: Notes) -> str:
    """Return the text, cut and noted when it is too long."""
    text = clean(text)
    if len(text) > most:
        notes.changed("cut")
        return text[: most - 1].strip() + "…"
    return text


def _choices(question: ReadQuestion, notes: Notes) -> ReadQuestion:
    choices = [replace(one, text=clean(one.text), feedback=cut(one.feedback, MAX_LINE, notes)) for one in question.choices]
    filled = [one for one in choices if one.text]
    if len(filled) < len(choices):
        notes.lost("empty_answers", number=len(choices) - len(filled))
    if any(len(one.text) > MAX_LINE for one in filled):
        raise Unfit("too_long")
    if len(filled) > MAX_CHOICES:
        filled = _without_some_wrong(filled, notes)
    if len(filled) < 2:
        raise Unfit("few_answers")
    right = sum(one.is_right for one in filled)
    if not right:
        raise Unfit("no_right")
    question = replace(question, choices=tuple(filled))
    if question.kind != "multiple" and right > 1:
        notes.changed("several_right", number=right)
        question = replace(question, kind="multiple", rule={"partial": True})
    if question.kind == "multiple" and right == 1:
        question = replace(question, rule={"partial": False})
    return question


def _without_some_wrong(choices: list[ReadChoice], notes: Notes) -> list[ReadChoice]:
    """Return at most MAX_CHOICES choices with every right one. Raises Unfit."""
    spare = MAX_CHOICES - sum(one.is_right for one in choices)
    if spare < 0:
        raise Unfit("many_answers", most=MAX_CHOICES)
    notes.lost("many_answers", number=len(choices) - MAX_CHOICES, most=MAX_CHOICES)
    kept = []
    for one in choices:
        if one.is_right or spare > 0:
            spare -= not one.is_right
            kept.append(one)
    return kept


def _short(question: ReadQuestion, notes: Notes) -> ReadQuestion:
    accepted = list(dict.fromkeys(on_one_line(text) for text in question.rule["accepted"]))
    kept = [text for text in accepted if text and len(text) <= MAX_ACCEPTED_CHARS][:MAX_ACCEPTED]
    if len(kept) < len([text for text in accepted if text]):
        notes.lost("many_answers", number=len(accepted) - len(kept), most=MAX_ACCEPTED)
    if not kept:
        raise Unfit("no_right")
    return replace(question, rule={"accepted": kept, "typos": int(question.rule.get("typos", 0)),
                                   "case": bool(question.rule.get("case"))})  # fmt: skip


def _number(question: ReadQuestion, notes: Notes) -> ReadQuestion:
    rule = {"value": str(question.rule["value"]), "tolerance": str(question.rule.get("tolerance") or ""),
            "unit": cut(str(question.rule.get("unit") or ""), MAX_NUMBER_CHARS, notes)}  # fmt: skip
    if not is_decimal(rule["value"]) or (rule["tolerance"] and not is_decimal(rule["tolerance"])):
        raise Unfit("no_number")
    return replace(question, rule=rule)


def _matching(question: ReadQuestion, notes: Notes) -> ReadQuestion:
    pairs = [(on_one_line(one["left"]), on_one_line(one["right"])) for one in question.rule["pairs"]]
    whole = [pair for pair in pairs if all(pair)]
    once = list(dict.fromkeys(whole))
    extra = [text for text in dict.fromkeys(on_one_line(one["text"]) for one in question.rule.get("extra", ())) if text]
    rights = {right for _left, right in once}
    lonely = [text for text in extra if text not in rights]
    if len(once) < len(pairs) or len(lonely) < len(extra):
        notes.lost("same_pairs", number=len(pairs) - len(once) + len(extra) - len(lonely))
    if len(once) < 2:
        raise Unfit("few_pairs")
    _check_rows([text for pair in once for text in pair], len(once))
    _check_rows(lonely, len(lonely))
    return replace(question, rule={**matching_rule(once, lonely), "partial": bool(question.rule.get("partial", True))})


def matching_rule(pairs: Sequence[tuple[str, str]], extra: Sequence[str]) -> dict[str, Any]:
    """Return the rule of a matching question, with ids (the bank gives others, which tell nothing)."""
    return {"pairs": [{"id": f"p{n}", "left": left, "right": right} for n, (left, right) in enumerate(pairs, 1)],
            "extra": [{"id": f"e{n}", "text": text} for n, text in enumerate(extra, 1)]}  # fmt: skip


def _ordering(question: ReadQuestion, notes: Notes) -> ReadQuestion:
    texts = [text for text in (on_one_line(one["text"]) for one in question.rule["items"]) if text]
    items = list(dict.fromkeys(texts))
    if len(items) < len(texts):
        notes.lost("same_items", number=len(texts) - len(items))
    if len(items) < 2:
        raise Unfit("few_items")
    _check_rows(items, len(items))
    return replace(question, rule={**ordering_rule(items), "partial": bool(question.rule.get("partial", True))})


def ordering_rule(items: Sequence[str]) -> dict[str, Any]:
    """Return the rule of an ordering question, with ids (the bank gives others, which tell nothing)."""
    return {"items": [{"id": f"i{n}", "text": text} for n, text in enumerate(items, 1)]}


def _gaps(question: ReadQuestion, notes: Notes) -> ReadQuestion:
    text = clean(question.rule["text"])
    if len(text) > MAX_GAPPED:
        raise Unfit("too_long")
    gaps = gaps_of(text)
    if not gaps or not all(gap.accepted for gap in gaps):
        raise Unfit("no_gaps")
    if len(gaps) > MAX_GAPS:
        raise Unfit("many_gaps", most=MAX_GAPS)
    return replace(question, rule={
        "text": text, "typos": int(question.rule.get("typos", 0)), "case": bool(question.rule.get("case")),
        "partial": bool(question.rule.get("partial", True)),
    })  # fmt: skip


def on_one_line(text: str) -> str:
    """Return the text without ends of lines: what stands in a list of one per line."""
    return " ".join(clean(text).split())


def _check_rows(texts: Sequence[str], rows: int) -> None:
    if rows > MAX_ROWS:
        raise Unfit("many_pairs", most=MAX_ROWS)
    if any(len(text) > MAX_ROW_CHARS for text in texts):
        raise Unfit("too_long")


def partial_rule(choices: Sequence[ReadChoice], notes: Notes) -> dict[str, bool]:
    """Return the rule of a question with several right answers, from each answer's share of the points."""
    right = [one.share or Decimal(0) for one in choices if one.is_right]
    wrong = [one.share or Decimal(0) for one in choices if not one.is_right]
    even = bool(right) and all(abs(share - HUNDRED / len(right)) < CLOSE for share in right)
    if even and wrong and all(share <= CLOSE - HUNDRED for share in wrong):
        if len(right) > 1:
            notes.changed("strict")
        return {"partial": False}
    if not even or any(abs(share + HUNDRED / len(right)) > CLOSE for share in wrong):
        notes.changed("weights")
    return {"partial": True}


def share_of(text: str) -> Decimal:
    """Return a share in percent. Raises Unfit."""
    try:
        share = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        raise Unfit("no_number") from None
    return share if abs(share) <= HUNDRED else HUNDRED.copy_sign(share)


def words_rule(answers: Iterable[tuple[str, Decimal, str]], case: bool, notes: Notes) -> tuple[dict[str, Any], str, str]:
    """Return rule, feedback when right and feedback when not, of answers (text, share, feedback).

    Moodle's `*` stands for anything, `\\*` for the sign itself; an answer that is only `*` speaks to every other answer.
    """
    accepted, said_right, said_again = [], [], ""
    for text, share, said in answers:
        bare = text.strip()
        if bare == "*":
            said_again = said_again or said
            if share > 0:
                notes.lost("wildcard")
        elif share >= HUNDRED - CLOSE:
            accepted.append(_without_wildcards(bare, notes))
            said_right.append(said)
        else:
            notes.lost("partial_answers" if share > 0 else "wrong_answers")
    return {"accepted": accepted, "typos": 0, "case": case}, one_feedback(said_right, notes), said_again


def _without_wildcards(text: str, notes: Notes) -> str:
    kept = re.sub(r"(?<!\\)\*", "", text)
    if kept != text:
        notes.changed("wildcard")
    return kept.replace("\\*", "*")


def one_feedback(said: Sequence[str], notes: Notes) -> str:
    """Return the feedback that right answers share; different ones are joined and noted."""
    different = list(dict.fromkeys(text for text in said if text))
    if len(different) > 1 or (different and "" in said):
        notes.changed("answer_feedback")
    return "\n".join(different)


def decimal_of(text: str) -> Decimal:
    """Return a number as formats write it. Raises Unfit."""
    text = text.strip()
    if not NUMBER.fullmatch(text):
        raise Unfit("no_number")
    number = Decimal(text.replace(",", "."))
    if number and not -13 < number.adjusted() < 19:
        raise Unfit("no_number")
    return number


def plain_number(number: Decimal) -> str:
    """Return the number without exponent and without zeros that say nothing."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def number_rule(value: Decimal, tolerance: Decimal, unit: str = "") -> dict[str, str]:
    """Return the rule of a question for a number."""
    return {"value": plain_number(value), "tolerance": plain_number(abs(tolerance)) if tolerance else "", "unit": unit}


def with_general(question: ReadQuestion, general: str, notes: Notes) -> ReadQuestion:
    """Return the question with feedback that is said whatever the answer was."""
    if not general:
        return question
    if question.kind in ("open", "file"):
        return replace(question, feedback_right=joined(question.feedback_right, general))
    notes.changed("general_feedback")
    return replace(question, feedback_right=joined(question.feedback_right, general),
                   feedback_again=joined(question.feedback_again, general))  # fmt: skip


def joined(*texts: str) -> str:
    """Return the texts that say something, each on its own lines."""
    return "\n".join(dict.fromkeys(text.strip() for text in texts if text.strip()))
