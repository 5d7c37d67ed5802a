"""The two registers: article 30(1) of the platform as controller, article 30(2) as processor for the academies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from core.db import AcademyBase, CoreBase, LocalBase
from core.processing.activities import ACTIVITIES, RETENTION, Activity, Role


@dataclass(frozen=True)
class Entry:
    """One activity with the tables that make it up."""

    activity: Activity
    tables: tuple[sa.Table, ...]

    @cached_property
    def personal(self) -> list[sa.Column[Any]]:
        """Return the columns that say something of a person."""
        return [column for table in self.tables for column in table.columns if is_personal(column)]

    @property
    def retention(self) -> list[str]:
        """Return how long what is said of people is kept, each term once."""
        return list(dict.fromkeys(retention_words(str(column.info["retention"])) for column in self.personal))

    @property
    def encrypted(self) -> int:
        """Return how many of the personal columns are encrypted with the key of their holder."""
        return sum(bool(column.info.get("sealed")) for column in self.personal)

    @property
    def fields(self) -> list[str]:
        """Return the personal columns as `table.column`."""
        return [f"{column.table.name}.{column.name}" for column in self.personal]


def entries(role: Role) -> list[Entry]:
    """Return the register of this role: each activity that has a table in this installation."""
    found: dict[str, list[sa.Table]] = {}
    for feature, table in tables():
        activity = activity_of(feature, table.name)
        if activity is not None:
            found.setdefault(activity.name, []).append(table)
    return [Entry(one, tuple(found[one.name])) for one in ACTIVITIES if one.role == role and one.name in found]


def tables() -> Iterator[tuple[str, sa.Table]]:
    """Yield every table with the feature ("core.newsletter") that declares it."""
    bases: tuple[type[DeclarativeBase], ...] = (CoreBase, LocalBase, AcademyBase)
    for base in bases:
        for mapper in sorted(base.registry.mappers, key=lambda one: one.class_.__name__):
            if isinstance(mapper.local_table, sa.Table):
                yield ".".join(mapper.class_.__module__.split(".")[:2]), mapper.local_table


def activity_of(feature: str, table: str) -> Activity | None:
    """Return the activity that a table belongs to: by its own name, else by its feature's; None if nobody said."""
    for wanted in (f"{feature}:{table}", feature):
        for activity in ACTIVITIES:
            if wanted in activity.features:
                return activity
    return None


def is_personal(column: sa.Column[Any]) -> bool:
    """Return whether a column says something of a person."""
    return str(column.info.get("personal", "none")) != "none"


def retention_words(term: str) -> str:
    """Return a term of the declarations as people read it."""
    return str(RETENTION.get(term, term))
