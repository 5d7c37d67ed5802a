"""Finds all that the platform keeps about the holder of an account, by the declarations of the tables.

Each table of core stands in SOURCES (its rows are somebody's), or in NOT_THEIRS with the reason why no row of it is; a test
walks the catalogue, so that a new table cannot be forgotten (T56).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from core.academies.models import Closing, Handoff, OwnerOffer, Ownership
from core.accounts.models import Account, AccountSession, AccountToken, Ask, HalfSignIn, RecoveryCode, SecondStep
from core.audit.models import Event
from core.db import db
from core.leads.models import Lead, LeadNote
from core.legal.models import Acceptance
from core.mail.models import InboundMail, Letter
from core.newsletter.models import Delivery, Subscriber, SubscriberEvent
from core.privacy.models import AccountErasure, PrivacyRequest, PrivacyStep, RetentionCase, RetentionWarning
from core.sealed import Sealed, matches

Rows = Sequence[Any]
AT_ONCE: Final = 500
# What is written down is the fingerprint of a secret: showing it would help nobody but a thief.
SECRETS: Final = frozenset({"password_hash", "token_hash", "token", "secret", "code_hash"})
NOT_THEIRS: Final = {
    "academies": "an organisation's, not a person's; who owns it stands in ownerships",
    "domains": "an academy's", "resting_slugs": "a subdomain", "issuer_keys": "public keys of academies", "mail_allowances": "an academy's mail",
    "throttles": "keyed hashes that nobody can turn back; they go within a day", "editions": "what the platform published",
    "legal_versions": "what the platform published", "legal_texts": "what the platform published", "retention_runs": "numbers", "check_runs": "sentences about machines",
    "taken_mails": "fingerprints of mails that were read, so that none is read twice",
}  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """One thing that is kept: the column's name, what it holds, and what was declared of it."""

    name: str
    value: Any
    info: dict[str, Any]


@dataclass(frozen=True)
class Found:
    """The rows of one table, each as its facts."""

    table: str
    rows: list[list[Fact]]


def held(account: Account) -> list[Found]:
    """Return all that is kept about the account's holder, table by table; empty ones too. Others' data is left out."""
    return [Found(table, [_facts(row, account) for row in find(account)]) for table, find in SOURCES.items()]


def rows_of(table: str, account: Account) -> Rows:
    """Return the rows of one table that are about the account's holder."""
    return SOURCES[table](account)


def _facts(row: Any, account: Account) -> list[Fact]:
    model = type(row)
    found = []
    for column in model.__table__.columns:
        if column.info.get("purpose", "").startswith("find the row by"):
            continue
        name = column.name.removesuffix("_sealed")
        value = getattr(row, name) if isinstance(model.__dict__.get(name), Sealed) else getattr(row, column.name)
        found.append(Fact(name, _shown(row, name, value, account), column.info))
    return found


def _shown(row: Any, name: str, value: Any, account: Account) -> Any:
    """Return the value as its holder may see it: no secrets, and nobody else's address."""
    if name in SECRETS:
        return None if value is None else "***"
    if isinstance(row, OwnerOffer) and name == "email" and value != account.email:
        return "***"
    return value.hex() if isinstance(value, bytes) else value


def _by(model: Any, column: Any) -> Callable[[Account], Rows]:
    return lambda account: db.session.scalars(sa.select(model).where(column == account.id).order_by(model.id)).all()


def _by_address(model: Any, name: str) -> Callable[[Account], Rows]:
    """Return the rows with the account's address; of one that was never proven none: whoever signs up with somebody else's
    address would see, and destroy, what is theirs."""
    return lambda account: db.session.scalars(sa.select(model).where(matches(model, name, account.email or ""))).all() if account.is_confirmed else []


def _scanned(model: Any, says: Callable[[Any, Account], bool]) -> Callable[[Account], Rows]:
    """Read every row, for what is encrypted without an index; those that are somebody else's are let go at once."""

    def find(account: Account) -> Rows:
        if not account.is_confirmed:
            return []
        kept = []
        for row in db.session.scalars(sa.select(model).order_by(model.id).execution_options(yield_per=AT_ONCE)):
            if says(row, account):
                kept.append(row)
            else:
                db.session.expunge(row)
        return kept

    return find


def _same_address(text: str | None, account: Account) -> bool:
    return bool(text) and (text or "").casefold() == (account.email or "").casefold()


def _offers(account: Account) -> Rows:
    made = sa.select(OwnerOffer).where(OwnerOffer.offered_by == account.id)
    return [*db.session.scalars(made), *(one for one in _scanned(OwnerOffer, lambda row, who: _same_address(row.email, who))(account)
                                         if one.offered_by != account.id)]  # fmt: skip


def _below(model: Any, column: Any, above: str) -> Callable[[Account], Rows]:
    """Return the rows that hang on those of another source."""

    def find(account: Account) -> Rows:
        ids = [row.id for row in SOURCES[above](account)]
        return db.session.scalars(sa.select(model).where(column.in_(ids))).all() if ids else []

    return find


def _closings(account: Account) -> Rows:
    theirs = sa.or_(Closing.asked_by == account.id, Closing.export_holder == account.id)
    return db.session.scalars(sa.select(Closing).where(theirs).order_by(Closing.id)).all()


SOURCES: Final[dict[str, Callable[[Account], Rows]]] = {
    "accounts": lambda account: [account],
    "sessions": _by(AccountSession, AccountSession.account_id),
    "second_steps": _by(SecondStep, SecondStep.account_id),
    "recovery_codes": _by(RecoveryCode, RecoveryCode.account_id),
    "half_sign_ins": _by(HalfSignIn, HalfSignIn.account_id),
    "tokens": _by(AccountToken, AccountToken.account_id),
    "ownerships": _by(Ownership, Ownership.account_id),
    "owner_offers": _offers,
    "handoffs": _by(Handoff, Handoff.account_id),
    "closings": _closings,
    "asks": _scanned(Ask, lambda row, account: _same_address(row.email, account)),
    "letters": _scanned(Letter, lambda row, account: _same_address(row.recipient, account)),
    "inbound_mails": _by_address(InboundMail, "sender"),
    "leads": _by_address(Lead, "email"),
    "lead_notes": _below(LeadNote, LeadNote.lead_id, "leads"),
    "subscribers": _by_address(Subscriber, "email"),
    "subscriber_events": _below(SubscriberEvent, SubscriberEvent.subscriber_id, "subscribers"),
    "deliveries": _below(Delivery, Delivery.subscriber_id, "subscribers"),
    "privacy_requests": _by_address(PrivacyRequest, "email"),
    "privacy_steps": _below(PrivacyStep, PrivacyStep.request_id, "privacy_requests"),
    "legal_acceptances": _by(Acceptance, Acceptance.account_id),
    "audit": _by(Event, Event.actor_id),
    "account_erasures": _by(AccountErasure, AccountErasure.account_id),
    "retention_warnings": _by(RetentionWarning, RetentionWarning.account_id),
    "retention_cases": _by(RetentionCase, RetentionCase.account_id),
}


def tables() -> Iterable[str]:
    """Return the tables that may hold something about somebody."""
    return SOURCES.keys()
