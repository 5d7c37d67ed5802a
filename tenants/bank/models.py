"""The question bank: questions apart from lessons, and imports that wait for a look before they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped

from core import clock
from core.db import AcademyBase
from core.schema import column, key, made_at, moment, optional_moment, ref
from core.sealed import Sealed, sealed
from tenants.bank.content import question_of
from tenants.courses.content import question_content
from tenants.courses.models import QUESTION_KINDS

STATES = ("reading", "read", "refused")
FATES = ("came over", "changed", "left out")


class BankItem(AcademyBase):
    """A question in the bank. `content` {id, kind, prompt, feedback_right, feedback_again, hint, choices: [{id, text,
    is_right, feedback}], rule} keeps what other kinds left, as `Question` does; lessons get copies."""

    __tablename__ = "bank_items"
    __table_args__ = (
        CheckConstraint(f"kind in {QUESTION_KINDS}", name="kind"),
        Index("ix_bank_items_changed_at_id", "changed_at", "id", postgresql_where=text("deleted_at is null")),
        Index("ix_bank_items_tags", "tags", postgresql_using="gin"),
    )

    id: Mapped[UUID] = key()
    title: Mapped[str] = column(Text, purpose="what lists call it")
    kind: Mapped[str] = column(Text, purpose="kind of question, for filters")
    content: Mapped[dict[str, Any]] = column(JSONB, purpose="the question")
    tags: Mapped[list[str]] = column(JSONB, purpose="what it is about, in small letters", default=list)
    words: Mapped[str] = column(Text, purpose="title and texts in small letters, to search in")
    language: Mapped[str] = column(Text, purpose="language of the question", default="nl")
    import_id: Mapped[UUID | None] = ref(
        "bank_imports.id", purpose="import that brought it", ondelete="SET NULL", nullable=True, index=True
    )
    made_by: Mapped[UUID | None] = ref("members.id", purpose="who put it here", ondelete="SET NULL", nullable=True)
    made_at: Mapped[datetime] = made_at()
    changed_at: Mapped[datetime] = moment(purpose="last change, so that two authors notice", default=clock.now)
    deleted_at: Mapped[datetime | None] = optional_moment(purpose="when an author removed it; undo restores it")

    @property
    def question(self) -> dict[str, Any]:
        """Return the question as lessons publish it (see `question_content`)."""
        return question_content(question_of(self.content))


class BankImport(AcademyBase):
    """A file that is read in the background and then waits to be looked at; forgotten after 30 days, kept or not."""

    __tablename__ = "bank_imports"
    __table_args__ = (CheckConstraint(f"state in {STATES}", name="state"),)

    id: Mapped[UUID] = key()
    file_name: Sealed = sealed(
        "file_name", purpose="name of the uploaded file", personal="content", retention="30 days", on_erasure="anonymise"
    )
    format: Mapped[str] = column(Text, purpose="format that it was read as, or to read it as; empty: to be found out")
    state: Mapped[str] = column(Text, purpose="whether it is being read, was read, or cannot be read", default="read")
    why: Mapped[dict[str, Any] | None] = column(
        JSONB(none_as_null=True), purpose="why it cannot be read: {code, facts}", nullable=True
    )
    total: Mapped[int] = column(purpose="lines of its report, when known", default=0)
    done: Mapped[int] = column(purpose="lines of its report kept so far", default=0)
    options: Mapped[dict[str, Any]] = column(JSONB, purpose="{tags, true_false} for all of its questions", default=dict)
    file_id: Mapped[UUID | None] = ref("files.id", purpose="the file until it was read", ondelete="SET NULL", nullable=True)
    language: Mapped[str] = column(Text, purpose="language of its questions")
    made_by: Mapped[UUID | None] = ref("members.id", purpose="who uploaded it", ondelete="SET NULL", nullable=True)
    made_at: Mapped[datetime] = made_at()
    confirmed_at: Mapped[datetime | None] = optional_moment(purpose="when its questions were put in the bank")


class BankImportRow(AcademyBase):
    """One question of an import, or one piece of the file that did not come over (without content). Its id becomes the
    id of the question in the bank, so that confirming twice cannot bring it twice."""

    __tablename__ = "bank_import_rows"
    __table_args__ = (
        CheckConstraint(f"fate in {FATES}", name="fate"),
        Index("ix_bank_import_rows_import_id_position", "import_id", "position"),
    )

    id: Mapped[UUID] = key()
    import_id: Mapped[UUID] = ref("bank_imports.id", purpose="import that it belongs to")
    position: Mapped[int] = column(purpose="order in the file")
    line: Mapped[int] = column(purpose="line or row of the file")
    fate: Mapped[str] = column(Text, purpose="came over, changed or left out")
    title: Mapped[str] = column(Text, purpose="name or first words", default="")
    kind: Mapped[str | None] = column(Text, purpose="kind of question", nullable=True)
    content: Mapped[dict[str, Any] | None] = column(JSONB(none_as_null=True), purpose="the question that was read", nullable=True)
    tags: Mapped[list[str]] = column(JSONB, purpose="tags that it brings", default=list)
    words: Mapped[str] = column(Text, purpose="texts in small letters, to search in", default="")
    notes: Mapped[list[Mapping[str, Any]]] = column(JSONB, purpose="report: {what, code, facts}", default=list)
