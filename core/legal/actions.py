"""Load versions, accept them, announce them. They flush; the edge commits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from core import clock, queue
from core.academies.models import Academy
from core.accounts.models import Account
from core.audit.actions import record
from core.db import db
from core.errors import Refused
from core.legal import queries, rules
from core.legal.models import Acceptance, Version, Words
from core.legal.reading import BadText, Draft
from core.legal.rules import ANNOUNCED, OF_ACADEMIES, OF_ACCOUNTS, Signer
from core.mail.actions import write_letter
from core.urls import platform_url

AT_ONCE = 200


def load(drafts: Sequence[Sequence[Draft]]) -> list[Version]:
    """Keep the versions that are new and return them; owners hear of those that are no document's first. Raises BadText for one
    whose text is another than was loaded under its number: somebody may have accepted that."""
    return [made for twins in drafts if (made := _load(twins)) is not None]


def _load(twins: Sequence[Draft]) -> Version | None:
    first = twins[0]
    known = db.session.scalars(sa.select(Version).where(Version.name == first.name, Version.number == first.number)).one_or_none()
    if known is not None:
        _check_same(known, twins)
        return None
    wait = timedelta(days=first.notice_days) if first.number > 1 else timedelta()
    version = Version(name=first.name, number=first.number, change=first.change, updated_on=first.updated, in_force_at=clock.now() + wait)
    version.texts = [Words(language=one.language, title=one.title, summary=one.summary, markdown=one.markdown, sha256=one.sha256) for one in twins]
    db.session.add(version)
    db.session.flush()
    if first.number > 1 and first.name in ANNOUNCED:
        queue.later("legal.announce", version_id=version.id, once=f"announce-{version.id}")
    return version


def _check_same(known: Version, twins: Sequence[Draft]) -> None:
    had = {one.language: one.sha256 for one in known.texts}
    for one in twins:
        if had.get(one.language) != one.sha256:
            raise BadText(f"{one.name}-{one.number}.{one.language}.md is another text than was loaded under this number; give the change the next number")


def accept_for_oneself(account: Account, version: Version, language: str) -> Acceptance:
    """Note that an account accepts a version, or takes note of it; a second time changes nothing. Raises Refused for a document
    that is not accepted so, or a version that does not hold any more or yet."""
    if version.name not in OF_ACCOUNTS or version.id != queries.current(version.name).id:
        raise Refused("legal version")
    said = sa.select(Acceptance).where(Acceptance.version_id == version.id, Acceptance.account_id == account.id, Acceptance.number.is_(None))
    known = db.session.scalars(said.limit(1)).one_or_none()
    return known or _accept(version, account, language, None, None)


def accept_for_academy(academy: Academy, account: Account, version: Version, language: str, signer: Signer) -> Acceptance:
    """Note that an authorised person accepts the agreement on processing for an academy; accepted twice at once it is once.
    Raises Refused for another version than the one that holds, or a party that is not named whole."""
    signer = signer.trimmed()
    if version.name != OF_ACADEMIES or version.id != queries.current(OF_ACADEMIES).id:
        raise Refused("legal version")
    if not signer.is_whole:
        raise Refused("legal signer")
    db.session.execute(sa.select(Academy.id).where(Academy.id == academy.id).with_for_update())
    said = sa.select(Acceptance).where(Acceptance.version_id == version.id, Acceptance.number == academy.number)
    known = db.session.scalars(said.limit(1)).one_or_none()
    return known or _accept(version, account, language, academy.number, signer)


def _accept(version: Version, account: Account, language: str, number: int | None, signer: Signer | None) -> Acceptance:
    words = version.text(language)
    row = Acceptance(
        version_id=version.id, language=words.language, sha256=words.sha256, account_id=account.id, number=number,
        signer=json.dumps(asdict(signer)) if signer is not None else None, processor=_processor() if signer is not None else {},
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    record("legal.accepted", actor_id=account.id, number=number, version=str(version.id))
    return row


def _processor() -> dict[str, str]:
    places = queries.places()
    return {"name": places["company"], "address": places["company_address"], "registration": places["company_number"]}


def signer_of(row: Acceptance) -> Signer:
    """Return who made an agreement for an academy. Raises Refused for an acceptance that is no academy's."""
    if row.signer is None:
        raise Refused("legal signer")
    return Signer(**json.loads(row.signer))


def ask_owner(academy: Academy, owner: Account) -> None:
    """Mail the owner of an academy that somebody else opened: it waits for the agreement."""
    write_letter(owner.email or "", "agreement_wanted", owner.language, name=owner.first_name, academy=academy.name,
                 url=platform_url(f"/academies/{academy.id}/agreement"))  # fmt: skip


def announce(version_id: UUID, after: UUID | None) -> None:
    """Mail the next owners that a version comes, and queue the rest with the same commit, so that each is told once."""
    version = db.session.get_one(Version, version_id)
    owners = queries.owners_after(after, AT_ONCE)
    for owner in owners:
        words = version.text(owner.language)
        write_letter(owner.email or "", "legal_change", owner.language, name=owner.first_name, title=words.title, summary=words.summary,
                     day=version.in_force_at, asks=version.change == "major" and version.name in (*OF_ACCOUNTS, OF_ACADEMIES),
                     url=platform_url(f"/legal/{version.name}/changes/{version.number - 1}/{version.number}"))  # fmt: skip
    if len(owners) == AT_ONCE:
        queue.later("legal.announce", version_id=version.id, after=owners[-1].id)
    else:
        version.announced_at = clock.now()


def end_of_account(account_id: UUID) -> None:
    """Let the proof of what an account accepted for itself end five years after it went; an agreement that it made for an
    academy ends five years after that closed (tenants/closing)."""
    ends = sa.literal(clock.now()) + sa.text(f"interval '{rules.PROOF_YEARS} years'")
    theirs = (Acceptance.account_id == account_id, Acceptance.number.is_(None), Acceptance.ends_at.is_(None))
    db.session.execute(sa.update(Acceptance).where(*theirs).values(ends_at=ends))
