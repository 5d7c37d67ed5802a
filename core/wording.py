"""How an academy speaks: je or u in Dutch, and its own words for participants and trainers.

The sentences of the catalogue say `je`, deelnemer and trainer. For `u` there is a second catalogue, `formal`, in which
every sentence was written anew. A role's word is put into the sentence of the catalogue before any value is, so that
nothing that somebody typed is ever changed; `uncovered` tells of forms that this file does not know, and
`python -m core.i18n check` fails on them. All Dutch words here take "de", so articles stay right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations

TRANSLATIONS = Path(__file__).resolve().parent / "translations"
FORMAL = "formal"
JE, U = "je", "u"


@dataclass(frozen=True)
class Word:
    """A word for a role in its forms: alone, many, before another word, for somebody of the same role; its article."""

    one: str
    many: str
    joint: str = ""
    fellow: str = ""
    fellows: str = ""
    article: str = "a"


def _dutch(one: str, many: str, joint: str, fellow: str = "", fellows: str = "") -> Word:
    return Word(one, many, joint, fellow or f"mede{one}", fellows or f"mede{many}")


# The first of each is the word of the catalogue.
WORDS: Mapping[str, tuple[Word, ...]] = {
    "participant_nl": (
        _dutch("deelnemer", "deelnemers", "deelnemers"), _dutch("cursist", "cursisten", "cursisten"),
        _dutch("student", "studenten", "studenten"), _dutch("leerling", "leerlingen", "leerlingen"),
        _dutch("medewerker", "medewerkers", "medewerkers", "collega", "collega's"),
    ),
    "participant_en": (
        Word("participant", "participants"), Word("learner", "learners"), Word("student", "students"),
        Word("trainee", "trainees"), Word("employee", "employees", article="an"),
    ),
    "trainer_nl": (
        _dutch("trainer", "trainers", "trainers"), _dutch("docent", "docenten", "docenten"),
        _dutch("begeleider", "begeleiders", "begeleiders"), _dutch("coach", "coaches", "coach"),
    ),
    "trainer_en": (
        Word("trainer", "trainers"), Word("teacher", "teachers"), Word("instructor", "instructors", article="an"),
        Word("coach", "coaches"),
    ),
}  # fmt: skip
_VALUE = r"%\(\w+\)[sd]|\{\w+\}"
_STEMS = re.compile(r"\w*(?:deelnemer|participant|trainer)\w*", re.IGNORECASE)


@dataclass(frozen=True)
class Wording:
    """What an academy chose: `address` is je or u; the rest is the word that stands for a role in a language."""

    address: str = JE
    participant_nl: str = "deelnemer"
    participant_en: str = "participant"
    trainer_nl: str = "trainer"
    trainer_en: str = "trainer"

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> Wording:
        """Return what was stored; what is absent, or unknown to this release, is as the catalogue has it."""
        found = {name: value for name, value in (stored or {}).items() if value in choices().get(name, ())}
        return cls(**found)

    def stored(self) -> dict[str, str]:
        """Return what differs from the catalogue's words."""
        return {name: value for name, value in asdict(self).items() if value != getattr(USUAL, name)}

    def word(self, role: str, language: str) -> Word:
        """Return the word for `participant` or `trainer`."""
        name = f"{role}_{language}"
        return next(word for word in WORDS[name] if word.one == getattr(self, name))


USUAL = Wording()


@cache
def choices() -> dict[str, tuple[str, ...]]:
    """Return what may be chosen, by the name of the choice."""
    words = {name: tuple(word.one for word in known) for name, known in WORDS.items()}
    return {field.name: words.get(field.name, (JE, U)) for field in fields(Wording)}


class Spoken(NullTranslations):
    """The catalogue of one language as one academy speaks it."""

    def __init__(self, language: str, wording: Wording) -> None:
        super().__init__()
        self._language, self._wording = language, wording
        self._book = _formal_book() if language == "nl" and wording.address == U else _book(language)

    def gettext(self, message: str) -> str:
        """Return the sentence for `message`."""
        return self._said(self._book.ugettext(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the sentence for `n` of them."""
        return self._said(self._book.ungettext(msgid1, msgid2, n))

    def pgettext(self, context: str, message: str) -> str:
        """Return the sentence for `message` in its context."""
        return self._said(str(self._book.upgettext(context, message)))

    def npgettext(self, context: str, singular: str, plural: str, num: int) -> str:
        """Return the sentence for `num` of them in its context."""
        return self._said(self._book.unpgettext(context, singular, plural, num))

    ugettext, ungettext, upgettext, unpgettext = gettext, ngettext, pgettext, npgettext

    def _said(self, sentence: str) -> str:
        return in_words(sentence, self._language, self._wording)


@lru_cache(maxsize=256)
def spoken(language: str, wording: Wording) -> NullTranslations:
    """Return the catalogue of `language` as `wording` has it."""
    return _book(language) if wording == USUAL else Spoken(language, wording)


@cache
def _book(language: str) -> NullTranslations:
    return Translations.load(str(TRANSLATIONS), [language])


@cache
def _formal_book() -> NullTranslations:
    """Return the formal Dutch; what says neither je nor u is in the usual catalogue only."""
    book = Translations.load(str(TRANSLATIONS), ["nl"], FORMAL)
    book.add_fallback(_book("nl"))
    return book


@lru_cache(maxsize=20_000)
def in_words(sentence: str, language: str, wording: Wording) -> str:
    """Return a sentence of the catalogue with the academy's words for roles. Values are not filled in yet."""
    pattern, forms = _forms(language, wording)

    def put(found: re.Match[str]) -> str:
        if found.lastgroup is None:
            return found[0]
        form = forms[found.lastgroup][found[0].lower()]
        return form[0].upper() + form[1:] if found[0][0].isupper() else form

    return pattern.sub(put, sentence)


@lru_cache(maxsize=256)
def _forms(language: str, wording: Wording) -> tuple[re.Pattern[str], dict[str, dict[str, str]]]:
    """Return what finds the catalogue's words (and values, which stay), and what stands for each, alone or joined."""
    alone: dict[str, str] = {}
    joined: dict[str, str] = {}
    for role in ("participant", "trainer"):
        usual, own = USUAL.word(role, language), wording.word(role, language)
        alone |= {usual.one: own.one, usual.many: own.many}
        if language == "nl":
            alone |= {usual.fellow: own.fellow, usual.fellows: own.fellows}
            joined[usual.joint] = own.joint
        else:
            alone[f"{usual.article} {usual.one}"] = f"{own.article} {own.one}"
    groups = [rf"\b(?P<alone>{_any_of(alone)})\b"]
    if joined:
        groups.append(rf"\b(?P<joined>{_any_of(joined)})(?=[^\W\d_])")
    return re.compile("|".join([_VALUE, *groups]), re.IGNORECASE), {"alone": alone, "joined": joined}


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def uncovered(sentence: str, language: str) -> list[str]:
    """Return the words of a sentence that name a role in a form for which an academy's own word is not known."""
    rest = _forms(language, USUAL)[0].sub("", sentence)
    return _STEMS.findall(rest)
