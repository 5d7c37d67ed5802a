"""Whether a mail says that its sender wants to leave the newsletter: by common wordings, Dutch and English.

A sentence counts that names leaving itself ("unsubscribe", "afmelden"), or that wants something to end ("stop", "no more",
"haal ... van") and names what: the list, the newsletter, the mail. Only what is clear counts, in a short mail: a longer one, a
question about something else or a word against it goes to a person.
"""

from __future__ import annotations

import re
import unicodedata

MOST_WORDS = 80
MOST_UNDER_SUBJECT = 30
SHORT = 6


def _any(*words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)")


# Says it by itself.
LEAVING = _any(
    r"unsub(?:scrib\w*)?", r"opt(?:ing|ed)?[ -]?out", r"(?:uit|af)(?:ge)?schr(?:ij|e)\w*", r"(?:uit|af) te (?:schrijven|melden)", r"uitschrijving", r"afmeld\w*", r"afgemeld",
    r"(?:ge)?deabonn\w*", r"sign me off", r"off (?:this|the|your|that) (?:mailing ?)?list", r"schrijf (?:me|mij|ons) (?:\w+ ){0,3}?uit", r"meld (?:me|mij|ons) (?:\w+ ){0,3}?af",
    r"be (?:removed|deleted|taken off|dropped) (?:\w+ ){0,3}?(?:list|news ?letter|mailing)", r"van (?:\w+ ){0,2}?(?:mailing ?lijst|mailinglist|verzendlijst|lijst|nieuwsbrief) af",
)  # fmt: skip
# What is to end.
THING = _any(
    r"news ?letters?", r"news ?mail\w*", r"mailing(?:s| ?lists?| ?lijst(?:en)?)?", r"(?:e-?)?mails?(?:jes)?", r"e-?mailing", r"messages", r"(?:verzend|adressen)?lijst", r"list", r"bestand", r"nieuwsbrie\w+",
    r"nieuwsmails?", r"berichten", r"subscription", r"abonnement", r"(?:ge)?mail(?:en|d|ing)", r"e-?mail me", r"sending", r"sturen", r"stuur", r"toesturen", r"versturen", r"zenden",
)  # fmt: skip
SENDER = _any(r"me", r"mij", r"ons", r"us", r"my (?:\w+ )?(?:address|name|e-?mail|details|data)", r"this (?:e-?mail )?address", r"mijn (?:\w+ )?\w*(?:adres|naam|gegevens|mail)", r"dit (?:e-?mail|mail)?adres")
TAKE_OFF = _any(r"remov\w*", r"delet\w*", r"take", r"taken", r"get", r"strike", r"drop", r"erase", r"verwijder\w*", r"schrap\w*", r"haal", r"halen", r"gehaald", r"wis", r"wissen", r"gooi")
END = _any(r"stop\w*", r"end", r"cancel\w*", r"discontinu\w*", r"terminat\w*", r"quit", r"cease", r"opzeg\w*", r"opgezegd", r"zeg (?:\w+ ){1,4}?op", r"be[eë]indig\w*", r"annuleer\w*", r"annuleren", r"leave")
NO_MORE = _any(
    r"no more", r"no longer", r"no further", r"not (?:\w+ ){0,4}?any ?(?:more|longer|further)", r"(?:do not|don't|dont|never|not) (?:want|wish|like|need|send|e-?mail|mail|be sent)", r"not interested", r"no interest",
    r"geen", r"niet (?:meer|langer)", r"niet (?:\w+ )?(?:ontvangen|krijgen|hebben)", r"wil (?:\w+ ){1,4}?niet", r"hoef (?:\w+ ){0,3}?niet",
)  # fmt: skip
# Whole mails, and subjects, that are nothing but this.
BARE = frozenset((
    "stop", "remove", "remove me", "please remove", "please remove me", "please stop", "not interested, remove me", "verwijderen", "verwijder", "verwijder mij", "verwijder me", "haal mij eraf",
    "haal me eraf", "opzeggen", "opzegging", "graag verwijderen", "svp verwijderen", "stop sturen", "niet meer sturen", "geen mail meer", "geen interesse", "geen interesse meer",
    "no more", "signoff", "delete me", "schrap mij", "schrap me",
))  # fmt: skip
POLITE = re.compile(r"\b(?:a\.?u\.?b\.?|s\.?v\.?p\.?|alstublieft|alsjeblieft|please|pls|thanks|thank you|dank(?: u| je)?|bedankt|hi|hello|hallo|hoi|beste|groet(?:en|jes)?|graag)(?!\w)[ ,.!]*")
# What turns it round, complains that nothing comes, or asks something else of us.
AGAINST = re.compile(
    r"(?:do not|don't|dont|never|not) (?:want to |wish to |like to )?(?:unsubscribe|opt out|leave|be removed|remove me|take me|delete me)|niet (?:willen |wil )?(?:uit(?:ge)?schr\w+|af(?:ge)?meld\w*|opzeggen|verwijder\w*)"
    r"|(?:uitschrijven|afmelden|afgemeld|uitgeschreven) niet\b|(?:wil|hoef) (?:me|mij|mezelf)? ?niet (?:af|uit)|by mistake|accident(?:al)?|wrongly|per ongeluk|onterecht|ten onrechte"
    r"|re-?subscribe|send me the|put me back|again in|\bweer (?:aan|krijgen|ontvangen)|opnieuw (?:aan|in)|\bik (?:krijg|ontvang) (?!liever)|\bwij krijgen\b|\ber kom\w*\b|\b(?:do not|don't|dont|did not|didn't) (?:get|receive|arrive)|\barriv\w*|wat is er mis|what is wrong"
    r"|how many|hoeveel|\bour (?:members|people|participants|customers)\b|\bonze (?:leden|mensen|deelnemers|klanten|cursisten)\b|analytics|persen"
    r"|\b(?:account|academy|academie|platform|course|cursus|cursist|opleiding|invoice|factuur|lesson|les|session|sessie|training|attachment|bijlage|colleague|collega|employee|medewerker|klant|customer)\b"
    r"|\b(?:his|her|their|zijn|haar|hun) (?:e-?mail|mailadres|address|adres)|\S@\S"
)  # fmt: skip
SENTENCE = re.compile(r"[.!?;]+(?:\s|$)|\n\n")
PREFIX = re.compile(r"^(?:(?:re|fw|fwd|antw|aw|doorst)\s*:\s*)+", re.IGNORECASE)


