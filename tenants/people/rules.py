"""Who may give which role, invite and remove whom. `owner` comes and goes with the ownership on the platform."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from core.accounts.rules import clean_email, is_email

GIVEN_BY = {
    "owner": frozenset({"manager", "author", "trainer", "participant"}),
    "manager": frozenset({"author", "trainer", "participant"}),
}
HIGHER = frozenset({"owner", "manager"})
MOST_INVITED_AT_ONCE = 200
LONGEST_NOTE = 1_000
LONGEST_NUMBER = 40
NUMBER = re.compile(r"\w(?:[\w./+#-]*\w)?")
# No vowels (a code is no word) and nothing that looks like something else in print: 28 signs, 57 bits in twelve.
CODE_SIGNS = "23456789BCDFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12


def may_see_people(roles: Iterable[str]) -> bool:
    """Return whether somebody with these roles manages people."""
    return not HIGHER.isdisjoint(roles)


def givable(roles: Iterable[str]) -> frozenset[str]:
    """Return the roles that somebody with `roles` may give or take."""
    return frozenset().union(*(GIVEN_BY.get(role, frozenset()) for role in roles))


def may_give(roles: Iterable[str], wanted: Iterable[str]) -> bool:
    """Return whether somebody with `roles` may give every role in `wanted`, which must not be empty."""
    wanted = set(wanted)
    return bool(wanted) and wanted <= givable(roles)


def new_roles(present: Iterable[str], wanted: Iterable[str], giver: Iterable[str]) -> frozenset[str]:
    """Return the roles after a change: what the giver may not give or take stays as it is."""
    mine = givable(giver)
    return (frozenset(present) - mine) | (frozenset(wanted) & mine)


def may_change(giver: Iterable[str], present: Iterable[str]) -> bool:
    """Return whether somebody may change or remove a member with `present` roles: managers leave managers alone."""
    giver, present = set(giver), set(present)
    if "owner" in giver:
        return True
    return "manager" in giver and HIGHER.isdisjoint(present)


def may_remove(giver: Iterable[str], present: Iterable[str], is_self: bool) -> bool:
    """Return whether somebody may remove a member: never an owner, never oneself."""
    return not is_self and "owner" not in set(present) and may_change(giver, present)


def may_give_code(giver: Iterable[str], present: Iterable[str], is_self: bool, has_number: bool, can_be_mailed: bool) -> bool:
    """Return whether somebody may give a member a start code: only who has a number, and no mailbox that we reach.

    Who has one gets a new password by mail; nobody else should be able to sign in as them.
    """
    return has_number and not can_be_mailed and not is_self and may_change(giver, present)


def clean_number(text: str) -> str:
    """Return a personnel number as it is kept: without spaces. Case is kept and does not count."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def is_number(text: str) -> bool:
    """Return whether `text` (cleaned) may be a personnel number: letters, digits and . / + # - between them, no @."""
    return len(text) <= LONGEST_NUMBER and bool(NUMBER.fullmatch(text))


def is_citizen_number(text: str) -> bool:
    """Return whether `text` reads as a Dutch citizen service number (BSN): nine digits, or eight, that pass the eleven test.

    Only the law lets anybody keep these, and no law says so of a course. One number in eleven passes by chance.
    """
    digits = re.sub(r"[\s.\-]", "", text)
    if not re.fullmatch(r"[0-9]{8,9}", digits):
        return False
    number = digits.zfill(9)
    total = sum(int(sign) * weight for sign, weight in zip(number, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True))
    return int(number) > 0 and total % 11 == 0


def holds_citizen_number(text: str) -> bool:
    """Return whether a citizen service number stands somewhere in `text`."""
    return any(is_citizen_number(found) for found in re.findall(r"(?<![0-9])[0-9](?:[\s.\-]?[0-9]){7,8}(?![0-9])", text))


def clean_said(said: str) -> str:
    """Return what somebody signs in with as it is looked up: an address if it has an @, else a personnel number."""
    return clean_email(said) if "@" in said else clean_number(said).casefold()


def clean_note(text: str) -> str | None:
    """Return the words of who invites without control characters and with single empty lines, or None for none."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(sign if sign == "\n" or unicodedata.category(sign)[0] not in "CZ" else " " for sign in composed)
    lines = "\n".join(" ".join(line.split()) for line in kept.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()[:LONGEST_NOTE] or None


def clean_code(text: str) -> str:
    """Return a start code as it is compared: capitals without the marks between them."""
    return re.sub(r"[\s\-‐‑–—]+", "", text).upper()


def shown_code(code: str) -> str:
    """Return a start code as it is printed: in groups of four."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def addresses(text: str) -> tuple[list[str], list[str]]:
    """Return the addresses in `text` (one per line, or with commas), each once, and what is no address.

    `Sanne de Wit <sanne@example.org>` counts as its address: that is how mail programs copy people.
    """
    found: dict[str, None] = {}
    wrong: list[str] = []
    for piece in re.split(r"[,;\n\r\t]+", text):
        for part in _addresses_in(piece.strip()):
            email = clean_email(part)
            if is_email(email):
                found[email] = None
            elif part:
                wrong.append(part)
    return list(found), wrong


def _addresses_in(piece: str) -> list[str]:
    """Return the one address of `Name <address>`, or each word of the rest."""
    named = re.search(r"<([^<>]*)>", piece)
    return [named.group(1).strip()] if named else piece.split()
