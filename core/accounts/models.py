"""Accounts: customers who own academies, and platform operators."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary, Text
from sqlalchemy.orm import Mapped

from core import clock
from core.db import CoreBase
from core.schema import column, key, made_at, moment, optional_moment, ref
from core.sealed import Sealed, sealed


class Account(CoreBase):
    """A person who signs in on the platform host."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = key()
    email: Sealed = sealed(
        "email", purpose="sign in, mail", personal="identifying", retention="account",
        on_erasure="delete", index="email", unique=True,
    )
    first_name: Sealed = sealed(
        "first_name", purpose="address the person", personal="identifying", retention="account",
        on_erasure="delete",
    )
    last_name: Sealed = sealed(
        "last_name", purpose="name on contract and invoice", personal="identifying", retention="account",
        on_erasure="delete",
    )
    organisation: Sealed = sealed(
        "organisation", purpose="for whom the account was made: suggested as the name of an academy", personal="identifying", retention="account",
        on_erasure="delete", nullable=True,
    )  # fmt: skip
    phone: Sealed = sealed(
        "phone", purpose="call back for support, and nothing else", personal="identifying", retention="account", on_erasure="delete", nullable=True,
    )  # fmt: skip
    password_hash: Mapped[str | None] = column(Text, purpose="argon2id hash to check the password", nullable=True)
    email_confirmed_at: Mapped[datetime | None] = optional_moment(purpose="when the address was proven")
    language: Mapped[str] = column(Text, purpose="language of pages and mail", default="nl")
    scheme: Mapped[str] = column(Text, purpose="light, dark or auto", default="auto")
    is_operator: Mapped[bool] = column(purpose="may run the platform", default=False)
    made_at: Mapped[datetime] = made_at()
    visited_at: Mapped[datetime] = moment(
        purpose="last visit, for retention", personal="identifying", retention="account", on_erasure="delete",
        why_plain="retention compares it in SQL", default=clock.now,
    )

    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Return True: an account that exists may sign in."""
        return True

    def get_id(self) -> str:
        """Return the id as text, for Flask-Login."""
        return str(self.id)

    @property
    def is_confirmed(self) -> bool:
        """Return whether the e-mail address was proven."""
        return self.email_confirmed_at is not None

    @property
    def name(self) -> str:
        """Return first and last name."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)


class AccountSession(CoreBase):
    """One signed-in device of an account."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = key()
    account_id: Mapped[UUID] = ref("core.accounts.id", purpose="whose device", index=True)
    token_hash: Mapped[bytes] = column(LargeBinary, purpose="SHA-256 of the cookie's token", unique=True)
    device: Sealed = sealed(
        "device", purpose="tell the person which device", personal="identifying", retention="session",
        on_erasure="delete", nullable=True,
    )
    made_at: Mapped[datetime] = made_at()
    seen_at: Mapped[datetime] = moment(purpose="last request, to the minute", default=clock.now)
    expires_at: Mapped[datetime] = moment(purpose="end of the session")
    proven_at: Mapped[datetime | None] = optional_moment(purpose="when the password was last asked for again, for what only its owner may do")


class SecondStep(CoreBase):
    """A program or device that shows six digits (TOTP, RFC 6238): asked for after the password, once it was confirmed."""

    __tablename__ = "second_steps"

    id: Mapped[UUID] = key()
    account_id: Mapped[UUID] = ref("core.accounts.id", purpose="whose", unique=True)
    secret: Sealed = sealed(
        "secret", purpose="what the digits are made from, as base32", personal="identifying", retention="account", on_erasure="delete",
    )  # fmt: skip
    made_at: Mapped[datetime] = made_at()
    confirmed_at: Mapped[datetime | None] = optional_moment(purpose="when its first digits were right")
    last_step: Mapped[int] = column(BigInteger, purpose="the latest half minute whose digits were used: none works twice", default=0)


class RecoveryCode(CoreBase):
    """A code on paper that stands for the digits once, for who lost the device."""

    __tablename__ = "recovery_codes"

    id: Mapped[UUID] = key()
    account_id: Mapped[UUID] = ref("core.accounts.id", purpose="whose", index=True)
    code_hash: Mapped[bytes] = column(LargeBinary, purpose="HMAC of the code under the platform's secret", unique=True)
    made_at: Mapped[datetime] = made_at()
    used_at: Mapped[datetime | None] = optional_moment(purpose="when it was used, once")


class HalfSignIn(CoreBase):
    """Somebody gave the right password and not yet the digits: ten minutes at most."""

    __tablename__ = "half_sign_ins"

    id: Mapped[UUID] = key()
    account_id: Mapped[UUID] = ref("core.accounts.id", purpose="who signs in", index=True)
    token_hash: Mapped[bytes] = column(LargeBinary, purpose="SHA-256 of the cookie's token", unique=True)
    device: Sealed = sealed(
        "device", purpose="tell the person which device", personal="identifying", retention="10 minutes", on_erasure="delete", nullable=True,
    )  # fmt: skip
    made_at: Mapped[datetime] = made_at()
    expires_at: Mapped[datetime] = moment(purpose="end of the ten minutes")


class AccountToken(CoreBase):
    """A one-time link sent by mail: confirm the address, set a new password, change the address."""

    __tablename__ = "tokens"
    __table_args__ = (CheckConstraint("kind in ('confirm','reset','change')", name="kind"),)

    id: Mapped[UUID] = key()
    account_id: Mapped[UUID] = ref("core.accounts.id", purpose="whose link", index=True)
    kind: Mapped[str] = column(Text, purpose="what the link does")
    token_hash: Mapped[bytes] = column(LargeBinary, purpose="SHA-256 of the link's token", unique=True)
    new_email: Sealed = sealed(
        "new_email", purpose="the address that the link confirms", personal="identifying", retention="token",
        on_erasure="delete", nullable=True,
    )
    made_at: Mapped[datetime] = made_at()
    expires_at: Mapped[datetime] = moment(purpose="end of the link")
    used_at: Mapped[datetime | None] = optional_moment(purpose="when it was used, once")


class Throttle(CoreBase):
    """How often something was tried in the present window; keys are HMACs, never an address."""

    __tablename__ = "throttles"

    key: Mapped[bytes] = column(LargeBinary, purpose="HMAC of what is limited", primary_key=True)
    tries: Mapped[int] = column(purpose="tries in this window")
    until: Mapped[datetime] = moment(purpose="end of this window")


class Ask(CoreBase):
    """Somebody asked for a mail; known or not is found out later, by a job, so that the page cannot tell."""

    __tablename__ = "asks"
    __table_args__ = (CheckConstraint("kind in ('reset','find')", name="kind"),)

    id: Mapped[UUID] = key()
    kind: Mapped[str] = column(Text, purpose="which mail: reset, or find (which academies know this address)")
    email: Sealed = sealed(
        "email", purpose="where the answer goes", personal="identifying", retention="until the job has run",
        on_erasure="delete",
    )
    language: Mapped[str] = column(Text, purpose="language of the answer")
    made_at: Mapped[datetime] = made_at()
