"""Reads of legal documents and of who accepted them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.academies.models import Academy, Ownership
from core.accounts.models import Account
from core.config import config
from core.db import db
from core.errors import NotFound
from core.legal import rules
from core.legal.models import Acceptance, Version
from core.legal.rules import NAMES, OF_ACADEMIES, OF_ACCOUNTS, Holding


@dataclass(frozen=True)
class Asked:
    """A document for which somebody is asked: which version, and until when it can be put off."""

    version: Version
    accepted: int | None
    due_at: datetime

    @property
    def is_due(self) -> bool:
        """Return whether it can be put off no longer."""
        return self.due_at <= clock.now()


@dataclass(frozen=True)
class Agreement:
    """How an academy stands with the agreement on processing: what was accepted last, and what is asked for."""

    acceptance: Acceptance | None
    asked: Asked | None

    @property
    def is_missing(self) -> bool:
        """Return whether nobody may enter before somebody accepts it."""
        return self.asked is not None and self.asked.is_due


def places() -> dict[str, str]:
    """Return what stands in the places of every text: who runs this platform, and where to write."""
    settings = config()
    return {"platform": settings.platform_name, "company": settings.company_name, "company_address": settings.company_address,
            "company_number": settings.company_number, "contact": settings.contact_mail}  # fmt: skip


def versions(name: str) -> Sequence[Version]:
    """Return all versions of a document, the newest first. Raises NotFound."""
    found = every(name)
    if not found:
        raise NotFound("document")
    return found


def every(name: str) -> Sequence[Version]:
    """Return all versions of a document, the newest first; none is no error."""
    return db.session.scalars(sa.select(Version).where(Version.name == name).order_by(Version.number.desc())).all()


def version(name: str, number: int) -> Version:
    """Return one version. Raises NotFound."""
    found = db.session.scalars(sa.select(Version).where(Version.name == name, Version.number == number)).one_or_none()
    if found is None:
        raise NotFound("version")
    return found


def current(name: str) -> Version:
    """Return the version that holds now. Raises NotFound."""
    found = at(name, clock.now())
    if found is None:
        raise NotFound("document")
    return found


def at(name: str, moment: datetime) -> Version | None:
    """Return the version that held then, or None."""
    held = sa.select(Version).where(Version.name == name, Version.in_force_at <= moment).order_by(Version.number.desc()).limit(1)
    return db.session.scalars(held).one_or_none()


def currents() -> list[Version]:
    """Return the versions that hold now, in the order of the documents."""
    found = {one.name: one for one in db.session.scalars(sa.select(Version).where(Version.in_force_at <= clock.now()).order_by(Version.number))}
    return [found[name] for name in NAMES if name in found]


def coming(name: str) -> Version | None:
    """Return the version that is announced and does not hold yet, or None."""
    later = sa.select(Version).where(Version.name == name, Version.in_force_at > clock.now()).order_by(Version.number).limit(1)
    return db.session.scalars(later).one_or_none()


def asked_of(account: Account) -> list[Asked]:
    """Return for what this account is asked for itself."""
    mine = _accepted(Acceptance.account_id == account.id, Acceptance.number.is_(None))
    every = _holdings(OF_ACCOUNTS)
    found = (_asked(name, every[name], mine.get(name), account.made_at) for name in OF_ACCOUNTS)
    return [one for one in found if one is not None]


def agreement_of(academy: Academy) -> Agreement:
    """Return how this academy stands with the agreement on processing."""
    newest = (
        sa.select(Acceptance, Version.number).join(Version).where(Acceptance.number == academy.number, Version.name == OF_ACADEMIES)
        .order_by(Version.number.desc(), Acceptance.accepted_at.desc()).limit(1)
    )  # fmt: skip
    row = db.session.execute(newest).one_or_none()
    asked = _asked_for(academy, _holdings((OF_ACADEMIES,))[OF_ACADEMIES], None if row is None else row[1])
    return Agreement(None if row is None else row[0], asked)


def agreements_of(academies: Sequence[Academy]) -> dict[int, Asked]:
    """Return for what each of these academies is asked, by its number; three statements however many there are."""
    numbers = [academy.number for academy in academies if academy.state != "closed"]
    latest = (
        sa.select(Acceptance.number, sa.func.max(Version.number)).join(Version)
        .where(Acceptance.number.in_(numbers), Version.name == OF_ACADEMIES).group_by(Acceptance.number)
    )  # fmt: skip
    accepted = {number: found for number, found in db.session.execute(latest)}
    every = _holdings((OF_ACADEMIES,))[OF_ACADEMIES]
    found = {one.number: _asked_for(one, every, accepted.get(one.number)) for one in academies if one.number in numbers}
    return {number: asked for number, asked in found.items() if asked is not None}


def acceptances_of(account_id: UUID) -> Sequence[tuple[Acceptance, Version]]:
    """Return what an account accepted, for itself and for academies, newest first."""
    wanted = sa.select(Acceptance, Version).join(Version).where(Acceptance.account_id == account_id)
    return [(row[0], row[1]) for row in db.session.execute(wanted.order_by(Acceptance.accepted_at.desc(), Acceptance.id.desc()))]


def acceptances_for(number: int) -> Sequence[tuple[Acceptance, Version]]:
    """Return what was accepted for an academy, newest first."""
    wanted = sa.select(Acceptance, Version).join(Version).where(Acceptance.number == number)
    return [(row[0], row[1]) for row in db.session.execute(wanted.order_by(Acceptance.accepted_at.desc(), Acceptance.id.desc()))]


def academies_named(rows: Sequence[tuple[Acceptance, Version]]) -> dict[int, str]:
    """Return the names of the academies for which these were accepted, by number."""
    numbers = {row.number for row, _ in rows if row.number is not None}
    return {number: name for number, name in db.session.execute(sa.select(Academy.number, Academy.name).where(Academy.number.in_(numbers)))}


def count_by_version() -> Mapping[UUID, int]:
    """Return how often each version was accepted."""
    rows = db.session.execute(sa.select(Acceptance.version_id, sa.func.count()).group_by(Acceptance.version_id))
    return {version_id: count for version_id, count in rows}


def waiting() -> Sequence[Academy]:
    """Return the academies that nobody accepted any agreement for, the oldest first."""
    said = sa.select(Acceptance.number).join(Version).where(Version.name == OF_ACADEMIES, Acceptance.number.is_not(None))
    return db.session.scalars(sa.select(Academy).where(Academy.state != "closed", Academy.number.not_in(said)).order_by(Academy.number)).all()


def owners_after(account_id: UUID | None, most: int) -> Sequence[Account]:
    """Return up to `most` owners of academies that are not closed, in the order of their ids, after this one."""
    owning = sa.select(Ownership.account_id).join(Academy).where(Academy.state != "closed")
    wanted = sa.select(Account).where(Account.id.in_(owning), Account.email_confirmed_at.is_not(None))
    return db.session.scalars((wanted if account_id is None else wanted.where(Account.id > account_id)).order_by(Account.id).limit(most)).all()


def _asked_for(academy: Academy, every: Sequence[Holding], accepted: int | None) -> Asked | None:
    """Return what is asked for an academy. One that was opened after the first version came cannot put it off: nobody is in it yet."""
    asked = _asked(OF_ACADEMIES, every, accepted, academy.made_at)
    if asked is None or accepted is not None or academy.made_at < min(one.in_force_at for one in every):
        return asked
    return Asked(asked.version, accepted, academy.made_at)


def _asked(name: str, every: Sequence[Holding], accepted: int | None, since: datetime) -> Asked | None:
    now = clock.now()
    wanted = rules.asked_for(every, accepted, now)
    return None if wanted is None else Asked(version(name, wanted.number), accepted, rules.due_at(every, accepted, since, now))


def _accepted(*conditions: sa.ColumnElement[bool]) -> dict[str, int]:
    rows = db.session.execute(sa.select(Version.name, sa.func.max(Version.number)).join(Acceptance).where(*conditions).group_by(Version.name))
    return {name: number for name, number in rows}


def _holdings(names: Sequence[str]) -> dict[str, list[Holding]]:
    rows = db.session.execute(sa.select(Version.name, Version.number, Version.change, Version.in_force_at).where(Version.name.in_(names)))
    found: dict[str, list[Holding]] = {name: [] for name in names}
    for name, number, change, in_force_at in rows:
        found[name].append(Holding(number, change == "major", in_force_at))
    return found
