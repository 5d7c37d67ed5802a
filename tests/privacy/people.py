"""Somebody whom the platform knows in every way, with words that are found nowhere else."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from core import clock
from core.academies.models import Academy, OwnerOffer
from core.accounts import actions as accounts
from core.accounts.models import Account, Ask
from core.audit.actions import record
from core.db import CORE, db
from core.leads import actions as leads
from core.leads.rules import Asked
from core.mail.actions import write_letter
from core.mail.models import InboundMail
from core.newsletter import actions as newsletter
from core.privacy import requests
from tests.doors import new_account

WORDS = ("Quirijnstra", "Zebedeus", "zebedeus.q@geheim.example", "Fluitketelfabriek", "Mijn-eigen-vraag-over-taart", "Notitie-over-Z", "Brief-van-Z")


def known_in_every_way(academy: Academy | None = None) -> UUID:
    """Store and return an account with something in every table that may hold something about it."""
    account = new_account(first_name=WORDS[1], last_name=WORDS[0], language="nl")
    with db.scope(CORE, commit=True):
        mine = db.session.get_one(Account, account.id)
        mine.email = WORDS[2]
        db.session.flush()
        accounts.sessions.start(mine.id, f"Firefox van {WORDS[1]}")
        accounts.mail_reset_link(WORDS[2])
        accounts.ask_new_email(mine, f"nieuw.{WORDS[2]}")
        lead = leads.ask(Asked(f"{WORDS[1]} {WORDS[0]}", WORDS[2], WORDS[3], "020 123 45 67", WORDS[4]), uuid4(), 60, "nl")
        leads.note(lead, WORDS[5], mine)
        newsletter.subscribe(WORDS[2], WORDS[1], "nl")
        db.session.add(InboundMail(why="unclear", sender=WORDS[2], sender_name=WORDS[1], subject=WORDS[6], body=WORDS[6]))
        db.session.add(Ask(kind="find", email=WORDS[2], language="nl"))
        requests.act(requests.enter("know", WORDS[2], WORDS[1], WORDS[4], "nl", mine), "verified", WORDS[5], mine)
        write_letter("iemand.anders@example.org", "ownership", "nl", academy="Zorgwijs", inviter=f"{WORDS[1]} {WORDS[0]}", url="https://x.localhost/", until=clock.now())
        record("seen", actor_id=mine.id)
        if academy is not None:
            db.session.add(OwnerOffer(academy_id=academy.id, email="iemand.anders@example.org", offered_by=mine.id, token_hash=uuid4().bytes,
                                      expires_at=clock.now() + timedelta(days=7)))  # fmt: skip
    return account.id


def everything() -> str:
    """Return all that the platform's tables hold, opened, as one text."""
    import json

    import sqlalchemy as sa

    from core.db import CoreBase, core_metadata, local_metadata
    from core.sealed import unseal

    said: list[str] = []
    mapped = {mapper.local_table.name: mapper.class_ for mapper in CoreBase.registry.mappers}
    with db.scope(CORE):
        for table in (*core_metadata.sorted_tables, local_metadata.tables["local.outbox"]):
            for row in db.session.execute(sa.select(table)).mappings():
                for name, value in row.items():
                    if str(name).endswith("_sealed") and value is not None:
                        said.append(str(unseal(mapped[table.name], str(name).removesuffix("_sealed"), row["id"], value)))
                    else:
                        said.append(json.dumps(value, default=str))
    return "\n".join(said)
