"""What tests of surveys ask and answer."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from jobs import registry
from jobs.perform import drain


def body_of(mode: str = "anonymous") -> dict[str, Any]:
    """Return a survey with a question of each kind."""
    def question(kind: str, prompt: str, *options: str) -> dict[str, Any]:
        return {"id": str(uuid4()), "kind": kind, "prompt": prompt, "low": "", "high": "",
                "options": [{"id": str(uuid4()), "text": text} for text in options]}  # fmt: skip

    return {"title": "How was it?", "intro": "Two minutes.", "mode": mode, "questions": [
        question("scale", "I learned something"), question("nps", "Would you recommend it?"),
        question("single", "The pace was", "Too slow", "Right", "Too fast"),
        question("multiple", "What helped?", "Text", "Video", "Talking"), question("open", "What should change?"),
    ]}  # fmt: skip


def form_of(body: dict[str, Any], score: int = 4, nps: int = 9, pace: int = 1, helped: tuple[int, ...] = (0,), words: str = "") -> dict[str, Any]:
    """Return what the form of the survey sends."""
    scale, recommend, single, multiple, open_ = body["questions"]
    sent: dict[str, Any] = {f"q-{scale['id']}": str(score), f"q-{recommend['id']}": str(nps)}
    sent[f"q-{single['id']}"] = single["options"][pace]["id"]
    sent[f"q-{multiple['id']}"] = [multiple["options"][one]["id"] for one in helped]
    return {**sent, f"q-{open_['id']}": words}


def count() -> None:
    """Do the work that waits."""
    registry.load()
    while drain():
        pass
