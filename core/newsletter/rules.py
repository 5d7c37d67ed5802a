"""Whether a mail says that its sender wants to leave the newsletter: by common wordings, Dutch and English.

Only what is clear counts, in a short mail: a longer one, a question about something else or a word against it goes to a person.
"""

from __future__ import annotations

import re
import unicodedata

MOST_WORDS = 80
# One of these says it by itself.
PLAIN = (
    r"unsubscribe\w*", r"opt(?:ing)?[ -]?out", r"(?:take|get|remove|delete|drop|strike) me (?:off|from|out of)\b",
    r"(?:take|get|remove|delete|drop) my (?:e-?mail ?)?(?:address|name|e-?mail) (?:off|from|out of)\b", r"sign me off", r"cancel (?:my|this|the) (?:subscription|newsletter)",
    r"(?:my|this|the) (?:subscription|newsletter) (?:be )?(?:cancelled|canceled|stopped|ended)", r"(?:stop|quit|cease) (?:sending|mailing|e-?mailing)",
    r"(?:please|just)? ?stop (?:the|this|these|your|all) (?:news ?letters?|mails?|e-?mails?|messages)", r"no (?:more|longer) (?:\w+ ){0,4}?(?:news ?letters?|mails?|e-?mails?)",
    r"(?:do not|don't|dont|never) (?:send|mail|e-?mail) (?:me|us)\b", r"(?:do not|don't|dont|no longer) (?:want|wish|like|need) (?:\w+ ){0,4}?(?:news ?letters?|mails?|e-?mails?|messages)",
    r"(?:end|stop|terminate) my subscription", r"leave (?:the|your|this) (?:mailing ?list|news ?letter|list)",
    r"(?:uit|af)(?:ge)?schr[ij]{1,2}(?:ven|f)\w*", r"(?:uit|af)schrijving", r"afmeld\w*", r"af te melden", r"uit te schrijven", r"(?:ge)?deabonneer\w*", r"afgemeld",
    r"(?:meld|schrijf|haal|gooi|verwijder|wis|schrap) (?:mij|me|ons|mijn (?:e-?mail(?:adres)?|mailadres|adres|naam)) (?:\w+ ){0,4}?(?:af|uit|van|lijst|nieuwsbrief|mailinglijst)",
    r"(?:nieuwsbrief|abonnement|mailing) (?:\w+ ){0,3}?(?:opzeggen|stoppen|stopzetten|beeindigen|annuleren|be[eë]indigd|opgezegd|stopgezet)",
    r"(?:zeg|stop|be[eë]indig|annuleer) (?:\w+ ){0,4}?(?:nieuwsbrief|abonnement|mailing)", r"opzegg(?:en|ing) (?:\w+ ){0,3}?(?:nieuwsbrief|abonnement)",
    r"geen (?:\w+ ){0,3}?(?:nieuwsbrie(?:f|ven)|mails?|e-?mails?|mailings?|berichten)(?: \w+){0,3}? (?:meer|ontvangen|krijgen|sturen)", r"geen (?:\w+ ){0,2}?(?:nieuwsbrie(?:f|ven)|mails?|mailings?) meer",
    r"(?:nieuwsbrief|mails?|e-?mails?|mailings?) (?:\w+ ){0,3}?(?:niet (?:meer|langer)|niet) (?:\w+ ){0,2}?(?:ontvangen|krijgen|sturen|hebben)",
    r"(?:niet (?:meer|langer)) (?:\w+ ){0,4}?(?:nieuwsbrief|mailen|mails?|e-?mails?)", r"stop(?:pen)? (?:a\.?u\.?b\.? |alstublieft |alsjeblieft )?met (?:\w+ ){0,4}?(?:mail|nieuwsbrief|sturen|versturen|zenden)\w*",
    r"(?:ik wil|wil) (?:graag |er )?van (?:de|jullie|deze) (?:mailing ?lijst|lijst|nieuwsbrief) af",
)  # fmt: skip
# One of these alone is the whole mail, or its subject.
BARE = frozenset({"stop", "unsubscribe", "uitschrijven", "afmelden", "remove", "remove me", "opt out", "opzeggen", "signout", "afmelding", "schrijf me uit", "schrijf mij uit", "meld me af", "meld mij af"})
# What turns it round, or asks something else of us.
AGAINST = (
    r"(?:do not|don't|dont|never|not) (?:want to |wish to |like to )?(?:unsubscribe|opt out|leave|be removed)", r"(?:do not|don't|dont|not) (?:remove|take|delete) me",
    r"niet (?:willen |wil )?(?:uit(?:ge)?schr\w+|af(?:ge)?meld\w*|opzeggen)", r"(?:uitschrijven|afmelden|afgemeld|uitgeschreven) (?:\w+ )?niet\b(?! meer)", r"(?:wil|hoef) (?:me|mij|mezelf)? ?niet (?:af|uit)",
    r"(?:by mistake|accident(?:al(?:ly)?)?|wrongly)", r"(?:per ongeluk|onterecht|ten onrechte)", r"(?:re-?subscribe|subscribe me again|weer aanmelden|opnieuw (?:aan|in))",
    r"\b(?:account|academy|academie|course|cursus|opleiding|invoice|factuur|lesson|les|session|sessie|training|colleague|collega|employee|medewerker|klant|customer)\b",
    r"\b(?:his|her|their|zijn|haar|hun) (?:e-?mail|mailadres|address|adres)",
)  # fmt: skip
_plain, _against = re.compile(rf"\b(?:{'|'.join(PLAIN)})", re.IGNORECASE), re.compile("|".join(AGAINST), re.IGNORECASE)
PREFIX = re.compile(r"^(?:(?:re|fw|fwd|antw|aw|doorst)\s*:\s*)+", re.IGNORECASE)


def wants_out(subject: str, words: str) -> bool:
    """Return whether the sender clearly asks to leave the list. `words`: the mail without what it quotes."""
    is_answer, title, text = bool(PREFIX.match(subject.strip())), _even(PREFIX.sub("", subject.strip())), _even(words)
    if len(text.split()) > MOST_WORDS or _against.search(f"{title} . {text}"):
        return False
    if text.strip(" .!,") in BARE or _plain.search(text):
        return True
    # The subject of an answer is ours; one that somebody wrote says it as well, over a mail that says little else.
    return not is_answer and len(text.split()) <= 30 and (title.strip(" .!,") in BARE or bool(_plain.search(title)))


def _even(text: str) -> str:
    """Return the text with plain letters, straight quotes and single spaces."""
    plain = unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'").replace("`", "'")
    return re.sub(r"\s+", " ", plain).strip().casefold()
