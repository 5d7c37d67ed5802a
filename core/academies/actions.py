"""Verbs that change what the platform knows of an academy."""

from __future__ import annotations

import sqlalchemy as sa

from core.academies import rules
from core.academies.models import Academy
from core.academies.rules import SlugProblem
from core.db import db
from core.errors import Refused
from core.wording import Wording

CHANGED = "academy_changed"


class SlugRefused(Refused):
    """The subdomain cannot be had; `problem` says why."""

    def __init__(self, problem: SlugProblem) -> None:
        super().__init__(problem)
        self.problem = problem


class StateRefused(Refused):
    """The academy's state does not allow the act; the message names the state."""


def announce_change(number: int) -> None:
    """Tell every process, once this transaction commits, to forget what it knows of the academy."""
    db.session.execute(sa.text("SELECT pg_notify(:channel, :number)"), {"channel": CHANGED, "number": str(number)})


def repaint(academy: Academy, name: str, colour: str, language: str) -> None:
    """Give the academy another name, brand colour and default language. Raises Refused."""
    if not rules.is_name(name) or not rules.is_colour(colour):
        raise Refused("name or colour")
    academy.name, academy.colour, academy.language = name, colour, language
    announce_change(academy.number)


def reword(academy: Academy, wording: Wording) -> None:
    """Let the academy speak otherwise: je or u, and its words for roles."""
    academy.wording = wording.stored()
    announce_change(academy.number)


def move_to(academy: Academy, state: str, reason: str | None = None) -> None:
    """Put the academy in `state` and let every process know."""
    academy.state, academy.state_reason = state, reason
    announce_change(academy.number)
