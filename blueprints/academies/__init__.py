"""Academies on the platform's own host: open one, look after it, close it; operators see them all."""

from blueprints.academies import closing, mine, opening, operators, receipts
from blueprints.academies.blueprint import academies

__all__ = ["academies", "closing", "mine", "opening", "operators", "receipts"]
