"""Invitations and people without e-mail in the demo world: words of the academy's own, a mistyped address that came back, and
two people who sign in with a personnel number, one of whom still has their start code."""

from __future__ import annotations

from dataclasses import dataclass

from core import clock
from jobs.demo.cast import DemoAcademy
from tenants.courses.models import Course
from tenants.mail.bounces import record_bounce
from tenants.people import bouncing, codes, inviting, numbers, queries, texts
from tenants.people.inviting import Guest, Host
from tenants.people.models import Member

LISTENS_TO_MAIL = bouncing


@dataclass(frozen=True)
class Welcome:
    """What one academy says; `guests` are (address, first name, last name), the second one mistyped; `people` are
    (number, first name, last name), the first of whom has begun."""

    text: str
    note: str
    guests: tuple[tuple[str, str, str], tuple[str, str, str]]
    people: tuple[tuple[str, str, str], tuple[str, str, str]]


WORDS = {
    "nl": Welcome(
        "Welkom bij ons team.\nWe leren elke week een beetje, ook jij.",
        "Hoi Karin,\n\nleuk dat je in november begint. Kijk alvast rond; de eerste les duurt tien minuten.",
        (("karin.mulder@example.org", "Karin", "Mulder"), ("pieter.bos@exmaple.org", "Pieter", "Bos")),
        (("20117", "Gerda", "Wolters"), ("20342", "Mohammed", "el Idrissi")),
    ),
    "en": Welcome(
        "Welcome to the bakery school.\nBring your questions, and an apron.",
        "Hello Harriet,\n\nyour place is kept for Saturday. The first lesson takes ten minutes.",
        (("harriet.lowe@example.org", "Harriet", "Lowe"), ("samuel.price@exmaple.org", "Samuel", "Price")),
        (("B-118", "Edith", "Shaw"), ("B-124", "Kofi", "Mensah")),
    ),
}  # fmt: skip


def write(demo: DemoAcademy, owner: Member, course: Course, password_hash: str) -> None:
    """Write what the academy says; mail that was written stays in /_dev/mail."""
    words = WORDS[demo.language]
    texts.keep_invitation_text(words.text, owner)
    host = Host(demo.name, demo.slug, demo.language)
    for place, guest in enumerate(words.guests):
        inviting.invite_person(owner, host, Guest(*guest), "participant", course.id, (words.note, words.text)[place])
    [mistyped] = queries.waiting_for(words.guests[1][0])
    if mistyped.letter_id is not None:
        record_bounce(mistyped.letter_id, "5.1.1")
    begun, waits = (numbers.add_person(owner, first, last, number, ["participant"], course.id) for number, first, last in words.people)
    begun.password_hash, begun.visited_at = password_hash, clock.now()
    codes.give_codes([waits], owner, 30)
