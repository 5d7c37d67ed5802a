"""Ends accounts: planned, taken back, done. They flush; the edge commits.

Done is one transaction: either the account is gone with all that is about its holder, or nothing has changed. What was said
to an academy as one of its members stays there: the academy decides about that.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from core import clock, ids, queue
from core.academies.models import Academy, Closing, OwnerOffer, Ownership
from core.academies.owners import leave_ownership
from core.accounts import actions as accounts
from core.accounts.models import Account, AccountToken
from core.audit.actions import record
from core.db import db
from core.errors import Refused
from core.legal import actions as legal
from core.mail.actions import write_letter
from core.mail.models import InboundMail, Letter
from core.privacy import finding
from core.privacy.models import AccountErasure
from core.privacy.rules import UNDO
from core.urls import platform_url

AT_ONCE: Final = 500
# Rows that stay with an id when the account goes: proof of what was agreed and done. All others go (tests/privacy).
STAY: Final = frozenset({"legal_acceptances", "audit", "account_erasures", "subscriber_events", "closings"})


def planned(account_id: UUID) -> AccountErasure | None:
    """Return the end that is planned for an account, or None."""
    waiting = (AccountErasure.account_id == account_id, AccountErasure.done_at.is_(None), AccountErasure.undone_at.is_(None))
    return db.session.scalars(sa.select(AccountErasure).where(*waiting)).one_or_none()


def sole_academies(account_id: UUID) -> list[Academy]:
    """Return the academies that are not closed and that nobody but this account owns: they cannot be left alone."""
    theirs = aliased(Ownership)
    owners = sa.select(sa.func.count()).select_from(theirs).where(theirs.academy_id == Academy.id).scalar_subquery()
    mine = sa.select(Academy).join(Ownership).where(Ownership.account_id == account_id, Academy.state != "closed", owners == 1)
    return list(db.session.scalars(mine.order_by(Academy.name)))


def shared_academies(account_id: UUID) -> list[Academy]:
    """Return the academies that are not closed and that go on with their other owners."""
    alone = [academy.id for academy in sole_academies(account_id)]
    mine = sa.select(Academy).join(Ownership).where(Ownership.account_id == account_id, Academy.state != "closed", Academy.id.not_in(alone))
    return list(db.session.scalars(mine.order_by(Academy.name)))


def waiting_exports(account_id: UUID) -> list[Academy]:
    """Return the closed academies whose last export only this account may still fetch."""
    held = (Closing.export_holder == account_id, Closing.export_path.is_not(None), Closing.export_until > clock.now())
    return list(db.session.scalars(sa.select(Academy).join(Closing, Closing.academy_id == Academy.id).where(*held)))


def plan(account: Account, why: str, *, at_once: bool = False) -> AccountErasure:
    """Return the end of an account: at once, or in seven days, of which its holder is told by mail; planned twice it is once.
    Raises Refused for one whose academies would be left alone, and for the last operator."""
    db.session.execute(sa.select(Account.id).where(Account.id == account.id).with_for_update())
    known = planned(account.id)
    if known is not None and not at_once:
        return known
    if why == "self" and sole_academies(account.id):
        raise Refused("academies alone")
    if account.is_operator and not _other_operators(account.id):
        raise Refused("last operator")
    if known is not None:
        known.undone_at = clock.now()
        db.session.flush()
    erasure = AccountErasure(id=ids.uuid7(), account_id=account.id, why=why, due_at=clock.now() + (timedelta() if at_once else UNDO))
    db.session.add(erasure)
    db.session.flush()
    record("account.erasure_planned", actor_id=account.id if why == "self" else None, erasure=str(erasure.id))
    queue.later("privacy.erase", erasure_id=erasure.id, due=erasure.due_at, priority=4)
    if not at_once:
        _tell(account, "account_erasure_planned", erasure)
    return erasure


def take_back(account: Account) -> None:
    """Let the account live. Raises Refused when its end has begun or none is planned."""
    erasure = planned(account.id)
    if erasure is None or erasure.due_at <= clock.now():
        raise Refused("erasure begun")
    erasure.undone_at = clock.now()
    record("account.erasure_undone", actor_id=account.id, erasure=str(erasure.id))
    _tell(account, "account_erasure_undone", erasure)


def let_live(erasure: AccountErasure) -> None:
    """Take an end back that nobody asked for, because somebody needs the account again."""
    erasure.undone_at = clock.now()
    record("account.erasure_undone", erasure=str(erasure.id))


def _tell(account: Account, kind: str, erasure: AccountErasure) -> None:
    write_letter(account.email or "", kind, account.language, name=account.first_name, day=erasure.due_at, url=platform_url("/me/erasure"))


def _other_operators(account_id: UUID) -> bool:
    others = sa.exists().where(Account.is_operator, Account.id != account_id, Account.email_confirmed_at.is_not(None))
    return bool(db.session.scalar(sa.select(others)))


def due(erasure_id: UUID) -> tuple[AccountErasure, Account | None] | None:
    """Return an end whose day has come with its account (None: gone already), locked; None when it was done or taken back."""
    erasure = db.session.scalar(sa.select(AccountErasure).where(AccountErasure.id == erasure_id).with_for_update())
    if erasure is None or not erasure.is_planned or erasure.due_at > clock.now():
        return None
    return erasure, db.session.get(Account, erasure.account_id)


def finish(erasure: AccountErasure, account: Account | None) -> None:
    """Destroy the account and write down that it was done. The caller has seen to its academies."""
    erasure.counts = {} if account is None else erase(account)
    erasure.done_at = clock.now()
    record("account.erased", erasure=str(erasure.id))
    queue.later("privacy.bury", kind="account", subject_id=erasure.account_id, once=f"bury-{erasure.id}")
    db.session.flush()


def erase(account: Account) -> dict[str, int]:
    """Destroy all that is kept about the account's holder but what STAY names; return how many rows of each table went."""
    db.session.execute(sa.select(Account.id).where(Account.id == account.id).with_for_update())
    found = {table: list(finding.rows_of(table, account)) for table in finding.tables()}
    counts = {table: len(rows) for table, rows in found.items() if table not in STAY}
    for academy in shared_academies(account.id):
        leave_ownership(academy, account)
    accounts.sessions.end_all(account.id)
    counts["letters"] += _caused(account)
    counts["blackened"] = _blacken(account)
    legal.end_of_account(account.id)
    _end_exports(account.id)
    for table in ("letters", "asks", "inbound_mails", "leads", "subscribers", "owner_offers", "privacy_requests"):
        for row in found[table]:
            if row not in db.session.deleted and not sa.inspect(row).detached and not sa.inspect(row).was_deleted:
                db.session.delete(row)
    db.session.flush()
    db.session.execute(sa.delete(Account).where(Account.id == account.id).execution_options(synchronize_session=False))
    return {table: count for table, count in counts.items() if count}


