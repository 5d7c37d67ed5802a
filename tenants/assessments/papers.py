"""The paper of one sitting: which questions, in which order, frozen as they are now. Without a database.

{title, intro: [block], questions: [{question, worth, above: [block]}], ending: [block]}: what stands before the first
question introduces the test; what stands between two goes with the second, wherever it is put (of these kinds: ABOVE, others
bring forms of their own and introduce the test too); what stands behind the last one ends it. Everything random follows from
the seed.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from tenants.assessments.settings import Settings
from tenants.courses.models import QUESTION_KINDS

KINDS = tuple(kind for kind in QUESTION_KINDS if kind != "file")
SHUFFLED = ("single", "multiple")
ABOVE = ("text", "image", "video", "divider")
Question = Mapping[str, Any]


def paper_of(content: Mapping[str, Any], settings: Settings, drawable: Sequence[Sequence[Question]], seed: int) -> dict[str, Any]:
    """Return a paper of the published lesson; `drawable` holds for each draw the questions that it may take."""
    chance = random.Random(seed)  # noqa: S311  an order, not a secret; the seed itself is made by secrets
    intro, asked, ending = _read(content["blocks"], settings)
    if settings.own_count is not None and settings.own_count < len(asked):
        kept = sorted(chance.sample(range(len(asked)), settings.own_count))
        asked = [asked[place] for place in kept]
    asked += _drawn(settings, drawable, chance, asked)
    if settings.shuffle_questions:
        chance.shuffle(asked)
    if settings.shuffle_choices:
        asked = [{**one, "question": _reordered(one["question"], chance)} for one in asked]
    return {"title": content["title"], "intro": intro, "questions": asked, "ending": ending}


def _read(blocks: Sequence[Mapping[str, Any]], settings: Settings) -> tuple[list[Any], list[dict[str, Any]], list[Any]]:
    intro: list[Any] = []
    asked: list[dict[str, Any]] = []
    waiting: list[Any] = []
    for block in blocks:
        if block["kind"] != "question":
            waiting.append(block)
        elif block["question"].get("kind") in KINDS:
            question = block["question"]
            above = [one for one in waiting if asked and one["kind"] in ABOVE]
            intro += [one for one in waiting if one not in above]
            asked.append({"question": question, "worth": str(settings.worth(question["id"])), "above": above})
            waiting = []
    return (intro, asked, waiting) if asked else (waiting, [], [])


def _drawn(
    settings: Settings, drawable: Sequence[Sequence[Question]], chance: random.Random, own: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return the questions of each draw, none twice and none that the lesson asks itself; where too few are left, all."""
    known = {_key(one["question"]) for one in own}
    found = []
    for draw, offered in zip(settings.draws, drawable, strict=True):
        free = list({_key(question): question for question in offered if _key(question) not in known}.values())
        taken = chance.sample(free, min(draw.count, len(free)))
        known.update(_key(question) for question in taken)
        found += [{"question": question, "worth": str(draw.points), "above": []} for question in taken]
    return found


def _key(question: Question) -> tuple[str, str]:
    """Return what makes two copies of a question one: a lesson and the bank give them ids of their own."""
    return question["kind"], " ".join(question["prompt"].split())


def _reordered(question: Question, chance: random.Random) -> Question:
    choices = list(question.get("choices", ()))
    if question["kind"] not in SHUFFLED:
        return question
    chance.shuffle(choices)
    return {**question, "choices": choices}


def files_on(paper: Mapping[str, Any]) -> list[str]:
    """Return the files of its questions, which whoever sits it may see."""
    found = {(one["question"].get("rule") or {}).get("file_id") for one in paper["questions"]}
    return sorted(one for one in found if one)
