"""What dies is started again, more slowly each time; a life of a minute wipes the slate."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.launch import watch
from core.launch.server import ServerFailed
from core.launch.watch import Child, Watched


class Patient:
    """Something that dies when told; its starts may fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.lives, self.starts, self.fails = 1000.0, True, 0, False
        self.said: list[str] = []
        monkeypatch.setattr(watch.time, "monotonic", lambda: self.now)
        self.watched = Watched("web", lambda: 1 if self.lives else None, self.start, self.said.append)

    def start(self) -> None:
        """Come alive, or not."""
        if self.fails:
            raise ServerFailed("no room")
        self.starts, self.lives = self.starts + 1, True

    def pause_s(self) -> float:
        """Die; return how long it takes until it lives or is tried again."""
        self.lives, began, starts = False, self.now, len(self.said)
        self.watched.look()
        while len(self.said) < starts + 2:
            self.now += 0.5
            self.watched.look()
        return self.now - began


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> Patient:
    """Return something alive."""
    return Patient(monkeypatch)


def test_living_is_left_alone(patient: Patient) -> None:
    assert patient.watched.look() is False
    assert (patient.starts, patient.said) == (0, [])


def test_pauses_double_up_to_half_a_minute(patient: Patient) -> None:
    assert [patient.pause_s() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    assert patient.starts == 7


def test_a_minute_of_life_wipes_the_slate(patient: Patient) -> None:
    assert [patient.pause_s() for _ in range(3)] == [1, 2, 4]
    patient.now += 61
    assert patient.pause_s() == 1


def test_failed_start_is_said_and_tried_again(patient: Patient) -> None:
    patient.fails = True
    patient.pause_s()
    assert "no room" in patient.said[-1]
    patient.fails = False
    patient.now += 60
    assert patient.watched.look() is True
    assert patient.said[-1] == "web started again"


def test_stop_insists_and_leaves_nobody_of_the_group(tmp_path: Path) -> None:
    code = ("import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
            "print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)")  # fmt: skip
    child = Child("stubborn", [sys.executable, "-c", code], {}, tmp_path / "log")
    child.start()
    grandchild = first_line(child.log)
    child.stop(wait_s=0.3)
    assert child.pid is None
    assert not is_running(int(grandchild))


def test_start_ends_what_the_dead_one_left(tmp_path: Path) -> None:
    code = "import subprocess; print(subprocess.Popen(['sleep', '60']).pid, flush=True)"
    child = Child("parent", [sys.executable, "-c", code], {}, tmp_path / "log")
    child.start()
    left = int(first_line(child.log))
    assert child.process is not None
    child.process.wait()
    assert is_running(left)
    child.start()
    assert not is_running(left)
    child.process.wait()
    child.stop()


def first_line(log: Path) -> str:
    """Return the first line of a log, once it is there."""
    for _ in range(200):
        lines = log.read_text().splitlines() if log.exists() else []
        if lines:
            return lines[0]
        time.sleep(0.05)
    raise AssertionError("nothing was written")


def is_running(pid: int) -> bool:
    """Return whether the process does anything; a moment is given to one that was just killed."""
    for _ in range(20):
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
        if not state or state.startswith("Z"):
            return False
        time.sleep(0.02)
    return True
