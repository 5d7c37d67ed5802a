"""When somebody without a visit is warned and destroyed, and when an invoice may go. No database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.privacy.rules import BEFORE, end_of, invoice_ends, months_after, next_step

LAST = datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_months_end_on_the_last_day_of_a_shorter_one() -> None:
    assert months_after(LAST, 1) == datetime(2026, 2, 28, 12, tzinfo=UTC)
    assert months_after(datetime(2024, 2, 29, tzinfo=UTC), 12) == datetime(2025, 2, 28, tzinfo=UTC)
    assert months_after(LAST, -2) == datetime(2025, 11, 30, 12, tzinfo=UTC) and months_after(LAST, 11) == datetime(2026, 12, 31, 12, tzinfo=UTC)


def test_in_a_platform_that_runs_every_day_the_steps_come_when_they_are_promised() -> None:
    warned: dict[str, datetime] = {}
    done: list[tuple[str, int]] = []
    for day in range(400):
        now = LAST + timedelta(days=day)
        step = next_step(LAST, warned, now)
        if step == "destroy":
            done.append((step, day))
            break
        if step is not None:
            warned[step] = now
            done.append((step, day))
    assert done == [("month", 334), ("fortnight", 351), ("days", 363), ("destroy", 365)]


@given(st.lists(st.integers(0, 900), min_size=1, max_size=40, unique=True).map(sorted))
def test_whenever_it_runs_nobody_is_destroyed_unwarned_or_early(days: list[int]) -> None:
    warned: dict[str, datetime] = {}
    for day in days:
        now = LAST + timedelta(days=day)
        step = next_step(LAST, warned, now)
        if step == "destroy":
            assert set(warned) == set(BEFORE) and now >= months_after(LAST, 12)
            assert all(now - warned[name] >= ahead for name, ahead in BEFORE.items())
            return
        if step is not None:
            assert step not in warned and now >= months_after(LAST, 11)
            warned[step] = now


def test_a_warning_that_was_late_moves_the_end() -> None:
    late = months_after(LAST, 14)
    assert end_of(LAST, {"month": late}) == late + timedelta(days=30)
    assert next_step(LAST, {"month": late}, late + timedelta(days=15)) is None
    assert next_step(LAST, {"month": late}, late + timedelta(days=16)) == "fortnight"


@pytest.mark.parametrize(("issued", "is_oss", "ends"), [
    (date(2026, 1, 1), False, date(2034, 1, 1)), (date(2026, 12, 31), False, date(2034, 1, 1)), (date(2027, 1, 1), False, date(2035, 1, 1)),
    (date(2026, 6, 1), True, date(2037, 1, 1)),
])  # fmt: skip
def test_T60_an_invoice_ends_seven_or_ten_years_after_its_year(issued: date, is_oss: bool, ends: date) -> None:
    assert invoice_ends(issued, is_oss) == ends
