"""A file with people in the demo world, uploaded by the owner and not confirmed yet: one row has no whole address, one
names an organisation that nobody knows."""

from __future__ import annotations

from core.apart import apart
from jobs.demo.cast import DemoAcademy
from tenants.imports.actions import keep
from tenants.imports.reading import table_of
from tenants.people.models import Member

FILES = {
    "nl": ("nieuwe-collegas.csv", "Voornaam;Achternaam;E-mail;Organisatie\r\nMilan;van den Berg;milan@example.org;K-1043\r\n"
           "Nova;Kramer;nova@example;K-1043\r\nSem;Visser;sem@example.org;Wijkzorg Plus\r\n"),
    "en": ("new-colleagues.csv", "First name;Last name;E-mail;Organisation\r\nMilan;Berg;milan@example.org;HH-2026\r\n"
           "Nova;Kramer;nova@example;HH-2026\r\nSem;Fisher;sem@example.org;Corner Bakery\r\n"),
}


def write(demo: DemoAcademy, owner: Member) -> None:
    """Keep the file; nobody in it is invited."""
    name, text = FILES[demo.language]
    keep(apart(table_of, text.encode()), name, owner)
