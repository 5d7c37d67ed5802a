"""T41, in part: nothing outside core/sealed.py touches the raw column of an encrypted value."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
FOLDERS = ("core", "tenants", "blueprints", "jobs")
ALLOWED = REPOSITORY / "core" / "sealed.py"
RAW = re.compile(r"\b[a-z]\w*_sealed\b")


def raw_access(source: str) -> list[int]:
    """Return the lines that name a raw column: as an attribute, a keyword, or inside a string (SQL, getattr)."""
    tree = ast.parse(source)
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [line for node in ast.walk(tree) if id(node) not in prose and (line := _line_of(node))]


def _line_of(node: ast.AST) -> int | None:
    match node:
        case ast.Attribute(attr=str(name), lineno=line) | ast.keyword(arg=str(name), lineno=line):
            return line if RAW.fullmatch(name) else None
        case ast.Constant(value=str(text), lineno=line):
            return line if RAW.search(text) else None
    return None


def test_T41_no_code_touches_a_raw_sealed_column() -> None:
    files = [path for folder in FOLDERS for path in sorted((REPOSITORY / folder).rglob("*.py")) if path != ALLOWED]
    found = [f"{path.relative_to(REPOSITORY)}:{line}" for path in files for line in raw_access(path.read_text("utf-8"))]
    assert len(files) > 20
    assert found == [], "use core.sealed: the attribute, stored(), unseal(), blind(), columns_for()"


def test_T41_no_template_touches_a_raw_sealed_column() -> None:
    found = [path.name for path in (REPOSITORY / "templates").rglob("*.*") if RAW.search(path.read_text("utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "select(Member.email_sealed)",
        "row.email_sealed = b''",
        "getattr(row, 'email_sealed')",
        "text('SELECT email_sealed FROM members')",
        "text(f'SELECT {x}, email_sealed FROM members')",
        "insert(Member).values(email_sealed=b'')",
    ],
)
def test_the_guard_sees_every_way_to_touch_one(source: str) -> None:
    assert raw_access(source) == [1]


@pytest.mark.parametrize("source", ["'''About email_sealed.'''", "unsealed(x)", "row.is_sealed_off", "# email_sealed"])
def test_the_guard_leaves_the_rest_alone(source: str) -> None:
    assert raw_access(source) == []