def wants_out(subject: str, words: str) -> bool:
    """Return whether the sender clearly asks to leave the list. `words`: the mail without what it quotes."""
    is_answer, title, text = bool(PREFIX.match(subject.strip())), _even(PREFIX.sub("", subject.strip())), _even(words)
    length = len(text.split())
    if length > MOST_WORDS or AGAINST.search(text) or (AGAINST.search(title) and not is_answer):
        return False
    if _says(text):
        return True
    # The subject of an answer is ours; one that somebody wrote says it as well, over a mail that says little else.
    return not is_answer and length <= MOST_UNDER_SUBJECT and _says(title)


def _says(text: str) -> bool:
    bare = POLITE.sub("", text).strip(" .!,")
    return bare in BARE or any(_ends(sentence) for sentence in SENTENCE.split(text) if sentence)


def _ends(sentence: str) -> bool:
    """Return whether this sentence asks that the mails end."""
    if LEAVING.search(sentence):
        return True
    names_thing, is_short = bool(THING.search(sentence)), len(sentence.split()) <= SHORT
    if TAKE_OFF.search(sentence) and ((SENDER.search(sentence) and (names_thing or is_short)) or (is_short and NO_MORE.search(sentence))):
        return True
    return names_thing and bool(END.search(sentence) or NO_MORE.search(sentence))


def _even(text: str) -> str:
    """Return the text with plain letters, straight quotes, and each paragraph on a line."""
    plain = unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'").replace("`", "'").casefold()
    return "\n\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", plain) if part.strip())
