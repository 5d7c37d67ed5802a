"""The formal Dutch: which sentences need a form with "u", which lack it, and a first try at it.

The first try knows which verbs end differently before "u" and which words make "je" a possessive. It cannot know what
is meant: "Vraag je trainer" may ask somebody to ask, or say that they do. So nothing of it is used unread.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence

from babel.messages.catalog import Catalog, Message

# What a formal text may not hold.
FAMILIAR = re.compile(r"\b(je|jij|jou|jouw|jouwe|jezelf|jullie)\b", re.IGNORECASE)
FORMAL = {"jouw": "uw", "jouwe": "uwe", "jezelf": "uzelf"}
# Verbs as they stand before "je", and before "u".
TURNED = {
    "ben": "bent", "heb": "hebt", "kun": "kunt", "kan": "kunt", "wil": "wilt", "zul": "zult", "word": "wordt", "vind": "vindt",
    "doe": "doet", "ga": "gaat", "sta": "staat", "zie": "ziet", "krijg": "krijgt", "kies": "kiest", "lees": "leest",
    "leg": "legt", "log": "logt", "volg": "volgt", "draag": "draagt", "begin": "begint", "keur": "keurt", "vraag": "vraagt",
    "denk": "denkt", "haal": "haalt", "kom": "komt", "sluit": "sluit", "geef": "geeft", "schrijf": "schrijft",
    "maak": "maakt", "neem": "neemt", "werk": "werkt", "leer": "leert", "stuur": "stuurt", "bewaar": "bewaart",
    "gebruik": "gebruikt", "open": "opent", "typ": "typt", "vul": "vult", "zoek": "zoekt", "stel": "stelt", "laat": "laat",
    "houd": "houdt", "hoef": "hoeft", "leid": "leidt", "deel": "deelt", "voeg": "voegt", "bekijk": "bekijkt",
}  # fmt: skip
# Verbs that give no orders: "je" after one of them is who does it.
NO_ORDERS = frozenset("ben heb kun kan wil zul word krijg hoef moet mag".split())
# Words after which "je" owned them: nouns, and what stands before a noun.
OWNED = frozenset("""
    aandacht aanvraag aanvragen academie academies account achternaam adres afbeelding agenda agendaprogramma andere antwoord
    antwoorden apparaat bericht berichten beste bestand bestanden bijeenkomst bijeenkomsten browser certificaat certificaten
    collega collega's cursus cursussen deelnemers doel e-mailadres eerste eigen enquête export feedback functie gegevens geplande
    groep groepen huidige huiskleur import imports internetadres kaart kleur laatste leerpad leerpaden les lessen link links lijst
    mail mailbox mensen naam nieuwe notitie ontwerpen oude organisatie pagina personeelsnummer plaats poging pogingen profiel punten rapport rapporten
    rapportbestanden reden resultaat resultaten rol school startcode tekst telefoon tijd titel toets toetsen trainer trainers veiligheid
    volgende voornaam voortgang vraag vragen wachtrij wachtwoord werk wijzigingen zin zinnen
""".split())
_WORD = re.compile(r"(?:(?P<verb>\w+)(?P<gap>\s+))?\b(?P<je>je|jij)\b(?=(?:\s+(?P<next>[\w'-]+))?)", re.IGNORECASE)


def draft(dutch: str) -> str:
    """Return a first try at `dutch` with "u" for "je"."""
    formal = _WORD.sub(_turned, dutch)
    return FAMILIAR.sub(lambda found: _like(found[0], FORMAL.get(found[0].lower(), "u")), formal)


def _turned(found: re.Match[str]) -> str:
    verb, gap, je, following = found["verb"] or "", found["gap"] or "", found["je"], (found["next"] or "").lower()
    if je.lower() == "je" and following in OWNED and verb.lower() not in NO_ORDERS:
        return verb + gap + _like(je, "uw")
    return _like(verb, TURNED.get(verb.lower(), verb)) + gap + _like(je, "u")


def _like(model: str, word: str) -> str:
    """Return `word` with a capital if `model` has one."""
    return word[:1].upper() + word[1:] if model[:1].isupper() else word


def is_familiar(message: Message) -> bool:
    """Return whether the Dutch of a message says je, so that it needs a formal form."""
    return any(FAMILIAR.search(form) for form in forms_of(message))


def forms_of(message: Message) -> list[str]:
    """Return the Dutch of a message: one sentence, or singular and plural."""
    return [message.string] if isinstance(message.string, str) else [form or "" for form in message.string or ()]


def put(formal: Catalog, message: Message, forms: Sequence[str]) -> None:
    """Keep the formal form of `message`, with the Dutch that it was made of."""
    formal.delete(message.id)
    string = forms[0] if isinstance(message.id, str) else tuple(forms)
    formal.add(message.id, string, user_comments=[_origin(message)])


def _origin(message: Message) -> str:
    """Return a remark that changes when the Dutch changes; short, because long ones are wrapped."""
    return "made of " + hashlib.sha256("\0".join(forms_of(message)).encode()).hexdigest()[:10]


def state_of(message: Message, formal: Catalog) -> str:
    """Return what is wrong with the formal form of a familiar message: "missing", "old" (made of other Dutch),
    "familiar" (it says je itself), or "" for nothing."""
    known = formal.get(message.id)
    if known is None or not all(forms_of(known)):
        return "missing"
    if any(FAMILIAR.search(form) for form in forms_of(known)):
        return "familiar"
    return "" if _origin(message) in known.user_comments else "old"


def to_do(dutch: Catalog, formal: Catalog) -> Iterator[Message]:
    """Yield the messages of which somebody has to write (or read again) the formal form."""
    for message in dutch:
        if message.id and is_familiar(message) and state_of(message, formal):
            yield message


def line_for(message: Message) -> str:
    """Return a message as `add` reads it, with a first try at its formal form at the end."""
    english = [message.id] if isinstance(message.id, str) else list(message.id)
    dutch = forms_of(message)
    return "\t".join(part.replace("\n", "\\n") for part in [*english, *dutch, *map(draft, dutch)])
