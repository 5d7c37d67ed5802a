"""Every refusal has a sentence for people, in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask_babel import force_locale

from blueprints.hosts import HostedFlask
from blueprints.reasons import REASONS
from core.academies.models import STATES

HOUSE = Path(__file__).resolve().parent.parent
# Caught where they are raised, and told at the field or the link.
TOLD_THERE = {"taken"}


def reasons() -> Iterator[tuple[str, str]]:
    """Yield (file:line, reason) of each `raise Refused(...)` of the house; an empty reason is not a literal."""
    for folder in ("core", "tenants", "blueprints", "jobs"):
        for path in (HOUSE / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)):
                    continue
                if isinstance(node.exc.func, ast.Name) and node.exc.func.id == "Refused":
                    where = f"{path.relative_to(HOUSE)}:{node.lineno}"
                    for argument in node.exc.args:
                        for literal in literals(argument):
                            yield where, literal


def literals(node: ast.expr) -> list[str]:
    """Return the texts that the expression may be."""
    if isinstance(node, ast.IfExp):
        return literals(node.body) + literals(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else [""]


def test_every_reason_is_a_word_that_has_a_sentence() -> None:
    found = list(reasons())
    assert len(found) > 20
    assert [(where, reason) for where, reason in found if reason not in REASONS and reason not in TOLD_THERE] == []
    assert set(STATES) <= set(REASONS)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_sentence_says_what_to_do(app: HostedFlask, language: str) -> None:
    with app.test_request_context("/", base_url="http://localhost"), force_locale(language):
        for reason, sentence in REASONS.items():
            assert len(str(sentence)) > 30 and str(sentence).endswith((".", "!")), reason
            assert "%(" not in str(sentence), reason
