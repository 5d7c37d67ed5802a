"""Reads of issuers' public keys."""

from __future__ import annotations

from core.db import db
from core.errors import NotFound
from core.issuers.models import IssuerKey


def public_key(key_id: str) -> IssuerKey:
    """Return the key with this thumbprint. Raises NotFound."""
    found = db.session.get(IssuerKey, key_id) if len(key_id) == 43 and key_id.isascii() else None
    if found is None:
        raise NotFound("no such key")
    return found