def _caused(account: Account) -> int:
    """Delete letters to others that the account caused and that name its holder: offers to own an academy, and links to an
    address that was asked for. What they lead to goes with the account. Return how many."""
    asked = db.session.scalars(sa.select(AccountToken).where(AccountToken.account_id == account.id))
    offered = db.session.scalars(sa.select(OwnerOffer).where(OwnerOffer.offered_by == account.id))
    pairs = {("change_email", one.new_email) for one in asked if one.new_email} | {("ownership", one.email) for one in offered}
    letters = sa.select(Letter).where(Letter.kind.in_([kind for kind, _ in pairs]))
    gone = [row for row in db.session.scalars(letters.execution_options(yield_per=AT_ONCE)) if (row.kind, row.recipient) in pairs]
    for row in gone:
        db.session.delete(row)
    db.session.flush()
    return len(gone)


def _blacken(account: Account) -> int:
    """Take the proven address out of mail to and from others, which stays theirs; return in how many it stood."""
    if not account.is_confirmed or not account.email:
        return 0
    address = re.compile(rf"(?<![\w.+-]){re.escape(account.email)}(?![\w-])", re.IGNORECASE)
    models: tuple[tuple[Any, tuple[str, ...]], ...] = ((Letter, ("subject", "body_text", "body_html")), (InboundMail, ("subject", "body")))
    return sum(_blacken_in(model, fields, address) for model, fields in models)


def _blacken_in(model: Any, fields: tuple[str, ...], address: re.Pattern[str]) -> int:
    changed = 0
    for row in db.session.scalars(sa.select(model).execution_options(yield_per=AT_ONCE)):
        said = {field: getattr(row, field) or "" for field in fields}
        named = {field: address.sub("***", text) for field, text in said.items() if address.search(text)}
        for field, text in named.items():
            setattr(row, field, text)
        changed += bool(named)
    db.session.flush()
    return changed


def _end_exports(account_id: UUID) -> None:
    """Let the last exports end that only this account could fetch."""
    for closing in db.session.scalars(sa.select(Closing).where(Closing.export_holder == account_id, Closing.export_path.is_not(None))):
        closing.export_until = clock.now()
        queue.later("academies.end_export", closing_id=closing.id)


def receipts(most: int = 50) -> list[AccountErasure]:
    """Return the last ends of accounts and those that wait, the latest first, for operators."""
    return list(db.session.scalars(sa.select(AccountErasure).where(AccountErasure.undone_at.is_(None)).order_by(AccountErasure.made_at.desc()).limit(most)))

