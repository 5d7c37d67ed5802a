"""After a closing one thing is left of an academy's certificates: the public key, without a name; badges stay checkable."""

from __future__ import annotations

import io
import json
import zipfile
from uuid import UUID

import sqlalchemy as sa

from core.config import config
from core.crypto import FileCipher
from core.db import CORE, db
from core.issuers.models import IssuerKey
from core.keystore import open as open_key
from core.owner import owner_connection
from tenants.certificates import actions, check, design_actions, making, queries, signing
from tenants.certificates.models import Certificate
from tenants.closing.machine import close_academy
from tenants.history import START, head_revision
from tenants.migrate import advance
from tenants.people.models import Member
from tenants.provision import next_number, provision_schema
from tests.cast import make_cast
from tests.courses.writing import member
from tests.factories import published_course
from tests.life.lives import Life, ask, closing_row, directory, remains
from tests.life.test_provision import empty_schema
from tests.opened import Opened


def issued(academy: Opened) -> tuple[str, str, str]:
    """Return the badge of a certificate, the thumbprint of its key, and the private key as base64 text."""
    cast = make_cast(academy)
    directory(academy).mkdir(parents=True, exist_ok=True)
    with db.scope(academy.scope, commit=True):
        owner = member(cast, "owner")
        course, _ = published_course(owner)
        design = design_actions.create_design(design_actions.DesignDraft("Certificate", "{name}"), owner)
        design_actions.certify(course, design, None, False, owner)
        one = actions.give([member(cast, "participant")], course, queries.own_academy().today, owner)[0]
        making.make(one.id)
        assert one.badge is not None and one.pdf_state == "ready"
        key = signing.signer()
        return one.badge, key.thumbprint, signing.b64encode(key.secret).decode()


def test_T42_the_key_stays_without_a_name_and_what_was_signed_can_be_checked(life: Life, dying: Opened, living: Opened) -> None:
    badge, thumbprint, _ = issued(dying)
    _, neighbours, _ = issued(living)
    ask(dying)
    with owner_connection() as owner:
        assert close_academy(owner, dying.number) == "done"
    assert not any(remains(dying).values())
    with db.scope(CORE):
        kept = db.session.get_one(IssuerKey, thumbprint)
        assert kept.number is None, "whose it was is forgotten"
        assert db.session.get_one(IssuerKey, neighbours).number == living.number
        row = db.session.execute(sa.select(*IssuerKey.__table__.columns).where(IssuerKey.id == thumbprint)).one()
    text = " ".join(map(str, row))
    assert all(word not in text for word in (dying.slug, f"Academy {dying.number}", dying.scope.role))
    found = check.check(badge, {"kty": "OKP", "crv": "Ed25519", "x": kept.x})
    assert found.is_named and found.kid.endswith(f"/issuers/{thumbprint}")


def test_T42_the_private_key_is_in_no_export(life: Life, dying: Opened) -> None:
    badge, _, secret = issued(dying)
    closing_id = ask(dying)
    with owner_connection() as owner:
        close_academy(owner, dying.number)
    content = exported(dying, closing_id)
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        everything = b"".join(pack.read(name) for name in pack.namelist())
        rows = json.loads(pack.read("tables/certificates.json"))
        assert "tables/signing_keys.json" not in pack.namelist()
    assert secret.encode() not in everything
    assert [(row["name"], row["badge"]) for row in rows] == [("Sanne de Wit", badge)], "what people earned is in it"
    assert closing_row(dying)["receipt"]["tables"]["signing_keys"] == 1


def exported(academy: Opened, closing_id: UUID) -> bytes:
    """Return the final export, opened."""
    stored = (config().files_dir / "exports" / closing_row(academy)["export_path"]).read_bytes()
    return FileCipher(open_key("core"), closing_id).unseal_bytes(stored)


def test_an_academy_that_was_migrated_may_make_its_key_known_too(life: Life) -> None:
    with owner_connection() as owner:
        number = next_number(owner)
        provision_schema(owner, number)
        empty_schema(owner, number)
        owner.execute(f"REVOKE EXECUTE ON FUNCTION local.keep_issuer_key(text) FROM ac_{number}")
        advance(owner, number, START)
        rights = owner.execute("SELECT has_function_privilege(%s, 'local.keep_issuer_key(text)', 'EXECUTE'),"
                               " has_function_privilege('platform_app', 'local.keep_issuer_key(text)', 'EXECUTE'),"
                               " (SELECT revision FROM local.revisions WHERE number = %s)", [f"ac_{number}", number]).fetchone()  # fmt: skip
        assert rights == (True, False, head_revision())


def test_removing_a_person_takes_their_certificates(life: Life, living: Opened) -> None:
    issued(living)
    with db.scope(living.scope, commit=True):
        held = db.session.scalars(sa.select(Certificate.member_id)).one()
        db.session.execute(sa.delete(Member).where(Member.id == held))
        assert db.session.scalars(sa.select(Certificate.id)).all() == []
