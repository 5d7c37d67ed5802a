"""In CI a skip is a failure, however it came about; elsewhere it is told and nothing more."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.launch.venv import REPOSITORY

WORKERS = ("-p", "xdist.plugin", "-n", "2")
KINDS = {
    "mark": "import pytest\n@pytest.mark.skip\ndef test_it(): pass\n",
    "call": "import pytest\ndef test_it(): pytest.skip('no')\n",
    "file": "import pytest\npytest.skip('no', allow_module_level=True)\n",
    "none": "def test_it(): pass\n",
}


def run(directory: Path, kind: str, ci: bool, *words: str) -> subprocess.CompletedProcess[str]:
    """Run pytest on one passing test beside one of `kind`."""
    (directory / "conftest.py").write_text(
        "from tests.ci import report_skips\n"
        "def pytest_configure(config): config.pluginmanager.register(report_skips(), 'skips')\n"
    )
    (directory / "test_passes.py").write_text("def test_passes(): pass\n")
    (directory / f"test_{kind}.py").write_text(KINDS[kind])
    # Only the plugin that is needed: loading every installed one took most of the time.
    environ = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environ.pop("CI", None)
    command = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(directory), *words, "."]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True,
                          env={**environ, "CI": "true"} if ci else environ)  # fmt: skip


@pytest.mark.parametrize("words", [(), WORKERS], ids=["alone", "in workers"])
@pytest.mark.parametrize("kind", ["mark", "call", "file"])
def test_skip_fails_in_ci(tmp_path: Path, kind: str, words: tuple[str, ...]) -> None:
    done = run(tmp_path, kind, True, *words)
    assert done.returncode == 1, done.stdout
    assert "not proven here" in done.stdout
    assert done.stdout.count(f"test_{kind}.py") >= 1


def test_skip_is_only_told_elsewhere(tmp_path: Path) -> None:
    done = run(tmp_path, "mark", False)
    assert done.returncode == 0
    assert "not proven here" in done.stdout


def test_green_without_skips_stays_green(tmp_path: Path) -> None:
    assert run(tmp_path, "none", True, *WORKERS).returncode == 0
