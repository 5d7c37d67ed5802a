"""What is said of mail that came back."""

from __future__ import annotations

from flask_babel import gettext as _

UNKNOWN = ("5.1.", "550", "551", "553")
FULL = ("5.2.", "4.2.", "552")


def bounce_words(code: str | None) -> str:
    """Return why mail came back and what to do, for a code of a mail server such as 550 or 5.1.1."""
    said = code or ""
    if said.startswith(UNKNOWN):
        return str(_("The mail server does not know this address (%(code)s). Look for a typing mistake and correct it.", code=said))
    if said.startswith(FULL):
        return str(_("The mailbox takes no mail: it may be full or closed (%(code)s). Ask the person, or use another address.", code=said))
    return str(_("The mail server refused our mail (%(code)s). Use another address, or ask the people of that server why.", code=said))
