"""Out and in again: every question that a format can hold is the same; for others the report says what changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenants.bank.formats.fit import matching_rule, ordering_rule, tags_of, title_of
from tenants.bank.formats.gift import read_gift
from tenants.bank.formats.gift_write import write_gift
from tenants.bank.formats.moodle_xml import read_moodle_xml
from tenants.bank.formats.moodle_xml_write import write_moodle_xml
from tenants.bank.formats.question import ReadChoice, Reading, ReadQuestion
from tenants.bank.formats.words import clean
from tenants.courses.gaps import Gap, pieces_of, written

SIGNS = "abcxyz éü漢🙂09<>&\"'%*=~#{}:\\/[]()|.,;$@!?-_>`^+\t\n"
texts = st.text(st.one_of(st.sampled_from(SIGNS), st.characters(exclude_categories=["Cs", "Cc"])), max_size=40).map(clean)
filled = texts.filter(bool)
lines = filled.map(lambda text: " ".join(text.split())).filter(bool)
said = st.one_of(st.just(""), st.just(""), texts)
tags = st.lists(lines, max_size=3).map(tags_of)
decimals = st.decimals(-10**9, 10**9, places=3).map(lambda d: format(d.normalize(), "f"))
tolerances = st.decimals(0, 10**6, places=3).map(lambda d: format(d.normalize(), "f") if d else "")


def choice(is_right: bool) -> st.SearchStrategy[ReadChoice]:
    """Return choices that are right or not."""
    return st.builds(ReadChoice, filled, st.just(is_right), texts)


@st.composite
def asked(draw: st.DrawFn, kinds: tuple[str, ...]) -> ReadQuestion:
    """Return a question as the bank holds it."""
    kind, prompt = draw(st.sampled_from(kinds)), draw(filled)
    choices: list[ReadChoice] = []
    rule: dict[str, Any] = {}
    if kind in ("single", "multiple"):
        right = draw(st.lists(choice(True), min_size=1, max_size=1 if kind == "single" else 4))
        wrong = draw(st.lists(choice(False), min_size=1, max_size=5))
        choices = draw(st.permutations([*right, *wrong]))
        rule = {"partial": len(right) > 1 and draw(st.booleans())} if kind == "multiple" else {}
    elif kind == "truefalse":
        side = draw(st.booleans())
        choices = [ReadChoice("True", side, draw(texts)), ReadChoice("False", not side, draw(texts))]
    else:
        rule = draw(rules(kind))
    return ReadQuestion(
        kind, prompt, title_of(draw(st.one_of(st.just(""), lines)), prompt), draw(tags), tuple(choices), draw(said), draw(said),
        draw(said), rule,
    )  # fmt: skip


def rules(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return rules of the kinds without choices."""
    pairs = st.lists(st.tuples(lines, lines), min_size=2, max_size=5, unique=True)
    gap = st.builds(Gap, st.just(""), st.lists(lines, min_size=1, max_size=2, unique=True).map(tuple),
                    st.lists(lines, max_size=2, unique=True).map(tuple))  # fmt: skip
    pieces = st.tuples(texts, gap, texts, gap, texts).map(lambda found: clean(written([piece for piece in found if piece])))
    return {
        "short": st.fixed_dictionaries({"accepted": st.lists(lines, min_size=1, max_size=4, unique=True),
                                        "typos": st.sampled_from([0, 0, 0, 0, 1, 2]), "case": st.booleans()}),
        "number": st.fixed_dictionaries({"value": decimals, "tolerance": tolerances,
                                         "unit": st.one_of(st.just(""), lines.map(lambda t: t[:10].strip()))}),
        "matching": st.tuples(pairs, st.lists(lines, max_size=2, unique=True)).map(
            lambda both: {**matching_rule(both[0], [t for t in both[1] if t not in {right for _left, right in both[0]}]), "partial": True}),
        "ordering": st.lists(lines, min_size=2, max_size=5, unique=True).map(lambda items: {**ordering_rule(items), "partial": True}),
        "gaps": st.fixed_dictionaries({"text": pieces, "typos": st.just(0), "case": st.booleans(), "partial": st.just(True)}),
        "open": st.just({}), "file": st.integers(1, 10).map(lambda most: {"most": most}),
    }[kind]  # fmt: skip


