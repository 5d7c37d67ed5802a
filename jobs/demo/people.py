"""A file with people in the demo world, uploaded by the owner and not confirmed yet: one row has no whole address."""

from __future__ import annotations

from core.apart import apart
from jobs.demo.cast import DemoAcademy
from tenants.imports.actions import keep
from tenants.imports.reading import table_of
from tenants.people.models import Member

FILES = {
    "nl": ("nieuwe-collegas.csv", "Voornaam;Achternaam;E-mail\r\nMilan;van den Berg;milan@example.org\r\nNova;Kramer;nova@example\r\n"),
    "en": ("new-colleagues.csv", "First name;Last name;E-mail\r\nMilan;Berg;milan@example.org\r\nNova;Kramer;nova@example\r\n"),
}


def write(demo: DemoAcademy, owner: Member) -> None:
    """Keep the file; nobody in it is invited."""
    name, text = FILES[demo.language]
    keep(apart(table_of, text.encode()), name, owner)
