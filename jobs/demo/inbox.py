"""Mail to the platform's address in the demo world: two questions that wait, a machine's notice, one that was dealt with."""

from __future__ import annotations

from email.message import EmailMessage

import sqlalchemy as sa

from core.accounts.models import Account
from core.db import db
from core.mail.arrived import read
from core.mail.inbound import handle, keep_for_a_person
from core.mail.models import InboundMail

MAILS = (
    ("Willemijn de Boer", "w.deboer@thuiszorg.example", "Proefperiode voor onze afdeling", "unclear",
     "Goedemorgen,\n\nWij willen met twintig collega's een maand proberen of Kweek iets voor ons is. Kan dat, en wat gebeurt er daarna met onze cursussen?\n\nMet vriendelijke groet,\nWillemijn de Boer"),
    ("Patrick O'Shea", "patrick@harbour-cafe.example", "Stop? Or maybe not yet", "unclear",
     "Hello,\n\nI get a mail from you every month. Could I have it four times a year? Otherwise I would rather stop.\n\nPatrick"),
    ("Domeinbeheer", "bericht@domeinen.example", "Uw domein wordt over 30 dagen verlengd", "automatic",
     "Dit bericht is automatisch verstuurd.\n\nUw domeinnaam wordt op 31 december verlengd."),
    ("Yvonne Claes", "yvonne@opleidingen.example", "Factuur voor twee jaar", "unclear", "Dag,\n\nKunnen we per twee jaar betalen?\n\nYvonne"),
)  # fmt: skip


def write(operator: Account) -> None:
    """Keep the mails once, as if the mailbox had been read; the last one is handled. Use it in the platform's frame."""
    if db.session.scalar(sa.select(sa.func.count()).select_from(InboundMail)):
        return
    for number, (name, address, subject, why, words) in enumerate(MAILS):
        mail = EmailMessage()
        mail["From"], mail["Subject"], mail["Message-ID"] = f'"{name}" <{address}>', subject, f"<demo-{number}@{address.partition('@')[2]}>"
        mail.set_content(words)
        kept = keep_for_a_person(read(mail.as_bytes()), why)
    assert kept is not None, "no sender of the demo writes that often"
    handle(kept, operator.id)
