"""What import-linter cannot say: wsgi is the roof, nothing stands on it; no import hides inside a function."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[1]
FILES = [path for room in ("core", "tenants", "blueprints", "jobs") for path in sorted((HOUSE / room).rglob("*.py"))]
# The command line starts the bench and the demo world by name, because both are optional there.
MAY_HIDE = {"jobs/platform_commands.py"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_nothing_imports_wsgi_and_nothing_hides_an_import(path: Path) -> None:
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
            assert "wsgi" not in names
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and str(path.relative_to(HOUSE)) not in MAY_HIDE:
            hidden = [one for one in ast.walk(node) if isinstance(one, (ast.Import, ast.ImportFrom))]
            assert hidden == [], f"line {hidden[0].lineno}" if hidden else ""
