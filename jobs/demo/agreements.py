"""The demo world's agreements: its accounts accepted the terms, its owners the agreement on processing."""

from __future__ import annotations

from core.academies.models import Academy
from core.accounts.models import Account
from core.db import db
from core.legal import actions, queries
from core.legal.rules import OF_ACADEMIES, OF_ACCOUNTS, Signer

PLACES = {"zorgwijs": ("Zorgwijs Opleidingen B.V.", "Singel 12, 1012 AB Amsterdam", "70123456", "directeur"),
          "crumb": ("Crumb & Crust Ltd", "4 Mill Lane, Bristol BS1 4AA", "09876543", "Managing director")}  # fmt: skip


def accept_all(account: Account) -> None:
    """Let an account accept what is asked of accounts."""
    for version in queries.currents():
        if version.name in OF_ACCOUNTS:
            actions.accept_for_oneself(account, version, account.language)


def write(academy: Academy, owner: Account, language: str) -> None:
    """Make the agreement for an academy."""
    organisation, address, registration, function = PLACES.get(academy.slug or "", (academy.name, "Dorpsstraat 1, 1234 AB Ons Dorp", "", "directeur"))
    db.session.flush()
    signer = Signer(organisation, address, registration, owner.name, function)
    actions.accept_for_academy(academy, owner, queries.current(OF_ACADEMIES), language, signer)
