"""People of one academy: everyone who learns, trains or manages here exists in exactly this schema."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, relationship

from core import clock
from core.db import AcademyBase
from core.schema import column, key, made_at, moment, optional_moment, ref
from core.sealed import Sealed, sealed

ROLES = ("participant", "trainer", "author", "manager", "owner")


class Member(AcademyBase):
    """A person in this academy, known by an e-mail address, a personnel number or both; `account_id` names the account
    of an owner."""

    __tablename__ = "members"
    __table_args__ = (
        CheckConstraint("state in ('active','removed')", name="state"),
        CheckConstraint("email_index is not null or number_index is not null", name="known_by"),
        CheckConstraint("sees in ('everybody','groups')", name="sees"),
    )

    id: Mapped[UUID] = key()
    account_id: Mapped[UUID | None] = column(
        Uuid, purpose="account of an owner, for the hand-off", personal="identifying", retention="academy",
        on_erasure="delete", why_plain="an id", unique=True, nullable=True,
    )
    email: Sealed = sealed(
        "email", purpose="sign in, mail", personal="identifying", retention="academy", on_erasure="delete",
        index="email", unique=True, nullable=True,
    )
    number: Sealed = sealed(
        "number", purpose="personnel number, to sign in without an address", personal="identifying",
        retention="academy", on_erasure="delete", index="number", unique=True, nullable=True,
    )
    first_name: Sealed = sealed(
        "first_name", purpose="address the person", personal="identifying", retention="academy",
        on_erasure="anonymise",
    )
    last_name: Sealed = sealed(
        "last_name", purpose="tell people apart", personal="identifying", retention="academy",
        on_erasure="anonymise",
    )
    password_hash: Mapped[str | None] = column(Text, purpose="argon2id hash to check the password", nullable=True)
    email_confirmed_at: Mapped[datetime | None] = optional_moment(purpose="when the address was proven")
    bounced_at: Mapped[datetime | None] = optional_moment(purpose="when mail to the address last came back")
    bounce_code: Mapped[str | None] = column(Text, purpose="why it came back, as mail servers number it", nullable=True)
    language: Mapped[str | None] = column(Text, purpose="chosen language of pages and mail", nullable=True)
    scheme: Mapped[str] = column(Text, purpose="light, dark or auto", default="auto")
    state: Mapped[str] = column(Text, purpose="active, or blocked (removed)", default="active")
    sees: Mapped[str] = column(
        Text, purpose="whose people they see by their roles: everybody, or chosen groups", default="everybody",
        server_default=text("'everybody'"),
    )
    shows_presence: Mapped[bool] = column(
        Boolean, purpose="others in the chat see whether they are here", default=True, server_default=text("true")
    )
    shows_typing: Mapped[bool] = column(
        Boolean, purpose="others in the chat see that they are writing", default=True, server_default=text("true")
    )
    shows_read: Mapped[bool] = column(
        Boolean, purpose="others in the chat see how far they have read", default=True, server_default=text("true")
    )
    made_at: Mapped[datetime] = made_at()
    visited_at: Mapped[datetime | None] = optional_moment(
        purpose="last visit, for retention and trainers", personal="identifying", retention="academy",
        on_erasure="delete", why_plain="retention compares it in SQL",
    )
    role_rows: Mapped[list[MemberRole]] = relationship(
        back_populates="member", lazy="joined", cascade="all, delete-orphan"
    )

    is_authenticated = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return the id as text, for Flask-Login."""
        return str(self.id)

    @property
    def is_confirmed(self) -> bool:
        """Return whether the e-mail address was proven."""
        return self.email_confirmed_at is not None

    def has(self, *roles: str) -> bool:
        """Return whether the member has one of these roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def can_be_mailed(self) -> bool:
        """Return whether there is an address, and mail to it does not come back."""
        return self.email is not None and self.bounced_at is None

    @property
    def called(self) -> str:
        """Return by what the member signs in: the address, else the personnel number."""
        return self.email or self.number or ""

    @property
    def roles(self) -> frozenset[str]:
        """Return this member's roles."""
        return frozenset(row.role for row in self.role_rows)

    @property
    def is_limited(self) -> bool:
        """Return whether they see only people of chosen groups; an owner sees everybody."""
        return self.sees == "groups" and "owner" not in self.roles

    @property
    def is_active(self) -> bool:
        """Return whether the member may sign in."""
        return self.state == "active"

    @property
    def name(self) -> str:
        """Return first and last name."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)


class MemberRole(AcademyBase):
    """One role of one member."""

    __tablename__ = "member_roles"
    __table_args__ = (CheckConstraint(f"role in {ROLES}", name="role"),)

    member_id: Mapped[UUID] = ref("members.id", purpose="whose role", primary_key=True)
    role: Mapped[str] = column(Text, purpose="what the member may do", primary_key=True)
    given_at: Mapped[datetime] = moment(purpose="since when", default=clock.now)
    member: Mapped[Member] = relationship(back_populates="role_rows")


class MemberSession(AcademyBase):
    """One signed-in device of a member."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = key()
    member_id: Mapped[UUID] = ref("members.id", purpose="whose device", index=True)
    token_hash: Mapped[bytes] = column(LargeBinary, purpose="SHA-256 of the cookie's token", unique=True)
    device: Sealed = sealed(
        "device", purpose="tell the person which device", personal="identifying", retention="session",
        on_erasure="delete", nullable=True,
    )
    made_at: Mapped[datetime] = made_at()
    seen_at: Mapped[datetime] = moment(purpose="last request, to the minute", default=clock.now)
    expires_at: Mapped[datetime] = moment(purpose="end of the session")


