"""What comes in by mail: a wish to unsubscribe, which is done at once and answered, and newsletters that came back."""

from __future__ import annotations

from core import limits
from core.accounts.rules import clean_email, is_email
from core.config import LANGUAGES
from core.errors import TooMany
from core.mail.actions import write_letter
from core.mail.answers import own_words
from core.mail.arrived import Arrived
from core.mail.bounces import on_bounce
from core.mail.models import Letter
from core.mail.recognise import recogniser
from core.newsletter import actions, queries
from core.newsletter.rules import wants_out
from core.urls import platform_url

MOST_SIGNS = 2_000


@recogniser
def unsubscribes(mail: Arrived) -> bool:
    """Take the sender off the list if that is what the mail clearly asks; return whether it was.

    An address that is not on the list gets an answer too, once a day at most: nobody has to wonder.
    """
    sender = clean_email(mail.sender)
    if not is_email(sender) or not wants_out(mail.subject, own_words(mail.text)[:MOST_SIGNS]):
        return False
    row = queries.by_email(sender)
    was_on = row is not None and actions.leave(row, "mail")
    try:
        limits.spend(limits.mail_limits(sender) + ([] if was_on else [limits.Limit("newsletter unknown", (sender,), 1, 24 * 3600)]))
    except TooMany:
        return True
    language = row.language if row is not None else LANGUAGES[0]
    kind = "newsletter_left" if was_on else "newsletter_unknown"
    write_letter(sender, kind, language, name=(row.first_name or "") if row is not None else "", url=platform_url("/newsletter"))
    return True


@on_bounce
def stops(letter: Letter) -> None:
    """Send no more newsletters to an address whose mail comes back."""
    row = queries.by_email(letter.recipient or "") if letter.kind == "newsletter" else None
    if row is not None:
        actions.bounced(row)
