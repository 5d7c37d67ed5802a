"""Where files of other makers lie, if they do (test use only, never copied here), and our own samples."""

from __future__ import annotations

from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
OTHERS = HOUSE.parent / "shared" / "data" / "question_banks"
SAMPLES = HOUSE / "tests" / "data" / "question_banks"


def sample(name: str) -> bytes:
    """Return one of our own samples."""
    return (SAMPLES / name).read_bytes()