class MemberToken(AcademyBase):
    """A one-time link: sent by mail to set a new password or confirm an address, or given for a start code."""

    __tablename__ = "tokens"
    __table_args__ = (CheckConstraint("kind in ('confirm','reset','change','start')", name="kind"),)

    id: Mapped[UUID] = key()
    member_id: Mapped[UUID] = ref("members.id", purpose="whose link", index=True)
    kind: Mapped[str] = column(Text, purpose="what the link does")
    token_hash: Mapped[bytes] = column(LargeBinary, purpose="SHA-256 of the link's token", unique=True)
    new_email: Sealed = sealed(
        "new_email", purpose="the address that the link confirms", personal="identifying", retention="token",
        on_erasure="delete", nullable=True,
    )
    made_at: Mapped[datetime] = made_at()
    expires_at: Mapped[datetime] = moment(purpose="end of the link")
    used_at: Mapped[datetime | None] = optional_moment(purpose="when it was used, once")


class Invitation(AcademyBase):
    """An invitation by mail to join this academy, with roles and perhaps a course."""

    __tablename__ = "invitations"
    __table_args__ = (CheckConstraint("sees in ('everybody','groups')", name="sees"),)

    id: Mapped[UUID] = key()
    email: Sealed = sealed(
        "email", purpose="where the invitation goes", personal="identifying", retention="invitation",
        on_erasure="delete", index="email",
    )
    first_name: Sealed = sealed(
        "first_name", purpose="address the person", personal="identifying", retention="invitation",
        on_erasure="delete", nullable=True,
    )
    last_name: Sealed = sealed(
        "last_name", purpose="fill the form in", personal="identifying", retention="invitation", on_erasure="delete",
        nullable=True,
    )
    number: Sealed = sealed(
        "number", purpose="personnel number that the person gets on joining", personal="identifying",
        retention="invitation", on_erasure="delete", index="number", nullable=True,
    )
    note: Sealed = sealed(
        "note", purpose="words of who invites", personal="content", retention="invitation", on_erasure="delete",
        nullable=True,
    )
    roles: Mapped[list[str]] = column(ARRAY(Text), purpose="roles on joining")
    course_id: Mapped[UUID | None] = column(Uuid, purpose="course to be enrolled in", nullable=True)
    organisation_id: Mapped[UUID | None] = ref(
        "organisations.id", purpose="organisation that they come from", ondelete="SET NULL", nullable=True
    )
    group_id: Mapped[UUID | None] = ref("groups.id", purpose="group to be in", ondelete="SET NULL", nullable=True)
    sees: Mapped[str] = column(
        Text, purpose="whom staff see on joining: everybody, or that group", default="everybody", server_default=text("'everybody'")
    )
    token_hash: Mapped[bytes] = column(LargeBinary, purpose="SHA-256 of the link's token", unique=True)
    invited_by: Mapped[UUID | None] = ref(
        "members.id", purpose="who invited", ondelete="SET NULL", nullable=True
    )
    made_at: Mapped[datetime] = made_at()
    expires_at: Mapped[datetime] = moment(purpose="end of the invitation")
    accepted_at: Mapped[datetime | None] = optional_moment(purpose="when the person joined")
    withdrawn_at: Mapped[datetime | None] = optional_moment(purpose="when it was withdrawn")
    letter_id: Mapped[UUID | None] = column(Uuid, purpose="latest mail that carries it", nullable=True, index=True)
    bounced_at: Mapped[datetime | None] = optional_moment(purpose="when that mail came back")
    bounce_code: Mapped[str | None] = column(Text, purpose="why it came back, as mail servers number it", nullable=True)

    @property
    def is_open(self) -> bool:
        """Return whether it waits for its person: not accepted, not withdrawn, not expired."""
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > clock.now()

    @property
    def state(self) -> str:
        """Return how it stands: "accepted", "withdrawn", "bounced", "expired" or "waiting"."""
        if self.accepted_at is not None:
            return "accepted"
        if self.withdrawn_at is not None:
            return "withdrawn"
        if self.bounced_at is not None:
            return "bounced"
        return "waiting" if self.is_open else "expired"


