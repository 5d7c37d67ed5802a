"""Formats in which phones keep photos and browsers show none."""

from __future__ import annotations

from typing import Final

from tenants.files.looks import brands_of

HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif"})


def is_heic(head: bytes) -> bool:
    """Return whether the first bytes are those of a HEIC or AVIF photo."""
    return head[4:8] == b"ftyp" and bool(brands_of(head) & HEIC_BRANDS)
