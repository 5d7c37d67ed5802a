"""Packages: each lock has an environment of its own; a failed installation says what to do."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from core.launch import venv
from core.launch.venv import InstallFailed, prune, python_of, venv_of

REPOSITORY = venv.REPOSITORY


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository that has nothing but locks without packages."""
    for lock in venv.LOCKS.values():
        (tmp_path / lock).write_text("# nothing\n")
    monkeypatch.setattr(venv, "REPOSITORY", tmp_path)
    return tmp_path


def test_environment_is_made_once(repository: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    python = python_of(tmp_path / "home", "run")
    assert python.exists()
    assert "once" in capfd.readouterr().out
    assert python_of(tmp_path / "home", "run") == python
    assert capfd.readouterr().out == ""


def test_new_lock_has_a_new_place_and_the_old_one_stays_until_pruned(repository: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    old = python_of(home, "run")
    (repository / "requirements.lock").write_text("# another\n")
    new = python_of(home, "run")
    assert old != new
    assert old.exists()
    prune(home, "run")
    assert not old.parent.parent.exists()
    assert new.exists()
    (repository / "requirements.lock").write_text("# nothing\n")
    assert python_of(home, "run") == old  # made again: its marker went with it
    assert old.exists()


def test_cut_installation_is_done_again(repository: Path, tmp_path: Path) -> None:
    cut = venv_of(tmp_path / "home", "run")
    (cut / "bin").mkdir(parents=True)
    (cut / "rest").touch()
    assert python_of(tmp_path / "home", "run").exists()
    assert not (cut / "rest").exists()


def test_failed_installation_says_why_and_the_way_out(repository: Path, tmp_path: Path) -> None:
    (repository / "requirements.lock").write_text("this is no requirement\n")
    with pytest.raises(InstallFailed, match=r"(?s)Invalid requirement.*needs pip"):
        python_of(tmp_path / "home", "run")
    (repository / "requirements.lock").write_text("# mended\n")
    assert python_of(tmp_path / "home", "run").exists()


@pytest.mark.parametrize("lock", venv.LOCKS.values())
def test_lock_names_no_host_and_pins_with_hashes(lock: str) -> None:
    text = (REPOSITORY / lock).read_text()
    assert not re.search(r"https?:|file:|--index|--find-links|--extra", text)
    pins = re.findall(r"(?m)^[A-Za-z0-9].*(?:\n    .*)*", text)
    assert len(pins) > 30
    assert [pin for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []


def test_locks_hold_what_the_project_names() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    run, test = (names((REPOSITORY / venv.LOCKS[kind]).read_text()) for kind in ("run", "test"))
    wanted = {name for line in project["project"]["dependencies"] for name in names(line)}
    tools = {name for line in project["dependency-groups"]["dev"] for name in names(line)}
    assert wanted - run == set()
    assert (wanted | tools | run) - test == set()


def names(text: str) -> set[str]:
    """Return the packages that lines of requirements begin with, in pip's spelling."""
    return {name.lower().replace("_", "-") for name in re.findall(r"(?m)^([A-Za-z0-9][A-Za-z0-9._-]*)", text)}
