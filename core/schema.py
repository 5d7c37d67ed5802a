"""Column makers: every column says what it is (purpose, personal, retention, on_erasure).

Export, erasure and the register of processing are generated from these declarations, and a guard
test fails on a column without them (T41, T56).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import DateTime, ForeignKey, Uuid
from sqlalchemy.orm import mapped_column

from core import clock, ids

Personal = Literal["none", "identifying", "content"]

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
NOT_PERSONAL = "keep: says nothing of a person"


def facts(
    purpose: str,
    personal: Personal = "none",
    retention: str = "row",
    on_erasure: str | None = None,
    why_plain: str | None = None,
) -> dict[str, Any]:
    """Return the `info` of a column. `retention="row"`: as long as its row; `why_plain` justifies plain text."""
    if on_erasure is None:
        if personal != "none":
            raise TypeError(f"say what erasure does with {purpose!r}: delete, anonymise or 'keep: why'")
        on_erasure = NOT_PERSONAL
    return {
        "purpose": purpose,
        "personal": personal,
        "retention": retention,
        "on_erasure": on_erasure,
        "why_plain": why_plain,
    }


def column(
    *args: Any,
    purpose: str,
    personal: Personal = "none",
    retention: str = "row",
    on_erasure: str | None = None,
    why_plain: str | None = None,
    **kw: Any,
) -> Any:
    """Return a `mapped_column` that declares what it holds; `nullable` is False unless said."""
    kw.setdefault("nullable", False)
    return mapped_column(*args, info=facts(purpose, personal, retention, on_erasure, why_plain), **kw)


def key() -> Any:
    """Return a UUIDv7 primary key, made by our own code before the insert."""
    return column(Uuid, purpose="names the row", primary_key=True, default=ids.uuid7)


def ref(target: str, *, purpose: str, ondelete: str = "CASCADE", **kw: Any) -> Any:
    """Return a foreign key to `target` ("members.id")."""
    return column(Uuid, ForeignKey(target, ondelete=ondelete), purpose=purpose, **kw)


def moment(*, purpose: str, **kw: Any) -> Any:
    """Return an aware UTC time stamp column."""
    return column(DateTime(timezone=True), purpose=purpose, **kw)


def made_at() -> Any:
    """Return the column that says when the row was made."""
    return moment(purpose="when the row was made", default=clock.now)


def optional_moment(*, purpose: str, **kw: Any) -> Any:
    """Return a time stamp column that is empty until the thing has happened."""
    return moment(purpose=purpose, nullable=True, **kw)


Moment = datetime
