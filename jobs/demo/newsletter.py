"""The demo world's newsletter: one that was sent, one that is planned, a draft, and a few people on the list."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from core import clock
from core.accounts.models import Account
from core.db import db
from core.mail.models import Letter
from core.newsletter import actions, editions, queries
from core.newsletter.models import Edition

PEOPLE = (
    ("femke@leerplein.example", "Femke", "nl"), ("joost@bakkersvak.example", "Joost", "nl"), ("hanneke@zorgschool.example", "Hanneke", "nl"),
    ("oliver@harbour.example", "Oliver", "en"), ("priya@northern.example", "Priya", "en"),
)  # fmt: skip
SENT = {
    "subject_nl": "Feedback die blijft hangen", "subject_en": "Feedback that sticks",
    "body_nl": "Deze maand drie dingen waar academies om vroegen.\n\n# Nakijken zonder muis\n\nMet J en K naar de volgende, met Ctrl+Enter versturen. Wie twintig inzendingen per week nakijkt, wint er een kwartier mee.\n\n"
               "# Wat andere academies doen\n\n- Zorgwijs vraagt elke groep om één foto van de oefening.\n- De Bakkerij geeft feedback binnen twee dagen, en ziet meer mensen afronden.\n\n[Bekijk wat er nieuw is](https://kweek.example/nieuws)",
    "body_en": "Three things this month that academies asked for.\n\n# Reviewing without the mouse\n\nJ and K lead to the next one, Ctrl+Enter sends. Whoever reviews twenty hand-ins a week wins a quarter of an hour.\n\n"
               "# What other academies do\n\n- Zorgwijs asks every group for one photo of the exercise.\n- The bakery gives feedback within two days, and sees more people finish.\n\n[See what is new](https://kweek.example/news)",
}  # fmt: skip
PLANNED = {
    "subject_nl": "Praten waar het leren gebeurt", "subject_en": "Talking where the learning happens",
    "body_nl": "Vanaf deze maand staat de vraag bij de les waar hij over gaat.\n\n[Zo werkt het](https://kweek.example/berichten)",
    "body_en": "From this month on a question stands with the lesson that it is about.\n\n[How it works](https://kweek.example/messages)",
}  # fmt: skip
DRAFT = {"subject_nl": "Terugblik op het jaar", "body_nl": "Nog te schrijven: cijfers, plannen, een woord van dank.", "subject_en": "", "body_en": ""}


def write(operator: Account) -> None:
    """Write the newsletters and the list once, in the platform's frame."""
    if db.session.scalar(sa.select(sa.exists().where(Edition.id.is_not(None)))):
        return
    with clock.shifted(timedelta(days=-40)):
        for email, first_name, language in PEOPLE:
            actions.subscribe(email, first_name, language)
            row = queries.by_email(email)
            assert row is not None
            actions.confirm(row.token or "")
    with clock.shifted(timedelta(days=-20)):
        sent = _written(operator, SENT)
        editions.plan(sent, clock.now(), operator)
        db.session.flush()
        editions.send_batch(sent.id)
    with clock.shifted(timedelta(days=-2)):
        actions.subscribe("info@dansacademie.example", "", "nl")
    with clock.shifted(timedelta(days=-19)):
        gone = queries.by_email(PEOPLE[2][0])
        assert gone is not None
        actions.leave(gone, "one-click")
    db.session.execute(sa.delete(Letter).where(Letter.made_at < clock.now() - timedelta(days=35)))  # as the nightly job does
    editions.plan(_written(operator, PLANNED), clock.now() + timedelta(days=5), operator)
    _written(operator, DRAFT)


def _written(operator: Account, words: dict[str, str]) -> Edition:
    row = editions.create(operator)
    editions.save(row, words)
    return row
