"""The one engine of retention: every day each rule of core/privacy/rules.py, with a report; ends of accounts; the ledger of who
was erased, and its replay after a restore."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog

from core import clock, queue
from core.academies.models import Academy
from core.academies.rules import may_close
from core.accounts import actions as accounts
from core.accounts.models import Account, AccountToken
from core.db import CORE, academy_scope, db
from core.errors import KeyMissing, place
from core.leads import actions as leads
from core.mail import inbound
from core.mail.models import Letter
from core.newsletter import actions as newsletter
from core.owner import owner_connection
from core.privacy import erasing, requests, retention, rules, tombs
from jobs.registry import every
from tenants.close import ask_closing
from tenants.erasure import actions as members
from tenants.people.models import Member

log = structlog.get_logger("kweek.privacy")
AGAIN = timedelta(minutes=15)
SERVING = ("active", "suspended", "closing")


@queue.job("privacy.retain", scope="core", owner=True, limit_s=3600)
def retain() -> None:
    """Let each rule destroy what is over, each in a transaction of its own, and write down how much that was. A rule that fails
    does not keep the others from running; it is tried again with this work."""
    failed: list[Exception] = []
    for name, run in RUNNERS.items():
        try:
            with db.scope(CORE, commit=True):
                retention.report(name, run())
        except Exception as error:  # said below
            log.error("a rule of retention failed", rule=name, error=type(error).__name__, at=place(error))
            failed.append(error)
    tombs.sweep()
    if failed:
        raise failed[0]


def run_accounts() -> int:
    """Warn, plan the end of, or put before an operator who did not visit; return how many ends were planned."""
    return [retention.go_on(account, reasons_of(account)) for account in retention.silent()].count("destroy")


def reasons_of(account: Account) -> list[str]:
    """Return why nothing automatic may destroy an account: it operates the platform, its plan is paid, another owner of its
    academies visits, or somebody learns or teaches there."""
    since = rules.months_after(clock.now(), -rules.MONTHS_UNTIL_END)
    academies = retention.academies_of(account)
    found = {
        "operator": account.is_operator,
        "plan": any(academy.plan != "trial" for academy in academies),
        "owner": retention.has_other_visits(account, academies, since),
        "members": any(_has_visits(academy, account, since) for academy in academies),
    }
    return [reason for reason in rules.REASONS if found[reason]]


def _has_visits(academy: Academy, account: Account, since: datetime) -> bool:
    """Return whether anybody but this owner visited the academy since then. One that cannot be read is left to a person."""
    others = sa.or_(Member.account_id.is_(None), Member.account_id != account.id)
    visited = sa.exists().where(others, Member.visited_at > since)
    try:
        with db.scope(academy_scope(academy.number, academy.cluster)):
            return bool(db.session.scalar(sa.select(visited)))
    except KeyMissing:
        return True


def run_tokens() -> int:
    """Destroy links of mails that ended a week ago."""
    return _gone(sa.delete(AccountToken).where(AccountToken.expires_at < clock.now() - rules.days_of("tokens")))


def run_letters() -> int:
    """Destroy letters of the platform that were written five weeks ago."""
    return _gone(sa.delete(Letter).where(Letter.made_at < clock.now() - rules.days_of("letters")))


def run_acceptances() -> int:
    """Destroy proofs of agreements that ended five years ago; only the tables' owner can."""
    return _by_owner("DELETE FROM core.legal_acceptances WHERE ends_at <= %s", clock.now())


def run_audit() -> int:
    """Destroy what was written down of acts seven years ago; only the tables' owner can."""
    return _by_owner("DELETE FROM core.audit WHERE at < %s", rules.months_after(clock.now(), -rules.months_of("audit")))


def _by_owner(statement: Any, moment: datetime) -> int:
    with owner_connection() as owner:
        return owner.execute(statement, [moment]).rowcount


def _gone(statement: sa.Delete) -> int:
    return int(db.session.execute(statement.execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]


# Invoices have their rules and no table yet.
RUNNERS: dict[str, Callable[[], int]] = {
    "accounts": run_accounts, "leads": leads.sweep, "subscribers": newsletter.sweep, "subscribers_quiet": newsletter.sweep_quiet, "subscriber_events": newsletter.sweep_events,
    "inbound_mails": inbound.sweep, "letters": run_letters, "sessions": accounts.sessions.sweep, "tokens": run_tokens,
    "acceptances": run_acceptances, "privacy_requests": requests.sweep, "account_erasures": retention.forget_receipts, "audit": run_audit,
}  # fmt: skip


@queue.job("privacy.erase", scope="core", limit_s=1800)
def erase(erasure_id: str) -> None:
    """End an account whose day has come. Its academies end first; until they have, this comes again. Done once, it does nothing."""
    found = erasing.due(UUID(erasure_id))
    if found is None:
        return
    erasure, account = found
    if erasure.why == "silence" and account is not None and is_needed_again(account, erasure.made_at):
        erasing.let_live(erasure)
        return
    alone = erasing.sole_academies(account.id) if account is not None else []
    if not alone:
        erasing.finish(erasure, account)
        return
    for academy in alone if erasure.why == "silence" else ():
        if may_close(academy.state):
            ask_closing(academy, None, 0, account.id if account else None, by_operator=True)
    queue.later("privacy.erase", erasure_id=erasure.id, due=clock.now() + AGAIN, priority=4)


def is_needed_again(account: Account, since: datetime) -> bool:
    """Return whether somebody visited with the account after its end was planned, or others need it now."""
    return account.visited_at > since or bool(reasons_of(account))


@queue.job("privacy.bury", scope="both")
def bury(kind: str, subject_id: str) -> None:
    """Write into the ledger that somebody was erased."""
    tombs.bury(kind, db.current().number or 0, UUID(subject_id))


def replay() -> list[str]:
    """Erase again who came back by a restored backup; return what was done, a line each. Run it before the platform serves."""
    with db.scope(CORE, commit=True):
        said = [line for account in _returned_accounts() for line in _again(account)]
        academies = {one.number: one.cluster for one in db.session.scalars(sa.select(Academy).where(Academy.state.in_(SERVING)))}
    for number in sorted(tombs.numbers() & academies.keys()):
        with db.scope(academy_scope(number, academies[number]), commit=True):
            back = tombs.returned("member", number, db.session.scalars(sa.select(Member.id)).all())
            for member in db.session.scalars(sa.select(Member).where(Member.id.in_(back))).unique().all():
                members.erase(member)
                said.append(f"member {member.id} of academy {number} is erased again")
    return said


def _returned_accounts() -> list[Account]:
    back = tombs.returned("account", 0, db.session.scalars(sa.select(Account.id)).all())
    return list(db.session.scalars(sa.select(Account).where(Account.id.in_(back))))


def _again(account: Account) -> list[str]:
    alone = [academy.number for academy in erasing.sole_academies(account.id)]
    erasing.erase(account)
    return [f"account {account.id} is erased again", *(f"academy {number} has no owner now: close it, or appoint one" for number in alone)]


every(timedelta(days=1), "privacy.retain")
