"""The academy's key for credentials: made at the first signature, made known to the platform in the same transaction."""

from __future__ import annotations

from base64 import b64decode, b64encode

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids
from core.db import db
from core.errors import Refused
from core.sealed import columns_for
from core.urls import platform_url
from tenants.certificates.badge import Signer
from tenants.certificates.models import SigningKey

_NEWEST = sa.select(SigningKey).order_by(SigningKey.number.desc()).limit(1)


def signer() -> Signer:
    """Return the key that signs now; the first is made here. Raises Refused if the platform does not take it."""
    found = db.session.scalar(_NEWEST)
    return _opened(found) if found is not None else _opened(new_key(1))


def new_key(number: int) -> SigningKey:
    """Return the academy's key `number`, made unless another process has just made it."""
    fresh, row_id = Signer.new(), ids.uuid7()
    secret = columns_for(SigningKey, row_id, secret=b64encode(fresh.secret).decode())
    made = insert(SigningKey).values(id=row_id, number=number, x=fresh.x, made_at=clock.now(), **secret)
    db.session.execute(made.on_conflict_do_nothing(index_elements=["number"]))
    key = db.session.scalars(sa.select(SigningKey).where(SigningKey.number == number)).one()
    if db.session.scalar(sa.text("SELECT local.keep_issuer_key(:x)"), {"x": key.x}) is None:
        raise Refused("too many keys")
    return key


def replace_key() -> SigningKey:
    """Return a new key that signs from now on; what earlier ones signed stays good."""
    last = db.session.scalar(_NEWEST)
    return new_key(last.number + 1 if last else 1)


def issuer_of(key: Signer) -> str:
    """Return the address at which the platform shows the public key for ever."""
    return platform_url(f"/issuers/{key.thumbprint}")


def _opened(key: SigningKey) -> Signer:
    return Signer(b64decode(key.secret or ""), key.x)
