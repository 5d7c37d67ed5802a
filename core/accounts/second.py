"""The second step of signing in: six digits that change each half minute (TOTP, RFC 6238), or a code on paper.

Digits work once: a half minute that was used, or one before it, is over. One half minute of drift is allowed either way. They
flush; the edge commits.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote, urlencode
from uuid import UUID

import sqlalchemy as sa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from core import clock, limits
from core.accounts import actions
from core.accounts.models import Account, HalfSignIn, RecoveryCode, SecondStep
from core.audit.actions import record
from core.config import config
from core.db import db
from core.errors import Refused
from core.limits import Limit
from core.mail.actions import write_letter
from core.tokens import hash_of, new_token
from core.urls import platform_url

SECRET_BYTES: Final = 20
DIGITS, PERIOD_S, DRIFT = 6, 30, 1
CODES: Final = 10
# Without signs that are read as one another.
ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LENGTH: Final = 10
HALF_LASTS: Final = timedelta(minutes=10)


def of(account_id: UUID) -> SecondStep | None:
    """Return the confirmed second step of an account, or None."""
    return db.session.scalars(sa.select(SecondStep).where(SecondStep.account_id == account_id, SecondStep.confirmed_at.is_not(None))).one_or_none()


def begun(account_id: UUID) -> SecondStep:
    """Return the second step that is being set up: the same secret until it is confirmed. Raises Refused where one is on."""
    known = db.session.scalars(sa.select(SecondStep).where(SecondStep.account_id == account_id)).one_or_none()
    if known is not None and known.confirmed_at is not None:
        raise Refused("second on")
    if known is None:
        known = SecondStep(account_id=account_id, secret=base64.b32encode(os.urandom(SECRET_BYTES)).decode())
        db.session.add(known)
        db.session.flush()
    return known


def address_of(step: SecondStep, account: Account) -> str:
    """Return the address that a QR code holds (otpauth://)."""
    issuer = config().platform_name
    facts = {"secret": step.secret or "", "issuer": issuer, "algorithm": "SHA1", "digits": DIGITS, "period": PERIOD_S}
    return f"otpauth://totp/{quote(issuer)}:{quote(account.email or '')}?{urlencode(facts)}"


def digits_at(secret: str, moment: datetime) -> str:
    """Return the six digits of this moment."""
    totp = TOTP(base64.b32decode(secret), DIGITS, SHA1(), PERIOD_S)  # noqa: S303  what every program for codes speaks (RFC 6238)
    return totp.generate(int(moment.timestamp())).decode()


def confirm(account: Account, digits: str) -> list[str] | None:
    """Switch the second step on if the digits are right, and return the codes for paper; None if they are not. Raises TooMany."""
    step = begun(account.id)
    limits.spend(_limits(account.id))
    if not _fits(step, digits):
        return None
    step.confirmed_at = clock.now()
    record("account.second_on", actor_id=account.id)
    write_letter(account.email or "", "second_on", account.language, name=account.first_name, url=platform_url("/me/second-step"))
    return new_codes(account)


def new_codes(account: Account) -> list[str]:
    """Return ten new codes for paper; those from before work no more. They are shown now and never again."""
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)) for _ in range(CODES)]
    db.session.add_all(RecoveryCode(account_id=account.id, code_hash=_code_hash(account.id, code)) for code in codes)
    db.session.flush()
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def codes_left(account_id: UUID) -> int:
    """Return how many codes were not used."""
    unused = (RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(sa.select(sa.func.count()).select_from(RecoveryCode).where(*unused)) or 0


def turn_off(account: Account) -> None:
    """Switch the second step off; an operator of whom the platform asks it can operate again once another is set up."""
    db.session.execute(sa.delete(SecondStep).where(SecondStep.account_id == account.id))
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    record("account.second_off", actor_id=account.id)
    write_letter(account.email or "", "second_off", account.language, name=account.first_name, url=platform_url("/me/second-step"))


def is_required_of(account: Account) -> bool:
    """Return whether this account may do its work only with a second step."""
    return account.is_operator and config().operators_need_second_step


def wait(account_id: UUID, device: str) -> str:
    """Return the token of a sign-in whose second step is to come."""
    token = new_token()
    db.session.add(HalfSignIn(account_id=account_id, token_hash=hash_of(token), device=device[:200] or None, expires_at=clock.now() + HALF_LASTS))
    db.session.flush()
    return token


def waiting(token: str | None) -> HalfSignIn | None:
    """Return the half sign-in of this token while its ten minutes last, or None."""
    living = (HalfSignIn.token_hash == hash_of(token or ""), HalfSignIn.expires_at > clock.now())
    return db.session.scalars(sa.select(HalfSignIn).where(*living)).one_or_none()


def finish(half: HalfSignIn, said: str) -> str | None:
    """Return the token of a new session if the digits, or a code, are right; None if not. The token of before is over then (T19).
    Raises TooMany."""
    account = db.session.get_one(Account, half.account_id)
    counted = _limits(account.id)
    limits.spend(counted)
    if not _is_right(account, said):
        return None
    limits.forgive(counted)
    account.visited_at = clock.now()
    token = actions.sessions.start(account.id, half.device)
    db.session.execute(sa.delete(HalfSignIn).where(HalfSignIn.account_id == account.id))
    return token


def _is_right(account: Account, said: str) -> bool:
    step = db.session.scalars(sa.select(SecondStep).where(SecondStep.account_id == account.id).with_for_update()).one_or_none()
    if step is None or step.confirmed_at is None:
        return False
    return _fits(step, said) or _takes_code(account, said)


def _fits(step: SecondStep, said: str) -> bool:
    """Return whether these digits are those of now, or of half a minute earlier or later, and were not used; use them up."""
    plain = re.sub(r"\s", "", said)
    now = int(clock.now().timestamp()) // PERIOD_S
    for count in range(now - DRIFT, now + DRIFT + 1):
        moment = datetime.fromtimestamp(count * PERIOD_S, clock.now().tzinfo)
        if count > step.last_step and hmac.compare_digest(digits_at(step.secret or "", moment).encode(), plain.encode()):
            step.last_step = count
            db.session.flush()
            return True
    return False


def _takes_code(account: Account, said: str) -> bool:
    """Use a code from paper up; the person is told by mail, for who lost a device should know."""
    plain = re.sub(r"[\s-]", "", said).lower()
    mine = (RecoveryCode.account_id == account.id, RecoveryCode.code_hash == _code_hash(account.id, plain), RecoveryCode.used_at.is_(None))
    taken = db.session.execute(sa.update(RecoveryCode).where(*mine).values(used_at=clock.now()).returning(RecoveryCode.id)).first()
    if taken is None:
        return False
    record("account.code_used", actor_id=account.id)
    write_letter(account.email or "", "recovery_used", account.language, name=account.first_name, left=codes_left(account.id), url=platform_url("/me/second-step"))
    return True


def _code_hash(account_id: UUID, code: str) -> bytes:
    return hmac.digest(config().secret_key, f"recovery {account_id} {code}".encode(), hashlib.sha256)


def _limits(account_id: UUID) -> list[Limit]:
    return [Limit("second step", (str(account_id),), 10)]


def sweep() -> int:
    """Destroy half sign-ins whose time is over, and secrets that nobody confirmed within a day; return how many."""
    old = db.session.execute(sa.delete(HalfSignIn).where(HalfSignIn.expires_at <= clock.now()).returning(HalfSignIn.id)).all()
    left = (SecondStep.confirmed_at.is_(None), SecondStep.made_at <= clock.now() - timedelta(days=1))
    return len(old) + len(db.session.execute(sa.delete(SecondStep).where(*left).returning(SecondStep.id)).all())
