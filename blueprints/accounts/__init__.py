"""Accounts on the platform's own host: sign up, sign in, look after oneself, enter an academy."""

from blueprints.accounts import doors, mailed, ownership, person, second
from blueprints.accounts.blueprint import accounts

__all__ = ["accounts", "doors", "mailed", "ownership", "person", "second"]
