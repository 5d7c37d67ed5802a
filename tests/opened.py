"""An academy that a test was given."""

from __future__ import annotations

from dataclasses import dataclass

from core.db import Scope, academy_scope


@dataclass(frozen=True)
class Opened:
    """An open academy: its number, its subdomain and the account that owns it."""

    number: int
    slug: str

    @property
    def scope(self) -> Scope:
        """Return the scope of its transactions."""
        return academy_scope(self.number)
