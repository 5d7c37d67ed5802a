"""What somebody wrote in answer to a mail: without what their mail program quotes, and without their signature.

Pure text in, pure text out, for Dutch and English mail programs: Gmail, Outlook, Apple Mail, Thunderbird, and their like.
When in doubt a line stays: a quotation too much is a nuisance, an answer lost is a loss.
"""

from __future__ import annotations

import re
from itertools import islice

MOST_WRAPPED = 3
MOST_CLOSING = 8
LONGEST_IN_CLOSING = 60
LONGEST_ANNOUNCING = 1_000  # a longer line is nobody's "On such a day somebody wrote:", and is not looked at

# "Op di 1 dec 2026 om 10:15 schreef Zorgwijs <post@kweek.nl>:", "On Tue, Dec 1, 2026 at 10:15 AM Zorgwijs wrote:"
ATTRIBUTION = re.compile(
    r"^[> ]*(?:op\b.{0,160}\d.{0,160}\b(?:schreef\b.{0,160}|(?:heeft|het volgende)\b.{0,200}\bgeschreven\s?):"
    r"|on\b.{0,160}\d.{0,240}\bwrote\s?:|.{0,160}<[^<>\s@]+@[^<>\s]+>\s(?:schreef|wrote)\b.{0,80}:"
    r"|\d{4}-\d\d-\d\d \d\d:\d\d.{0,160}@.{0,160}>:)\s*$",
    re.IGNORECASE,
)
BEGINNING = re.compile(r"^[> ]*(?:op|on)\s", re.IGNORECASE)
WRITES = re.compile(r"@|\d{1,2}[:.]\d\d")
ORIGINAL = re.compile(
    r"^[> ]*(?:-{2,}\s*(?:oorspronkelijk bericht|origineel bericht|original message|doorgestuurd bericht|forwarded message)\s*-{2,}"
    r"|begin doorgestuurd bericht:|begin forwarded message:)\s*$",
    re.IGNORECASE,
)
FROM = re.compile(r"^[> *]*(?:van|from)\s*:\**\s*\S", re.IGNORECASE)
SENT = re.compile(r"^[> *]*(?:verzonden|datum|sent|date)\s*:\**\s*\S", re.IGNORECASE)
ABOUT = re.compile(r"^[> *]*(?:aan|to|onderwerp|subject)\s*:", re.IGNORECASE)
RULE = re.compile(r"^\s*(?:_{10,}|-{10,})\s*$")
DASHES = re.compile(r"^-- ?$")
DEVICE = re.compile(
    r"^(?:(?:verstuurd|verzonden|gestuurd) (?:vanaf|vanuit|van|met|via|door)\b|sent (?:from|with|via|by)\b|get outlook for\b"
    r"|(?:download|outlook voor)\b.{0,40}\b(?:outlook|ios|android)\b|outlook voor (?:ios|android) downloaden).{0,160}$",
    re.IGNORECASE,
)
CLOSING = re.compile(
    r"^(?:(?:met )?(?:vriendelijke|hartelijke|warme|lieve)? ?groet(?:en|jes)?|mvg|hartelijks|liefs|gr\.?|tot (?:dan|straks|morgen)"
    r"|(?:kind|best|warm) regards|regards|all the best|best wishes|best|cheers|sincerely|yours sincerely|kr)[,.!]*$",
    re.IGNORECASE,
)


def own_words(text: str) -> str:
    """Return what the writer added; an empty string where that is nothing."""
    lines = text.replace("\u00a0", " ").replace("\u200b", "").replace("\r\n", "\n").split("\n")
    kept = _tidy(_without_quotes(lines))
    return _joined(_without_signature(kept))


def unflowed(text: str) -> str:
    """Return text of `format=flowed` (RFC 3676) with its paragraphs on one line each."""
    paragraphs: list[list[str]] = []
    goes_on = False
    for line in text.replace("\r\n", "\n").split("\n"):
        stuffed = line[1:] if line.startswith(" ") else line
        quoted = stuffed.startswith(">")
        if goes_on and not quoted and not DASHES.match(stuffed):
            paragraphs[-1].append(stuffed)
        else:
            paragraphs.append([stuffed])
        goes_on = stuffed.endswith(" ") and not DASHES.match(stuffed) and not quoted
    return "\n".join("".join(parts) for parts in paragraphs)


def _without_quotes(lines: list[str]) -> list[str]:
    """Return the lines that are neither quoted nor announce a quotation."""
    kept: list[str] = []
    number = 0
    while number < len(lines):
        if _begins_original(lines, number):
            break
        length = _attribution_at(lines, number)
        if length:
            if not _is_quoted(_next_words(lines, number + length)) and _next_words(lines, number + length):
                break
            number += length
            continue
        if not _is_quoted(lines[number]):
            kept.append(lines[number])
        number += 1
    return kept


def _begins_original(lines: list[str], number: int) -> bool:
    """Return whether all from here on is an older mail: a line that says so, or its headers."""
    if len(lines[number]) > LONGEST_ANNOUNCING:
        return False
    if ORIGINAL.match(lines[number]):
        return True
    following = [line for line in lines[number : number + 8] if line.strip()]
    if RULE.match(lines[number]):
        following = following[1:]
    if not following or not FROM.match(following[0]):
        return False
    head = following[1:5]
    return any(SENT.match(line) for line in head) and any(ABOUT.match(line) for line in head)


def _attribution_at(lines: list[str], number: int) -> int:
    """Return over how many lines "On such a day somebody wrote:" goes from here, 0 if it is none."""
    said = ""
    for length in range(1, MOST_WRAPPED + 1):
        if number + length > len(lines) or (length > 1 and not BEGINNING.match(lines[number])):
            return 0
        said = f"{said} {lines[number + length - 1].lstrip('> ') if length > 1 else lines[number]}".strip()
        if len(said) > LONGEST_ANNOUNCING:
            return 0
        if ATTRIBUTION.match(said) and (WRITES.search(said) or _is_quoted(_next_words(lines, number + length))):
            return length
        if not lines[number + length - 1].strip():
            return 0
    return 0


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith((">", "|>"))


def _next_words(lines: list[str], number: int) -> str:
    return next((line for line in lines[number:] if line.strip()), "")


def _without_signature(lines: list[str]) -> list[str]:
    """Return the lines above `-- `, without what a device adds, and without a closing that only says who writes."""
    end = next((number for number, line in enumerate(lines) if DASHES.match(line)), len(lines))
    above = _tidy(lines[:end])
    while above and DEVICE.match(above[-1].strip()):
        above = _tidy(above[:-1])
    closed = next((number for number, line in enumerate(above) if number and _closes(above, number)), len(above))
    return _tidy(above[:closed])


def _closes(lines: list[str], number: int) -> bool:
    """Return whether all from here on is "Kind regards" and who that is."""
    if not CLOSING.match(lines[number].strip()):
        return False
    below = (lines[at].strip() for at in range(number + 1, len(lines)))
    rest = list(islice((line for line in below if line), MOST_CLOSING + 1))
    return len(rest) <= MOST_CLOSING and not any(_says_more(line) for line in rest)


def _says_more(line: str) -> bool:
    return len(line) > LONGEST_IN_CLOSING or line.endswith(("?", ".", "!")) or line.lower().startswith(("ps", "p.s"))


def _tidy(lines: list[str]) -> list[str]:
    """Return the lines without empty ones at either end."""
    start, end = 0, len(lines)
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return lines[start:end]


def _joined(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()
