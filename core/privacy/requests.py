"""Requests about one's data: by mail (a draft first), or by phone, entered by an operator; each with its clock and its steps.

Whoever writes, nothing is given or destroyed before it is sure who asks. What an academy keeps, it decides about: the answer to a
mail says so, and where to ask. They flush; the edge commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from core import clock, limits
from core.accounts.models import Account
from core.accounts.queries import account_by_email
from core.accounts.rules import clean_email, clean_name, is_email
from core.audit.actions import record
from core.config import LANGUAGES
from core.db import db
from core.errors import NotFound, Refused, TooMany
from core.mail.actions import write_letter
from core.mail.answers import own_words
from core.mail.arrived import Arrived
from core.mail.recognise import recogniser
from core.privacy import erasing, rules
from core.privacy.models import PrivacyRequest, PrivacyStep
from core.privacy.rules import REQUEST_ACTS
from core.privacy.wishes import KINDS, wish_of
from core.urls import platform_url

MOST_SIGNS: Final = 4_000
MONTHS_TO_ANSWER, MONTHS_MORE = 1, 2
OPEN: Final = ("draft", "open")


@recogniser
def asks(mail: Arrived) -> bool:
    """Keep a mail that asks for a right over one's data as a draft, and answer with the day; return whether it was one. Of one
    address five a day are taken; more go to a person."""
    sender, words = clean_email(mail.sender), own_words(mail.text)[:MOST_SIGNS]
    kind = wish_of(mail.subject, words)
    if kind is None or not is_email(sender):
        return False
    try:
        limits.spend([limits.Limit("privacy request", (sender,), 5, 24 * 3600)])
    except TooMany:
        return False
    account = account_by_email(sender)
    language = account.language if account is not None else LANGUAGES[0]
    row = _made(kind, "mail", "draft", sender, mail.sender_name, f"{mail.subject}\n\n{words}".strip(), language)
    write_letter(sender, "request_came", language, name=(account.first_name if account else clean_name(mail.sender_name)) or "", day=row.due_at,
                 url=platform_url("/me/data"), reset_url=platform_url("/find"))  # fmt: skip
    return True


def enter(kind: str, email: str, name: str, words: str, language: str, by: Account) -> PrivacyRequest:
    """Return a request that came by phone. Raises Refused for a kind that there is not."""
    if kind not in KINDS:
        raise Refused("request kind")
    row = _made(kind, "phone", "open", clean_email(email), name, words, language)
    _step(row, "taken up", None, by)
    return row


def _made(kind: str, way: str, state: str, email: str, name: str, words: str, language: str) -> PrivacyRequest:
    row = PrivacyRequest(
        kind=kind, way=way, state=state, email=email, name=clean_name(name) or None, words=words[:MOST_SIGNS] or None, language=language,
        due_at=rules.months_after(clock.now(), MONTHS_TO_ANSWER),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    _step(row, "came", None, None)
    return row


def request(request_id: UUID, lock: bool = False) -> PrivacyRequest:
    """Return a request. Raises NotFound."""
    row = db.session.get(PrivacyRequest, request_id, with_for_update=lock, populate_existing=lock)
    if row is None:
        raise NotFound("no such request")
    return row


def waiting() -> Sequence[PrivacyRequest]:
    """Return the requests that are not dealt with, the soonest due first."""
    return db.session.scalars(sa.select(PrivacyRequest).where(PrivacyRequest.state.in_(OPEN)).order_by(PrivacyRequest.due_at, PrivacyRequest.id)).all()


def done(most: int = 50) -> Sequence[PrivacyRequest]:
    """Return the requests that were dealt with last."""
    over = sa.select(PrivacyRequest).where(PrivacyRequest.state.not_in(OPEN)).order_by(PrivacyRequest.done_at.desc()).limit(most)
    return db.session.scalars(over).all()


def steps_of(row: PrivacyRequest) -> Sequence[tuple[PrivacyStep, str]]:
    """Return what was done, the latest first, each with by whom ("": nobody, or somebody who is gone)."""
    wanted = sa.select(PrivacyStep, Account).outerjoin(Account, Account.id == PrivacyStep.actor_id).where(PrivacyStep.request_id == row.id)
    rows = db.session.execute(wanted.order_by(PrivacyStep.made_at.desc(), PrivacyStep.id.desc()))
    return [(step, account.name if account is not None else "") for step, account in rows]


def account_of(row: PrivacyRequest) -> Account | None:
    """Return the account with the address that asked, or None."""
    return account_by_email(row.email or "")


def act(row: PrivacyRequest, what: str, note: str, by: Account) -> None:
    """Do a step with a request; each but "void" says how or why, and the person hears of an answer, a refusal and an extension.
    Raises Refused."""
    words = note.strip()[:MOST_SIGNS]
    if what not in REQUEST_ACTS or row.state not in OPEN:
        raise Refused("request done")
    if not words and what != "void":
        raise Refused("request note")
    if what == "answered" and row.verified_at is None:
        raise Refused("request unverified")
    _apply(row, what)
    _step(row, what, words, by)
    if what in ("extended", "refused", "answered"):
        write_letter(row.email or "", f"request_{what}", row.language, name=row.name or "", note=words.splitlines(), day=row.due_at)


def _apply(row: PrivacyRequest, what: str) -> None:
    if what == "extended":
        if row.extended_at is not None:
            raise Refused("request extended")
        row.extended_at, row.due_at = clock.now(), rules.months_after(row.due_at, MONTHS_MORE)
    elif what == "verified":
        row.verified_at, row.state = row.verified_at or clock.now(), "open"
    else:
        row.state, row.done_at = what, clock.now()


def end_account(row: PrivacyRequest, by: Account) -> None:
    """Plan the end of the account of who asks to be deleted, in seven days, of which they are told. Raises Refused before it is
    sure who asks, and where academies would be left alone."""
    account = account_of(row)
    if row.state not in OPEN or row.kind != "delete" or account is None:
        raise Refused("request done")
    if row.verified_at is None:
        raise Refused("request unverified")
    if erasing.sole_academies(account.id):
        raise Refused("academies alone")
    erasing.plan(account, "operator")
    _step(row, "account ended", None, by)


def _step(row: PrivacyRequest, what: str, note: str | None, by: Account | None) -> None:
    db.session.add(PrivacyStep(request_id=row.id, act=what, note=note or None, actor_id=by.id if by else None))
    record(f"privacy.{what}", actor_id=by.id if by else None, request=str(row.id))
    db.session.flush()


def sweep() -> int:
    """Destroy requests that were dealt with 24 months ago; return how many."""
    over = sa.delete(PrivacyRequest).where(PrivacyRequest.done_at <= rules.months_after(clock.now(), -rules.months_of("privacy_requests")))
    return len(db.session.execute(over.returning(PrivacyRequest.id)).all())
