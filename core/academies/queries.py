"""Reads of academies for the platform's pages and for the life of an academy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from core import clock
from core.academies import rules
from core.academies.models import STATES, Academy, Closing, Ownership, RestingSlug
from core.academies.rules import SlugProblem
from core.db import db
from core.errors import NotFound

PAGE = 20
JUST = timedelta(minutes=10)
_WITH_OWNERS = selectinload(Academy.owners).joinedload(Ownership.account)


@dataclass(frozen=True)
class Listing:
    """One page of academies, how many there are, and the number of this page (from 1)."""

    academies: Sequence[Academy]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))


def slug_problem(slug: str, platform_name: str) -> SlugProblem | None:
    """Return why `slug` cannot be had now, or None."""
    return rules.slug_problem(slug, platform_name) or _held(slug)


def suggest_slug(name: str, platform_name: str) -> str:
    """Return a free subdomain made of the name, or an empty string when nothing sensible is free."""
    wish = rules.slug_of(name)
    candidates = [wish, f"{wish}-academy", *(f"{wish[:37]}-{number}" for number in range(2, 10))]
    return next((slug for slug in candidates if slug_problem(slug, platform_name) is None), "")


def academies_of(account_id: UUID) -> Sequence[Academy]:
    """Return the academies that the account owns, the living first, with all their owners."""
    return db.session.scalars(
        sa.select(Academy).join(Ownership).where(Ownership.account_id == account_id)
        .options(_WITH_OWNERS).order_by(Academy.state == "closed", Academy.name)
    ).all()


def just_opened(account_id: UUID, slug: str) -> Academy | None:
    """Return the academy at this subdomain if the account opened it in the last ten minutes, else None."""
    return db.session.scalars(
        sa.select(Academy).join(Ownership)
        .where(Academy.slug == slug, Ownership.account_id == account_id, Academy.made_at > clock.now() - JUST)
    ).one_or_none()


def academy_of(account_id: UUID, academy_id: UUID) -> Academy:
    """Return an academy that the account owns. Raises NotFound."""
    found = db.session.scalars(
        sa.select(Academy).join(Ownership).options(_WITH_OWNERS)
        .where(Academy.id == academy_id, Ownership.account_id == account_id)
    ).one_or_none()
    return _or_not_found(found)


def academy_by_id(academy_id: UUID) -> Academy:
    """Return any academy, for operators. Raises NotFound."""
    return _or_not_found(db.session.get(Academy, academy_id, options=[_WITH_OWNERS]))


def academy_by_number(number: int) -> Academy:
    """Return the academy of this number. Raises NotFound."""
    return _or_not_found(db.session.scalars(sa.select(Academy).where(Academy.number == number)).one_or_none())


def academy_by_slug(slug: str) -> Academy:
    """Return the academy at this subdomain. Raises NotFound."""
    return _or_not_found(db.session.scalars(sa.select(Academy).where(Academy.slug == slug)).one_or_none())


def all_academies(page: int = 1, state: str | None = None, words: str = "") -> Listing:
    """Return one page of all academies, newest first, of one state and with these words in name or subdomain."""
    wanted = sa.select(Academy)
    if state in STATES:
        wanted = wanted.where(Academy.state == state)
    if words:
        part = f"%{_escaped(words)}%"
        wanted = wanted.where(Academy.name.ilike(part) | Academy.slug.ilike(part))
    total = db.session.scalar(sa.select(sa.func.count()).select_from(wanted.subquery())) or 0
    page = max(1, min(page, max(1, -(-total // PAGE))))
    rows = db.session.scalars(
        wanted.options(_WITH_OWNERS).order_by(Academy.number.desc()).limit(PAGE).offset((page - 1) * PAGE)
    )
    return Listing(rows.all(), total, page)


def count_by_state() -> dict[str, int]:
    """Return how many academies there are in each state."""
    rows = db.session.execute(sa.select(Academy.state, sa.func.count()).group_by(Academy.state))
    counts = {state: count for state, count in rows}
    return {state: counts.get(state, 0) for state in STATES}


def closing_of(academy: Academy) -> Closing | None:
    """Return the academy's present or finished closing, not one that was undone."""
    return db.session.scalars(
        sa.select(Closing).where(Closing.academy_id == academy.id, Closing.undone_at.is_(None))
        .order_by(Closing.asked_at.desc()).limit(1)
    ).one_or_none()


def closings_due() -> Sequence[Closing]:
    """Return the closings whose days to undo are over and that are not done."""
    return db.session.scalars(
        sa.select(Closing).where(Closing.undone_at.is_(None), Closing.done_at.is_(None), Closing.undo_until <= clock.now())
    ).all()


def is_ready(academy: Academy) -> bool:
    """Return whether the academy's schema stands: an academy without a spare waits a moment for it."""
    known = sa.text("SELECT 1 FROM local.revisions WHERE number = :number")
    return db.session.execute(known, {"number": academy.number}).one_or_none() is not None


def _held(slug: str) -> SlugProblem | None:
    """Return who keeps the slug from being had, asked in one statement."""
    reasons: tuple[tuple[SlugProblem, sa.ColumnElement[bool]], ...] = (
        ("taken", sa.exists().where(Academy.slug == slug)),
        ("resting", sa.exists().where(RestingSlug.slug == slug, RestingSlug.until > clock.now())),
        ("alike", sa.exists().where(_skeleton(Academy.slug) == rules.skeleton(slug))),
    )
    found = db.session.execute(sa.select(*(condition for _, condition in reasons))).one()
    return next((problem for (problem, _), holds in zip(reasons, found, strict=True) if holds), None)


def _skeleton(column: sa.orm.InstrumentedAttribute[str | None]) -> sa.ColumnElement[str]:
    """Return rules.skeleton() in SQL."""
    shorter: sa.ColumnElement[str] = column  # type: ignore[assignment]
    for pair, sign in rules.PAIRS:
        shorter = sa.func.replace(shorter, pair, sign)
    return sa.func.translate(shorter, rules.SIGNS, rules.READ_AS)


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _or_not_found(academy: Academy | None) -> Academy:
    if academy is None:
        raise NotFound("no such academy")
    return academy
