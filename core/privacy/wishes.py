"""Whether a mail asks for one of the rights that people have over their data, and which: by common wordings, Dutch and English.
What is about the newsletter only, is long, or is about somebody else is left to others. No database."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

KINDS: Final = ("know", "change", "delete", "restrict", "object")
MOST_WORDS: Final = 300

MINE = r"(?:mijn|m'n|my|all my|all of my|al mijn|onze|our)"
DATA = r"(?:persoons)?(?:gegevens|data|account|profiel|profile|informatie|information|details|personalia)"
ABOUT_ME = r"(?:over|van|about|on|of) (?:mij|me|mijn persoon|myself)"
NEWS = re.compile(r"\b(?:nieuwsbrie\w*|news ?letters?|mailing ?(?:list|lijst)?|verzendlijst|adressenbestand)\b|\b(?:uit|van|off|from) (?:\w+ ){0,3}?(?:lijst|list|bestand)\b")
# More than the list is meant, though it is named too.
MORE = re.compile(r"\b(?:account|all data|alle gegevens|al mijn gegevens|all my (?:personal )?data|everything|alles)\b")
# The other way round, a question how, or something that does not work: a person reads that.
ROUND = re.compile(r"\b(?:don't|dont|do not|never|nooit) (?:delete|remove|erase|change|verwijder)|\baccount niet\b|\bniet (?:verwijder|wis)\w*|\bhow (?:do|can|to|does)\b|\bhoe (?:kan|moet|verwijder|wijzig|verander|pas)\w*"
                   r"|\berror\b|\bfoutmelding\b|\b(?:cannot|can't|could not|couldn't)\b|\blukt (?:\w+ ){0,3}?niet\b|\bkan (?:\w+ ){0,4}?niet (?:wijzigen|veranderen|aanpassen)|by accident|per ongeluk|complaint|klacht")  # fmt: skip
OTHERS = re.compile(r"\b(?:a|een) (?:participant|member|deelnemer|lid|cursist|medewerker|employee|student)\b|\b(?:his|her|their|haar|hun) (?:data|gegevens|account)\b|how (?:do we|can we)")

_PATTERNS: Final = (
    ("delete", rf"(?:verwijder\w*|wis(?:sen|t)?|vernietig\w*|delete\w*|erase\w*|remove\w*|destroy\w*|be[eë]indig\w*) (?:\w+ ){{0,4}}?(?:{MINE} (?:\w+ )?{DATA}|(?:alle|all|everything|alles|{DATA}) (?:\w+ ){{0,5}}?{ABOUT_ME})"),
    ("delete", r"(?:close|cancel|terminate) (?:\w+ ){0,2}?my account|gooi mijn account (?:\w+ )?weg|zeg (?:\w+ )?mijn account (?:\w+ )?op|mijn account (?:opzeggen|op te zeggen|sluiten)"),
    ("delete", rf"{MINE} (?:\w+ ){{0,2}}?{DATA} (?:\w+ ){{0,5}}?(?:verwijder\w*|wissen|gewist|vernietig\w*|delet\w*|erase\w*|remov\w*)"),
    ("delete", r"recht (?:om vergeten te worden|op (?:vergetelheid|gegevenswissing|wissing))|vergeten (?:te )?worden|right to (?:be forgotten|erasure)|(?:article|artikel|art\.?) 17 (?:of the )?(?:gdpr|avg)"),
    ("restrict", r"beperking van (?:de )?verwerking|recht op beperking|verwerking (?:\w+ ){0,3}?beperk\w*|restrict\w* (?:\w+ ){0,3}?processing|(?:article|artikel|art\.?) 18 (?:of the )?(?:gdpr|avg)"),
    ("object", r"bezwaar (?:\w+ ){0,3}?(?:verwerking|gebruik van mijn)|mijn gegevens niet (?:meer|langer) (?:\w+ )?gebruiken|(?:stop|not|no longer) (?:\w+ ){0,2}?(?:using|use|processing) my (?:personal )?data|object(?:ion)? to (?:\w+ ){0,3}?(?:processing|use of my)|(?:article|artikel|art\.?) 21 (?:of the )?(?:gdpr|avg)"),
    ("change", rf"(?:wijzig\w*|verander\w*|verbeter\w*|corrigeer\w*|aanpass\w*|pas|rectif\w*|correct\w*|change\w*|update\w*|amend\w*) (?:\w+ ){{0,4}}?{MINE} (?:\w+ )?(?:{DATA}|naam|achternaam|voornaam|name|surname|[\w-]*adres|[\w-]*address|telefoonnummer|phone)"),
    ("change", rf"{MINE} (?:\w+ )?(?:{DATA}|naam|achternaam|name|surname|[\w-]*adres|[\w-]*address) (?:\w+ ){{0,5}}?(?:wijzigen|veranderen|verbeteren|corrigeren|aanpassen|aan te passen|te wijzigen|klopt niet|is (?:fout|verkeerd|wrong|incorrect)|staat verkeerd|corrected|changed|updated)"),
    ("change", r"recht op rectificatie|right to rectification|(?:article|artikel|art\.?) 16 (?:of the )?(?:gdpr|avg)"),
    ("know", rf"(?:welke|wat voor|what|which) (?:\w+ ){{0,2}}?{DATA} (?:\w+ ){{0,6}}?{ABOUT_ME}|(?:wat|what) (?:\w+ ){{0,4}}?(?:bewaren|bewaart|bewaar|opgeslagen|weet|weten|store[ds]?|keep|hold|know)\b(?:\W+\w+){{0,5}}? {ABOUT_ME}"),
    ("know", rf"(?:kopie|afschrift|copy|export|overzicht|overview|lijst|list) (?:\w+ )?(?:van|of) (?:{MINE}|alle|all|de|the) (?:\w+ )?{DATA}|inzage (?:\w+ ){{0,4}}?(?:{DATA}|dossier)|inzageverzoek|inzagerecht|recht (?:op|van) inzage"),
    ("know", r"(?:subject|data) access request|\bdsar\b|right (?:of|to) access|(?:article|artikel|art\.?) 15 (?:of the )?(?:gdpr|avg)|(?:see|zien|inzien) (?:\w+ ){0,3}?(?:my|mijn) (?:personal |persoonlijke )?(?:data|gegevens)"),
)  # fmt: skip
PATTERNS: Final = tuple((kind, re.compile(rf"(?<!\w)(?:{said})(?!\w)")) for kind, said in _PATTERNS)


def wish_of(subject: str, words: str) -> str | None:
    """Return which right the sender asks for (a word of KINDS), the furthest-reaching first; None when that is not clear."""
    text = _even(f"{subject}. {words}")
    if len(text.split()) > MOST_WORDS or OTHERS.search(text) or ROUND.search(text) or (NEWS.search(text) and not MORE.search(text)):
        return None
    return next((kind for kind, said in PATTERNS if said.search(text)), None)


def _even(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'").casefold()
    return re.sub(r"[\s,;:()\"]+", " ", plain)