KINDS = ("single", "multiple", "truefalse", "short", "number", "matching", "ordering", "gaps", "open", "file")
PLAIN = settings(deadline=None, max_examples=250, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def bare(question: ReadQuestion) -> ReadQuestion:
    """Return the question without what only a format knows: the shares of its answers."""
    rule = question.rule
    if question.kind == "gaps":
        pieces = pieces_of(rule["text"])
        typed = [piece for piece in pieces if isinstance(piece, Gap) and not piece.wrong]
        rule = {**rule, "text": pieces, "case": rule["case"] and bool(typed)}
    again = "" if question.kind in ("open", "file") else question.feedback_again
    return replace(question, choices=tuple(replace(c, share=None) for c in question.choices), rule=rule, feedback_again=again)


def check(question: ReadQuestion, form: str) -> bool:
    """Write and read the question; return whether the report promised that it stays the same."""
    written, report = write_gift([question]) if form == "gift" else write_moodle_xml([question])
    reading: Reading = read_gift(written) if form == "gift" else read_moodle_xml(written.encode())
    if report[0].question is None:
        assert reading.questions == []
        return False
    assert len(reading.questions) == 1, (written, reading.lines)
    if any(line.what != "came over" for line in report):
        return False
    found = bare(reading.questions[0])
    assert found == bare(question), written
    return True


@PLAIN
@given(asked(KINDS))
def test_gift_brings_back_what_it_was_given(question: ReadQuestion) -> None:
    check(question, "gift")


@PLAIN
@given(asked(KINDS))
def test_moodle_xml_brings_back_what_it_was_given(question: ReadQuestion) -> None:
    check(question, "moodle_xml")


@settings(deadline=None, max_examples=30)
@given(st.lists(asked(KINDS), min_size=2, max_size=8))
def test_many_questions_keep_their_order(questions: list[ReadQuestion]) -> None:
    for write, read in ((write_gift, read_gift), (write_moodle_xml, lambda text: read_moodle_xml(text.encode()))):
        written, report = write(questions)
        kept = [questions[line.question].name for line in {r.question: r for r in report if r.question is not None}.values()]
        assert [question.name for question in read(written).questions] == kept


@pytest.mark.parametrize(("kind", "form"), [(kind, form) for form in ("gift", "moodle_xml") for kind in KINDS])
def test_a_plain_question_is_promised_to_stay_the_same_where_the_format_can(kind: str, form: str) -> None:
    two = (ReadChoice("a", True, "yes"), ReadChoice("b", False))
    rule: dict[str, Any] = {
        "short": {"accepted": ["a*b"], "typos": 0, "case": False}, "number": {"value": "1.5", "tolerance": "0.1", "unit": ""},
        "matching": {**matching_rule([("a", "b"), ("c", "d")], ["e"]), "partial": True},
        "ordering": {**ordering_rule(["x", "y"]), "partial": True},
        "gaps": {"text": "A [[b|c]] and [[d|~e]].", "typos": 0, "case": False, "partial": True}, "file": {"most": 1}, "multiple": {"partial": False},
    }.get(kind, {})  # fmt: skip
    choices = two if kind in ("single", "multiple") else ()
    choices = (ReadChoice("True", True, "yes"), ReadChoice("False")) if kind == "truefalse" else choices
    question = ReadQuestion(kind, "What? x = 1" if kind == "gaps" else "What? {x} = 1", "Name", ("tag",), choices, rule=rule)
    assert check(question, form) is not (form == "gift" and kind in ("gaps", "file"))
