"""Public keys of issuers: an academy adds its own and touches no other; anybody may read them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import ProgrammingError

from blueprints.hosts import HostedFlask
from core.db import CORE, db
from core.errors import Refused
from core.issuers.models import IssuerKey
from tenants.certificates import signing
from tenants.certificates.badge import Signer
from tenants.certificates.models import SigningKey
from tests.browsing import client_on
from tests.opened import Opened


def keep(x: str) -> str | None:
    return db.session.scalar(sa.text("SELECT local.keep_issuer_key(:x)"), {"x": x})


def test_the_first_signature_makes_a_key_and_makes_it_known(academy: Opened, other: Opened) -> None:
    with db.scope(academy.scope, commit=True):
        mine = signing.signer()
        assert signing.signer() == mine
    with db.scope(other.scope, commit=True):
        assert signing.signer().x != mine.x
    with db.scope(CORE):
        found = db.session.get_one(IssuerKey, mine.thumbprint)
        assert (found.x, found.number) == (mine.x, academy.number)


def test_a_key_that_is_rolled_back_is_not_known(academy: Opened) -> None:
    with db.scope(academy.scope):
        mine = signing.signer()
    with db.scope(CORE):
        assert db.session.get(IssuerKey, mine.thumbprint) is None


def test_a_new_key_signs_and_the_old_one_stays_known(academy: Opened) -> None:
    with db.scope(academy.scope, commit=True):
        old = signing.signer()
        signing.replace_key()
        new = signing.signer()
    assert new.x != old.x
    with db.scope(CORE):
        assert all(db.session.get(IssuerKey, one.thumbprint) for one in (old, new))


def test_the_private_key_is_sealed(academy: Opened) -> None:
    with db.scope(academy.scope, commit=True):
        mine = signing.signer()
        row = db.session.execute(sa.select(*SigningKey.__table__.columns)).one()
        assert mine.secret not in b"".join(bytes(value) for value in row if isinstance(value, bytes))


def test_an_academy_cannot_take_anothers_key_name_or_change_it(academy: Opened, other: Opened) -> None:
    with db.scope(academy.scope, commit=True):
        mine = signing.signer()
    with db.scope(other.scope, commit=True):
        assert keep(mine.x) == mine.thumbprint, "the same key has the same name; nothing changes"
    with db.scope(CORE):
        assert db.session.get_one(IssuerKey, mine.thumbprint).number == academy.number


@pytest.mark.parametrize("x", ["", "x" * 42, "x" * 44, "ö" * 43, '"},{"' + "x" * 38, "x" * 42 + "="])
def test_what_is_no_key_is_not_taken(academy: Opened, x: str) -> None:
    with db.scope(academy.scope):
        assert keep(x) is None


def test_the_platform_and_strangers_add_nothing(academy: Opened) -> None:
    with db.scope(CORE), pytest.raises(ProgrammingError, match="permission denied"):
        keep(Signer.new().x)
    with db.scope(CORE), pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(sa.delete(IssuerKey))
    with db.scope(academy.scope), pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(sa.text("SELECT * FROM core.issuer_keys"))


def test_an_academy_adds_fifty_keys_and_no_more(academy: Opened) -> None:
    with db.scope(academy.scope, commit=True):
        assert all(keep(Signer.new().x) for _ in range(50))
    with db.scope(academy.scope):
        assert keep(Signer.new().x) is None
        with pytest.raises(Refused, match="too many keys"):
            signing.signer()


def test_anybody_reads_a_key_at_its_address_and_only_on_the_platform(app: HostedFlask, academy: Opened) -> None:
    with db.scope(academy.scope, commit=True):
        mine = signing.signer()
    answer = client_on(app, "localhost").get(f"/issuers/{mine.thumbprint}")
    assert answer.json == {"kty": "OKP", "crv": "Ed25519", "x": mine.x, "alg": "EdDSA", "use": "sig", "kid": signing.issuer_of(mine)}
    assert "max-age" in answer.headers["Cache-Control"] and str(academy.number) not in answer.json
    assert client_on(app, f"{academy.slug}.localhost").get(f"/issuers/{mine.thumbprint}").status_code == 404
    for wrong in ("x", "x" * 43, "%C3%B6" * 43, mine.thumbprint[:-1] + "!"):
        assert client_on(app, "localhost").get(f"/issuers/{wrong}").status_code == 404
