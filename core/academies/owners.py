"""Owners of an academy: more than one, handed over, left, and appointed when nobody is left.

Core knows the ownerships; the owner's row inside the academy follows through `on_change`, which the
academy's people register, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from core import clock
from core.academies.models import Academy, OwnerOffer, Ownership
from core.academies.rules import may_leave, serves
from core.accounts.models import Account
from core.accounts.queries import account_by_email
from core.accounts.rules import clean_email
from core.audit.actions import record
from core.db import db
from core.errors import Forbidden, Gone, NotFound, Refused
from core.mail.actions import write_letter
from core.outbox.models import Revision
from core.tokens import hash_of, new_token
from core.urls import platform_url

OFFER_LASTS = timedelta(days=7)
SERVING = ("active", "suspended", "closing")
Listener = Callable[[Academy, Account, bool], None]
_listeners: list[Listener] = []


def on_change(listener: Listener) -> Listener:
    """Call `listener(academy, account, owns)` whenever an ownership begins or ends; use as a decorator."""
    _listeners.append(listener)
    return listener


def owners_of(academy: Academy) -> list[Account]:
    """Return the academy's owners, the longest owner first."""
    query = sa.select(Account).join(Ownership).where(Ownership.academy_id == academy.id)
    return list(db.session.scalars(query.order_by(Ownership.since, Ownership.id)))


def owns(account: Account, academy: Academy) -> bool:
    """Return whether the account owns the academy."""
    return _ownership(academy, account) is not None


def add_owner(academy: Academy, account: Account, by: Account | None) -> None:
    """Make `account` an owner beside the others; an owner already stays one. Raises Refused if unconfirmed."""
    if not account.is_confirmed:
        raise Refused("unconfirmed")
    try:
        with db.session.begin_nested():
            db.session.add(Ownership(academy_id=academy.id, account_id=account.id))
            db.session.flush()
    except IntegrityError:
        return
    _tell(academy, account, True)
    record("owner.added", actor_id=by.id if by else None, number=academy.number, account=str(account.id))


def follow_account(account: Account) -> None:
    """Let the owner's rows in their academies follow what changed in the account: a confirmed address."""
    query = (
        sa.select(Academy).join(Ownership).join(Revision, Revision.number == Academy.number)
        .where(Ownership.account_id == account.id, Academy.state.in_(SERVING))
    )  # fmt: skip
    for academy in db.session.scalars(query):
        _tell(academy, account, True)


def leave_ownership(academy: Academy, account: Account) -> None:
    """End the account's ownership. Raises Refused for the last owner, NotFound for who is none."""
    _hold(academy)
    ownership = _ownership(academy, account)
    if ownership is None:
        raise NotFound("ownership")
    if not may_leave(len(owners_of(academy))):
        raise Refused("last owner")
    db.session.delete(ownership)
    db.session.flush()
    _tell(academy, account, False)
    record("owner.left", actor_id=account.id, number=academy.number)


def transfer_ownership(academy: Academy, giver: Account, taker: Account) -> None:
    """Let `taker` own the academy instead of `giver`. Raises NotFound if the giver owns nothing, Refused."""
    if not owns(giver, academy):
        raise NotFound("ownership")
    add_owner(academy, taker, giver)
    if giver.id != taker.id:
        leave_ownership(academy, giver)


def appoint_owner(academy: Academy, account: Account, operator: Account | None, reason: str) -> None:
    """Let the platform appoint an owner because the others are gone. Raises Refused without a reason.

    `operator` None is the command line. The academy's audit on the platform names who did it; the reason
    stands in the operator's words at the academy.
    """
    if not reason.strip() or (operator is not None and not operator.is_operator):
        raise Refused("reason")
    add_owner(academy, account, operator)
    record("owner.appointed", actor_id=operator.id if operator else None, number=academy.number,
           account=str(account.id))  # fmt: skip


def offer_ownership(academy: Academy, by: Account, email: str, hand_over: bool) -> None:
    """Mail somebody that they may become owner, beside `by` or instead. Raises Forbidden for who is no owner.

    Whether the address has an account is not told: the link works once they have signed in with it.
    """
    if not owns(by, academy) or not serves(academy.state):
        raise Forbidden("owner")
    token = new_token()
    offer = OwnerOffer(academy_id=academy.id, email=clean_email(email), hand_over=hand_over, offered_by=by.id,
                       token_hash=hash_of(token), expires_at=clock.now() + OFFER_LASTS)  # fmt: skip
    db.session.add(offer)
    db.session.flush()
    write_letter(clean_email(email), "ownership", by.language, academy=academy.name, inviter=by.name,
                 url=platform_url(f"/ownership/{token}"), until=offer.expires_at)  # fmt: skip


def offers_of(academy: Academy) -> list[OwnerOffer]:
    """Return the offers that wait."""
    waiting = (OwnerOffer.academy_id == academy.id, OwnerOffer.used_at.is_(None), OwnerOffer.expires_at > clock.now())
    return list(db.session.scalars(sa.select(OwnerOffer).where(*waiting).order_by(OwnerOffer.id)))


def withdraw_offer(academy: Academy, offer_id: UUID) -> None:
    """Take an offer back. Raises NotFound."""
    mine = sa.delete(OwnerOffer).where(OwnerOffer.id == offer_id, OwnerOffer.academy_id == academy.id)
    if db.session.execute(mine.returning(OwnerOffer.id)).first() is None:
        raise NotFound("offer")


def find_offer(token: str, account: Account) -> OwnerOffer:
    """Return the waiting offer of this link, if it was made to this account's address. Raises Gone."""
    query = sa.select(OwnerOffer).where(OwnerOffer.token_hash == hash_of(token), OwnerOffer.used_at.is_(None),
                                        OwnerOffer.expires_at > clock.now())  # fmt: skip
    offer = db.session.scalars(query).one_or_none()
    if offer is None or offer.email != account.email:
        raise Gone("offer")
    return offer


def offered(offer: OwnerOffer) -> Academy:
    """Return the academy that is offered."""
    return db.session.get_one(Academy, offer.academy_id)


def accept_offer(token: str, account: Account) -> Academy:
    """Make the account an owner; an offer to hand over ends the giver's ownership. Raises Gone."""
    offer = find_offer(token, account)
    academy = offered(offer)
    _hold(academy)
    giver = db.session.get(Account, offer.offered_by) if offer.offered_by else None
    if giver is None or not owns(giver, academy) or not serves(academy.state):
        raise Gone("offer")
    offer.used_at = clock.now()
    account.email_confirmed_at = account.email_confirmed_at or clock.now()
    if offer.hand_over:
        transfer_ownership(academy, giver, account)
    else:
        add_owner(academy, account, giver)
    return academy


def known_account(email: str) -> Account:
    """Return the account with this address, for operators. Raises NotFound."""
    account = account_by_email(email)
    if account is None:
        raise NotFound("account")
    return account


def _ownership(academy: Academy, account: Account) -> Ownership | None:
    pair = (Ownership.academy_id == academy.id, Ownership.account_id == account.id)
    return db.session.scalars(sa.select(Ownership).where(*pair)).one_or_none()


def _hold(academy: Academy) -> None:
    """Lock the academy's row: two last owners who leave at once must not both succeed."""
    db.session.execute(sa.select(Academy.id).where(Academy.id == academy.id).with_for_update())


def _tell(academy: Academy, account: Account, owns: bool) -> None:
    for listener in _listeners:
        listener(academy, account, owns)
