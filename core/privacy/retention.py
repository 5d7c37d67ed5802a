"""Accounts without a visit: warned, destroyed, or put before an operator; and what each rule destroyed. They flush."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from core import clock
from core.academies.models import Academy, Ownership
from core.accounts.models import Account
from core.audit.actions import record
from core.db import db
from core.errors import Refused
from core.mail.actions import write_letter
from core.privacy import erasing, rules
from core.privacy.models import AccountErasure, RetentionCase, RetentionRun, RetentionWarning
from core.urls import platform_url

AT_ONCE = 500
KEPT_MONTHS = 12


def silent() -> Iterator[Account]:
    """Yield the accounts that nobody visited with for eleven months, whose end is not planned and that no operator keeps."""
    ending = sa.select(AccountErasure.account_id).where(AccountErasure.done_at.is_(None), AccountErasure.undone_at.is_(None))
    kept = sa.select(RetentionCase.account_id).where(RetentionCase.kept_until > clock.now())
    since = rules.months_after(clock.now(), -rules.MONTHS_UNTIL_WARNING)
    wanted = sa.select(Account.id).where(Account.visited_at <= since, Account.id.not_in(ending), Account.id.not_in(kept))
    for account_id in db.session.scalars(wanted.order_by(Account.id)).all():
        account = db.session.get(Account, account_id)
        if account is not None:
            yield account


def academies_of(account: Account) -> list[Academy]:
    """Return the academies of an account that are not closed."""
    mine = sa.select(Academy).join(Ownership).where(Ownership.account_id == account.id, Academy.state != "closed")
    return list(db.session.scalars(mine.order_by(Academy.number)))


def has_other_visits(account: Account, academies: Sequence[Academy], since: datetime) -> bool:
    """Return whether another owner of one of these academies visited since then."""
    others = sa.exists().where(Ownership.academy_id.in_([one.id for one in academies]), Ownership.account_id == Account.id,
                               Account.id != account.id, Account.visited_at > since)  # fmt: skip
    return bool(db.session.scalar(sa.select(others)))


def go_on(account: Account, reasons: Sequence[str]) -> str | None:
    """Do what is to be done now with an account without a visit: warn, plan its end, or put it before an operator, who decides
    where there are reasons. Return what was done: a step, "case", or None."""
    if reasons:
        _put_before_operator(account, reasons)
        return "case"
    db.session.execute(sa.delete(RetentionCase).where(RetentionCase.account_id == account.id))
    warned = warnings_of(account)
    step = rules.next_step(account.visited_at, warned, clock.now())
    if step == "destroy":
        erasing.plan(account, "silence", at_once=True)
    elif step is not None:
        _warn(account, step, warned)
    return step


def warnings_of(account: Account) -> dict[str, datetime]:
    """Return when an account was warned in this silence, by step."""
    mine = (RetentionWarning.account_id == account.id, RetentionWarning.visited_at == account.visited_at)
    return {one.step: one.sent_at for one in db.session.scalars(sa.select(RetentionWarning).where(*mine))}


def _warn(account: Account, step: str, warned: dict[str, datetime]) -> None:
    db.session.add(RetentionWarning(account_id=account.id, visited_at=account.visited_at, step=step))
    db.session.flush()
    day = rules.end_of(account.visited_at, warned | {step: clock.now()})
    names = [academy.name for academy in erasing.sole_academies(account.id)]
    write_letter(account.email or "", "account_silent", account.language, name=account.first_name, day=day, names=names, url=platform_url("/sign-in"))


def _put_before_operator(account: Account, reasons: Sequence[str]) -> None:
    known = db.session.scalars(sa.select(RetentionCase).where(RetentionCase.account_id == account.id)).one_or_none()
    if known is None:
        db.session.add(RetentionCase(account_id=account.id, reasons=list(reasons)))
    else:
        known.reasons = list(reasons)
    db.session.flush()


def cases() -> list[tuple[RetentionCase, Account]]:
    """Return the accounts that wait for an operator, the longest silent first."""
    open_ = sa.or_(RetentionCase.kept_until.is_(None), RetentionCase.kept_until <= clock.now())
    silent_still = Account.visited_at <= rules.months_after(clock.now(), -rules.MONTHS_UNTIL_WARNING)
    rows = db.session.execute(sa.select(RetentionCase, Account).join(Account, Account.id == RetentionCase.account_id).where(open_, silent_still).order_by(Account.visited_at))
    return [(row[0], row[1]) for row in rows]


def keep(case_id: UUID, by: Account) -> None:
    """Keep an account for a year more. Raises Refused for one that waits no longer."""
    case = _case(case_id)
    case.kept_until, case.decided_by = rules.months_after(clock.now(), KEPT_MONTHS), by.id
    record("retention.kept", actor_id=by.id, account=str(case.account_id))


def end(case_id: UUID, by: Account) -> None:
    """Plan the end of an account after all, in seven days, of which it is told. Raises Refused."""
    case = _case(case_id)
    account = db.session.get(Account, case.account_id)
    if account is None:
        raise Refused("case gone")
    if erasing.sole_academies(account.id):
        raise Refused("academies alone")
    erasing.plan(account, "operator")
    record("retention.ended", actor_id=by.id, account=str(account.id))


def _case(case_id: UUID) -> RetentionCase:
    case = db.session.get(RetentionCase, case_id, with_for_update=True)
    if case is None:
        raise Refused("case gone")
    return case


def report(rule: str, count: int) -> None:
    """Write down what a rule destroyed just now."""
    db.session.add(RetentionRun(rule=rule, ran_at=clock.now(), count=count))
    db.session.flush()


def last_runs() -> dict[str, tuple[RetentionRun, int]]:
    """Return the last run of each rule, and how much the rule destroyed in the last thirty days."""
    newest = sa.select(RetentionRun).ext(distinct_on(RetentionRun.rule)).order_by(RetentionRun.rule, RetentionRun.ran_at.desc())
    since = sa.select(RetentionRun.rule, sa.func.sum(RetentionRun.count)).where(RetentionRun.ran_at > rules.months_after(clock.now(), -1)).group_by(RetentionRun.rule)
    sums = {rule: int(total) for rule, total in db.session.execute(since)}
    return {one.rule: (one, sums.get(one.rule, 0)) for one in db.session.scalars(newest)}


def forget_receipts() -> int:
    """Destroy receipts of ends older than five years, and reports as old."""
    old = rules.months_after(clock.now(), -rules.months_of("account_erasures"))
    db.session.execute(sa.delete(RetentionRun).where(RetentionRun.ran_at < old))
    return _count(sa.delete(AccountErasure).where(sa.func.coalesce(AccountErasure.done_at, AccountErasure.undone_at) < old))


def over_invoices(rows: Iterable[tuple[UUID, date, bool]], today: date) -> list[UUID]:
    """Return the ids of the invoices, given as (id, issued on, OSS), that may be destroyed today."""
    return [one for one, issued_on, is_oss in rows if rules.invoice_ends(issued_on, is_oss) <= today]


def _count(statement: sa.Delete) -> int:
    return int(db.session.execute(statement.execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]
