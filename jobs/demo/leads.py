"""The demo world's requests for a demo: new, contacted, planned, and one that a machine sent."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import sqlalchemy as sa

from core import clock
from core.accounts.models import Account
from core.db import db
from core.leads import actions
from core.leads.models import Lead
from core.leads.rules import Asked
from core.mail.models import Letter

TYPED_S = 60.0
PEOPLE = (
    (6, "nl", Asked("Marijke Dijkstra", "marijke@veiligwerk.example", "Veilig Werk Opleidingen", "020 555 01 42",
                    "Wij geven BHV-cursussen aan 900 mensen per jaar.\nKunnen bedrijven zelf zien wie er nog moet?")),
    (3, "en", Asked("Daniel Okafor", "daniel@harbourskills.example", "Harbour Skills", "", "How do certificates stay valid when an academy closes?")),
    (1, "nl", Asked("Ruud Timmer", "ruud@dakmeesters.example", "Dakmeesters Academie")),
    (0, "en", Asked("SEO Expert", "seo@rankings.example", "https://rankings.example", "", "https://a.example https://b.example https://c.example")),
)  # fmt: skip


def write(operator: Account) -> None:
    """Write the requests once, in the platform's frame."""
    if db.session.scalar(sa.select(sa.exists().where(Lead.id.is_not(None)))):
        return
    made = []
    for days, language, asked in PEOPLE:
        with clock.shifted(timedelta(days=-days)):
            made.append(actions.ask(asked, uuid4(), TYPED_S, language))
    # Every visitor of the demo world may look into its mailbox, and this mail leads where operators only may go.
    db.session.execute(sa.delete(Letter).where(Letter.kind == "demo_wanted"))
    with clock.shifted(timedelta(days=-5)):
        actions.move(made[0], "contacted", operator)
        actions.note(made[0], "Gebeld. Wil vooral zien hoe een opdrachtgever de voortgang van de eigen mensen volgt.", operator)
    actions.move(made[0], "planned", operator, clock.now() + timedelta(days=4))
