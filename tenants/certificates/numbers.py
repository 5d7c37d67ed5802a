"""Numbers of certificates: read aloud without doubt, never guessed, a slip found before anything is asked.

Eleven random signs of 31 (54 bits) and one that checks them: 7F3K-9Q2M-XH4C. There is no 0, 1, I, L or O. The
alphabet's size is prime and every place has a weight of its own, so each single slip and each swap of two is seen.
"""

from __future__ import annotations

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RANDOM_SIGNS, GROUP = 11, 4
_LOOKS_LIKE = str.maketrans("", "", " -.\u2010\u2011\u2013\u2014\t")


def new_number() -> str:
    """Return a fresh number in groups of four."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_SIGNS))
    return grouped(signs + check_sign(signs))


def check_sign(signs: str) -> str:
    """Return the sign that follows these eleven."""
    total = sum(place * ALPHABET.index(sign) for place, sign in enumerate(signs, start=2))
    return ALPHABET[-total % len(ALPHABET)]


def grouped(signs: str) -> str:
    """Return the signs in groups of four."""
    return "-".join(signs[at : at + GROUP] for at in range(0, len(signs), GROUP))


def number_of(typed: str) -> str | None:
    """Return the number as it is stored, however it was typed; None if its check sign says that it is wrong."""
    signs = typed.upper().translate(_LOOKS_LIKE)
    if len(signs) != RANDOM_SIGNS + 1 or not set(signs) <= set(ALPHABET):
        return None
    return grouped(signs) if check_sign(signs[:-1]) == signs[-1] else None
