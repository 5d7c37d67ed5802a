"""Orders that look random and are always the same: a page shown twice does not jump, and tells no answer."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def mixed(items: Sequence[str], seed: str) -> list[str]:
    """Return the items in an order that depends on the seed and the items alone, not on where they stood."""
    return sorted(items, key=lambda item: (hashlib.sha256(f"{seed}\0{item}".encode()).digest(), item))


def mixed_up(items: Sequence[str], seed: str) -> list[str]:
    """Return the items mixed, and never as they stood if they are two or more different ones."""
    order = mixed(items, seed)
    return order if order != list(items) else [*order[1:], *order[:1]]
