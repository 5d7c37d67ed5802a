"""Small parts of Moodle XML: bare texts and flags, and what Moodle keeps of a question that the bank has no place for."""

from __future__ import annotations

import re
from decimal import Decimal
from xml.etree.ElementTree import Element

from tenants.bank.formats.fit import NUMBER
from tenants.bank.formats.question import Notes
from tenants.bank.formats.words import clean

USUAL_PENALTY = re.compile(r"|0?\.(?:3{2,}|10*)|[01](?:\.0*)?")


def note_unkept(element: Element, kind: str, notes: Notes) -> None:
    """Note what Moodle knows of a question and the bank has no place for; Moodle's own defaults say nothing."""
    if plain_of(element.find("idnumber")):
        notes.lost("id_number")
    grade = plain_of(element.find("defaultgrade"))
    if NUMBER.fullmatch(grade) and Decimal(grade.replace(",", ".")) not in (1, 0):
        notes.lost("grade", name=grade.rstrip("0").rstrip(".") if "." in grade else grade)
    if not USUAL_PENALTY.fullmatch(plain_of(element.find("penalty"))):
        notes.lost("penalty")
    if is_set(element, "hidden"):
        notes.changed("hidden")
    if kind == "multichoice" and plain_of(element.find("shuffleanswers")).lower() in ("0", "false"):
        notes.changed("fixed_order")
    if plain_of(element.find("responsetemplate")):
        notes.lost("template")
    if plain_of(element.find("unitgradingtype")) not in ("", "0"):
        notes.lost("unit_points")
    if any(plain_of(element.find(name)) not in ("", "0") for name in ("minwordlimit", "maxwordlimit")):
        notes.lost("word_limit")


def plain_of(element: Element | None) -> str:
    """Return the bare text of <x><text>...</text></x> or <x>...</x>."""
    if element is None:
        return ""
    inner = element.find("text")
    return clean((inner.text if inner is not None else element.text) or "")


def is_set(element: Element, name: str) -> bool:
    """Return whether the part `name` says yes."""
    return plain_of(element.find(name)).lower() in ("1", "true")
