"""What a report is asked to show: the filters in its address, as plain values. Without a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tenants.reports.rules import WHYS

KINDS = ("help", "people", "matrix", "stops", "questions", "hours")
OF_COURSE = ("people", "matrix", "stops", "questions")
FORMATS = ("csv", "xlsx")
SHOWN = ("all", "quiet", "waiting", "busy", "done", "ended")
PERIOD_OF = ("enrolled", "active", "done")
SORTS = ("help", "name", "done", "active", "hours")
MOST_SEARCHED = 100


@dataclass(frozen=True)
class Asked:
    """The filters: one course or all, who of its people, whose enrolment (last learning, end) lies in a period of days in
    the academy's zone, whose name has the search; `why`: one reason to need help, or all."""

    course_id: UUID | None = None
    show: str = "all"
    by: str = "enrolled"
    since: date | None = None
    until: date | None = None
    search: str = ""
    sort: str = "help"
    why: str = ""
    group_id: UUID | None = None
    organisation_id: UUID | None = None

    def values(self) -> dict[str, str]:
        """Return what differs from the beginning, as an address or a form carries it."""
        found = {
            "course": str(self.course_id or ""), "show": self.show if self.show != "all" else "",
            "by": self.by if self.by != "enrolled" and (self.since or self.until) else "",
            "from": self.since.isoformat() if self.since else "", "to": self.until.isoformat() if self.until else "",
            "name": self.search, "sort": self.sort if self.sort != "help" else "", "why": self.why,
            "group": str(self.group_id or ""), "organisation": str(self.organisation_id or ""),
        }  # fmt: skip
        return {name: value for name, value in found.items() if value}

    @property
    def is_narrow(self) -> bool:
        """Return whether it leaves people out (an order leaves nobody out)."""
        return bool({"show", "from", "to", "name", "why", "group", "organisation"} & self.values().keys())


def asked_of(values: Mapping[str, str]) -> Asked:
    """Return the filters of an address or a form; what cannot be read asks nothing."""
    return Asked(
        _uuid(values.get("course", "")), _one_of(SHOWN, values.get("show", "")), _one_of(PERIOD_OF, values.get("by", "")),
        _day(values.get("from", "")), _day(values.get("to", "")),
        values.get("name", "").replace("\x00", "").strip()[:MOST_SEARCHED],
        _one_of(SORTS, values.get("sort", "")), values.get("why", "") if values.get("why", "") in WHYS else "",
        _uuid(values.get("group", "")), _uuid(values.get("organisation", "")),
    )  # fmt: skip


def _one_of(known: tuple[str, ...], value: str) -> str:
    return value if value in known else known[0]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2100 else None
