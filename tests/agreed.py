"""What tests of other things take for granted: accounts accepted what is asked of them, academies have their agreement."""

from __future__ import annotations

import json
from uuid import UUID, uuid4

from core.academies.models import Academy
from core.accounts.models import Account
from core.db import CORE, db
from core.legal import actions, queries
from core.legal.models import Acceptance
from core.legal.reading import drafts
from core.legal.rules import OF_ACADEMIES, OF_ACCOUNTS, Signer

# What a browser sends to make an agreement, but for the version.
AGREE = {"organisation": "Bakkerij Noord B.V.", "address": "Dorpsstraat 1, 1234 AB Ons Dorp", "registration": "12345678", "function": "directeur", "may_sign": "y"}
SIGNER = Signer("Bakkerij Noord B.V.", "Dorpsstraat 1, 1234 AB Ons Dorp", "12345678", "Olga Visser", "directeur")


def load_documents() -> None:
    """Load the legal documents, as every start of the platform does."""
    with db.scope(CORE, commit=True):
        actions.load(drafts())


def agree_form() -> dict[str, str]:
    """Return what a browser sends to make an agreement."""
    with db.scope(CORE):
        return AGREE | {"version": str(queries.current(OF_ACADEMIES).id)}


def accept_all(account: Account) -> None:
    """Let the account accept what is asked of accounts; in the platform's frame."""
    for version in queries.currents():
        if version.name in OF_ACCOUNTS:
            actions.accept_for_oneself(account, version, account.language)


def agree(academy: Academy, account: Account, signer: Signer = SIGNER) -> Acceptance:
    """Make the agreement for the academy; in the platform's frame."""
    return actions.accept_for_academy(academy, account, queries.current(OF_ACADEMIES), "nl", signer)


def agreement_for(number: int, account_id: UUID | None = None) -> Acceptance:
    """Return the row of an agreement for an academy that no account opened."""
    words = queries.current(OF_ACADEMIES).text("nl")
    return Acceptance(version_id=words.version_id, language="nl", sha256=words.sha256, account_id=account_id or uuid4(), number=number,
                      signer=json.dumps(SIGNER.__dict__), processor={"name": "Kweek", "address": "", "registration": ""})  # fmt: skip
