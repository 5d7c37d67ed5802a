"""Every code that a report can carry has its sentence, with the facts that it is given."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask_babel import force_locale

from blueprints.bank.words import REASONS, REFUSALS, REMARKS
from blueprints.hosts import HostedFlask
from tests.bank.others import HOUSE

FORMATS = HOUSE / "tenants" / "bank"
CALLS = {"changed": REMARKS, "lost": REMARKS, "remark": REMARKS, "leave": REASONS, "Unfit": REASONS, "Unreadable": REFUSALS}
TITLES = {"title", "line", "question"}
FACTS = {"name": "x", "number": 2, "most": 3, "kind": "x", "column": "x", "line": 4, "title": "x"}


def codes() -> Iterator[tuple[str, str, str, set[str]]]:
    """Yield place, kind of call, code and names of facts of every report line that the formats make."""
    for path in sorted(FORMATS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                for argument in node.args:
                    for literal in literals(argument):
                        if name in CALLS and re.fullmatch("[a-z_0-9]+", literal) and not (name == "leave" and literal == "title"):
                            yield f"{path.name}:{node.lineno}", name, literal, {k.arg for k in node.keywords if k.arg} - TITLES


def literals(node: ast.expr) -> list[str]:
    """Return the texts that the expression may be."""
    if isinstance(node, ast.IfExp):
        return literals(node.body) + literals(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def test_every_code_has_a_sentence_with_its_facts() -> None:
    found = list(codes())
    assert len(found) > 60
    for place, call, code, facts in found:
        assert code in CALLS[call], (place, code)
        named = set(re.findall(r"%\((\w+)\)", str(CALLS[call][code]._args[0])))
        assert named - {"line"} <= facts | {"kind"}, (place, code, facts)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_sentence_can_be_said(app: HostedFlask, language: str) -> None:
    with app.test_request_context("/", base_url="http://localhost"), force_locale(language):
        for sentences in (REMARKS, REASONS, REFUSALS):
            for code, sentence in sentences.items():
                said = str(sentence) % FACTS if "%(" in str(sentence) else str(sentence)
                assert len(said) > 15 and "%" not in said, code


def test_every_sentence_is_used() -> None:
    source = "\n".join(path.read_text() for path in Path(FORMATS).rglob("*.py"))
    unused = [code for sentences in (REMARKS, REASONS, REFUSALS) for code in sentences if f'"{code}"' not in source]
    assert unused == []