class StartCode(AcademyBase):
    """What somebody without e-mail signs in with for the first time: given on paper, used once, known only by its hash."""

    __tablename__ = "start_codes"

    member_id: Mapped[UUID] = ref("members.id", purpose="whose code", primary_key=True)
    code_hash: Mapped[bytes] = column(LargeBinary, purpose="HMAC of person and code under the academy's own key")
    given_by: Mapped[UUID | None] = ref(
        "members.id", purpose="who gave it", ondelete="SET NULL", nullable=True, index=True
    )
    made_at: Mapped[datetime] = made_at()
    expires_at: Mapped[datetime] = moment(purpose="end of the code")

    @property
    def is_good(self) -> bool:
        """Return whether it may still be used."""
        return self.expires_at > clock.now()


class OwnText(AcademyBase):
    """A text of the academy's own that goes into its mail; managers write it once. One row for each kind."""

    __tablename__ = "own_texts"

    id: Mapped[UUID] = key()
    kind: Mapped[str] = column(Text, purpose="which mail it goes into", unique=True)
    text: Sealed = sealed(
        "text", purpose="words of the academy", personal="content", retention="academy",
        on_erasure="keep: the academy's own words; who wrote them is not kept",
    )
    changed_at: Mapped[datetime] = moment(purpose="when it was last changed", default=clock.now)


class Ask(AcademyBase):
    """Somebody asked for a new password; known or not is found out later, by a job, so that the page cannot tell."""

    __tablename__ = "asks"

    id: Mapped[UUID] = key()
    email: Sealed = sealed(
        "email", purpose="where the answer goes", personal="identifying", retention="until the job has run",
        on_erasure="delete",
    )
    language: Mapped[str] = column(Text, purpose="language of the answer")
    made_at: Mapped[datetime] = made_at()


class Throttle(AcademyBase):
    """How often something was tried in the present window; keys are HMACs, never an address."""

    __tablename__ = "throttles"

    key: Mapped[bytes] = column(LargeBinary, purpose="HMAC of what is limited", primary_key=True)
    tries: Mapped[int] = column(purpose="tries in this window")
    until: Mapped[datetime] = moment(purpose="end of this window")
