"""How long what is kept, as one table; and when somebody without a visit is warned and destroyed. No database."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

WHYS: Final = ("self", "silence", "operator")
STEPS: Final = ("month", "fortnight", "days")
WAYS: Final = ("mail", "phone")
REQUEST_STATES: Final = ("draft", "open", "answered", "refused", "void")
# What an operator says with a button and a note.
REQUEST_ACTS: Final = ("verified", "extended", "answered", "refused", "void")
REASONS: Final = ("members", "owner", "plan", "operator")
Step = Literal["month", "fortnight", "days", "destroy"]

UNDO: Final = timedelta(days=7)
PROOF_LASTS: Final = timedelta(minutes=15)
MONTHS_UNTIL_END: Final = 12
MONTHS_UNTIL_WARNING: Final = 11
BEFORE: Final = {"month": timedelta(days=30), "fortnight": timedelta(days=14), "days": timedelta(days=2)}
INVOICE_YEARS, OSS_YEARS = 7, 10


@dataclass(frozen=True)
class Rule:
    """One line of the table: `what` is kept for `months` or `days` (whichever is said) from `since`; `law` obliges to it. A rule
    without a runner is kept by the feature itself or waits for one."""

    name: str
    months: int = 0
    days: int = 0
    law: str = ""


# jobs/privacy.py runs each of them daily; templates/privacy/desk.html shows them with what they did.
RULES: Final = (
    Rule("accounts", months=MONTHS_UNTIL_END),
    Rule("leads", months=12),
    Rule("subscribers", days=30),
    Rule("subscribers_quiet", months=12),
    Rule("subscriber_events", months=36),
    Rule("inbound_mails", days=90),
    Rule("letters", days=35),
    Rule("sessions", days=30),
    Rule("tokens", days=7),
    Rule("acceptances", months=60, law="BW 3:307"),
    Rule("privacy_requests", months=24, law="AVG 5.2"),
    Rule("account_erasures", months=60, law="AVG 5.2"),
    Rule("audit", months=84, law="AVG 5.2"),
    Rule("invoices", months=12 * INVOICE_YEARS, law="AWR 52"),
    Rule("invoices_oss", months=12 * OSS_YEARS, law="EU 282/2011 63c"),
)


def months_of(name: str) -> int:
    """Return how many months a rule keeps."""
    return next(rule.months for rule in RULES if rule.name == name)


def days_of(name: str) -> timedelta:
    """Return for how long a rule keeps that counts in days."""
    return timedelta(days=next(rule.days for rule in RULES if rule.name == name))


def months_after(moment: datetime, months: int) -> datetime:
    """Return the same day and time so many months later (or earlier), or the last day of a shorter month."""
    count = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(count, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, calendar.monthrange(year, month + 1)[1]))


def end_of(visited_at: datetime, warned: Mapping[str, datetime]) -> datetime:
    """Return when an account without a visit is destroyed: twelve months after the last, and never sooner than a month after the
    first warning and two days after the last, whenever those were sent."""
    end = months_after(visited_at, MONTHS_UNTIL_END)
    for step, ahead in BEFORE.items():
        if step in warned:
            end = max(end, warned[step] + ahead)
    return end


def next_step(visited_at: datetime, warned: Mapping[str, datetime], now: datetime) -> Step | None:
    """Return what is to be done now with an account that was last visited then; None: nothing yet. A step that was missed is not
    skipped, so that nobody is destroyed unwarned after the platform stood still."""
    if now < months_after(visited_at, MONTHS_UNTIL_WARNING):
        return None
    if "month" not in warned:
        return "month"
    for step in ("fortnight", "days"):
        if step not in warned:
            return step if now >= end_of(visited_at, warned) - BEFORE[step] else None
    return "destroy" if now >= end_of(visited_at, warned) else None


def invoice_ends(issued_on: date, is_oss: bool) -> date:
    """Return the first day on which an invoice may be destroyed: seven years after the end of its year, ten for sales to
    consumers elsewhere in the Union under the one-stop shop."""
    return date(issued_on.year + 1 + (OSS_YEARS if is_oss else INVOICE_YEARS), 1, 1)
