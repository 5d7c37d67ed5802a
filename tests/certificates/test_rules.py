"""What stands on a certificate: words, days, hours, paragraphs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tenants.certificates import rules
from tenants.certificates.rules import Facts


@pytest.mark.parametrize(
    ("issued", "months", "last"),
    [
        (date(2026, 11, 23), None, None),
        (date(2026, 11, 23), 1, date(2026, 12, 23)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 1, 31), 240, date(2046, 1, 31)),
    ],
)
def test_it_is_valid_so_many_months(issued: date, months: int | None, last: date | None) -> None:
    assert rules.expires_on(issued, months) == last


@pytest.mark.parametrize(("text", "hours"), [("", None), (" 12 ", "12.0"), ("12,5", "12.5"), ("0.5", "0.5"), ("9999", "9999.0")])
def test_hours_are_read_with_point_or_comma(text: str, hours: str | None) -> None:
    assert rules.hours_of(text) == (Decimal(hours) if hours else None)


@pytest.mark.parametrize("text", ["0", "-1", "10000", "many", "NaN", "Infinity", "1e99", "1,2,3"])
def test_what_is_no_number_of_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        rules.hours_of(text)


def test_values_speak_the_language_of_the_certificate() -> None:
    dutch = rules.values_of(Facts(course="Brood", hours=Decimal("12.5")), "Sanne", date(2026, 11, 27), "N")
    english = rules.values_of(Facts(course="Bread", hours=Decimal("1.0"), language="en"), "Sanne", date(2026, 11, 27), "N")
    assert (dutch["date"], dutch["hours"]) == ("27 november 2026", "12,5 uur")
    assert (english["date"], english["hours"]) == ("27 November 2026", "1 hour")


def test_a_paragraph_without_its_value_is_left_out_and_a_strange_brace_stays() -> None:
    found = rules.paragraphs("For {name}\n\nLoad: {hours}\n\n{ {x} }", {"name": "A {course}", "hours": ""})
    assert found == [[("For ", False), ("A {course}", True)], [("{ ", False), ("{x}", False), (" }", False)]]
    assert rules.unknown_values("{name} {nmae} {} {date}") == ["nmae", ""]


def test_signers_are_names_and_roles() -> None:
    assert rules.signers_of("Noor Haddad, Trainer, nurse\n\n Olga ") == (("Noor Haddad", "Trainer, nurse"), ("Olga", ""))


def test_facts_come_back_as_they_were_stored() -> None:
    facts = Facts("T", "B", (("A", "b"),), "C", "S", "Academy", "#123456", "en", "portrait", Decimal("1.5"), "id")
    assert Facts.of(facts.plain()) == facts
