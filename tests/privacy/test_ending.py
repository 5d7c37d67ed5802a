"""The end of an account: asked, taken back, done; and T57: afterwards nothing of its holder is left."""

from __future__ import annotations

import os
import subprocess
from datetime import timedelta
from uuid import UUID

import pytest
import redis
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock
from core.academies.models import Closing, Ownership
from core.academies.owners import owners_of
from core.academies.queries import academy_by_number
from core.accounts.models import Account
from core.config import config
from core.db import CORE, db
from core.errors import Refused
from core.legal.models import Acceptance
from core.mail.models import InboundMail
from core.privacy import erasing, tombs
from core.privacy.models import AccountErasure
from jobs import perform, registry
from jobs.privacy import replay
from tests.conftest import Platform
from tests.doors import PASSWORD, letters, new_account
from tests.opened import Opened
from tests.privacy.people import WORDS, everything
from tests.privacy.test_mine import proven, signed_in


def work() -> None:
    """Do the work that waits."""
    registry.load()
    perform.drain(most=100)


def exists(account_id: UUID) -> bool:
    with db.scope(CORE):
        return db.session.get(Account, account_id) is not None


def own(academy: Opened, account_id: UUID) -> None:
    with db.scope(CORE, commit=True):
        db.session.add(Ownership(academy_id=academy_by_number(academy.number).id, account_id=account_id))


def test_it_is_asked_typed_planned_told_and_taken_back(app: HostedFlask) -> None:
    account = new_account()
    email = account.email or ""
    client = proven(app, email)
    page = client.get("/me/erasure").text
    assert "What is destroyed" in page and "What stays, and why" in page and "you cannot use the platform" in page
    wrong = client.post("/me/erasure", data={"when": "notice", "typed": "somebody@example.org"})
    assert wrong.status_code == 422 and "not the address of this account" in wrong.text and 'value="somebody@example.org"' in wrong.text
    assert client.post("/me/erasure", data={"when": "notice", "typed": f" {email.upper()} "}).status_code == 303
    assert "Your account ends on" in client.get("/me/erasure").text
    assert len(letters(None, "account_erasure_planned", email)) == 1
    client.post("/me/erasure", data={"when": "notice", "typed": email})
    assert len(letters(None, "account_erasure_planned", email)) == 1, "planned twice it is once"
    assert client.post("/me/erasure/undoing").status_code == 303
    assert len(letters(None, "account_erasure_undone", email)) == 1
    with clock.shifted(timedelta(days=8)):
        work()
    assert exists(account.id)
    assert client.post("/me/erasure/undoing").status_code == 422, "there is nothing to take back"


def test_in_seven_days_it_is_done_and_the_sign_in_works_no_more(app: HostedFlask) -> None:
    account = new_account()
    email = account.email or ""
    client = proven(app, email)
    client.post("/me/erasure", data={"when": "notice", "typed": email})
    with clock.shifted(timedelta(days=6)):
        work()
    assert exists(account.id)
    with clock.shifted(timedelta(days=7, hours=1)):
        work()
    assert not exists(account.id)
    assert client.get("/me").status_code in (302, 303)
    again = client.post("/sign-in", data={"email": email, "password": PASSWORD})
    assert again.status_code == 422


def test_at_once_signs_out_everywhere_and_says_so(app: HostedFlask) -> None:
    account = new_account()
    email = account.email or ""
    elsewhere, client = signed_in(app, email), proven(app, email)
    answer = client.post("/me/erasure", data={"when": "now", "typed": email})
    assert answer.location == "/account-ended" and "You are signed out" in client.get("/account-ended").text
    assert elsewhere.get("/me").status_code in (302, 303)
    work()
    assert not exists(account.id)


def test_who_owns_an_academy_alone_is_led_to_it_first(app: HostedFlask, academy: Opened) -> None:
    account = new_account()
    own(academy, account.id)
    client = proven(app, account.email or "")
    page = client.get("/me/erasure").text
    assert "First: your academies" in page and 'name="typed"' not in page
    refused = client.post("/me/erasure", data={"when": "now", "typed": account.email})
    assert refused.status_code == 422 and exists(account.id)


def test_an_academy_with_another_owner_goes_on(app: HostedFlask, academy: Opened) -> None:
    leaving, staying = new_account(), new_account()
    for one in (leaving, staying):
        own(academy, one.id)
    with db.scope(CORE, commit=True):
        erasing.plan(db.session.get_one(Account, leaving.id), "self", at_once=True)
    work()
    with db.scope(CORE):
        assert [one.id for one in owners_of(academy_by_number(academy.number))] == [staying.id]
    assert not exists(leaving.id)


def test_an_end_that_finds_an_academy_alone_waits_until_it_is_closed(academy: Opened) -> None:
    leaving, staying = new_account(), new_account()
    for one in (leaving, staying):
        own(academy, one.id)
    with db.scope(CORE, commit=True):
        erasing.plan(db.session.get_one(Account, leaving.id), "self", at_once=True)
        db.session.execute(sa.delete(Ownership).where(Ownership.account_id == staying.id))
    work()
    assert exists(leaving.id), "the other owner went first: somebody has to decide about the academy"
    with db.scope(CORE, commit=True):
        db.session.execute(sa.update(erasing.Academy).where(erasing.Academy.number == academy.number).values(state="closed", slug=None))
    with clock.shifted(timedelta(minutes=20)):
        work()
    assert not exists(leaving.id)


def test_the_last_operator_stays(platform: Platform) -> None:
    first = new_account(is_operator=True)
    with db.scope(CORE, commit=True):
        others = list(db.session.scalars(sa.select(Account.id).where(Account.is_operator, Account.id != first.id)))
        db.session.execute(sa.update(Account).where(Account.id.in_(others)).values(is_operator=False))
    with pytest.raises(Refused, match="last operator"), db.scope(CORE):
        erasing.plan(db.session.get_one(Account, first.id), "self")
    with db.scope(CORE, commit=True):
        db.session.execute(sa.update(Account).where(Account.id.in_(others)).values(is_operator=True))
        db.session.execute(sa.update(Account).where(Account.id == first.id).values(is_operator=False))


def test_a_last_export_that_nobody_else_may_fetch_ends_with_the_account(academy: Opened) -> None:
    account = new_account()
    with db.scope(CORE, commit=True):
        found = academy_by_number(academy.number)
        db.session.add(Closing(academy_id=found.id, number=found.number, undo_until=clock.now(), export_holder=account.id, step="done",
                               export_path="nothing.zip", export_until=clock.now() + timedelta(days=20), receipt={}))  # fmt: skip
        db.session.flush()
        assert [one.number for one in erasing.waiting_exports(account.id)] == [academy.number]
        erasing.plan(db.session.get_one(Account, account.id), "self", at_once=True)
    work()
    with db.scope(CORE):
        closing = db.session.scalars(sa.select(Closing).where(Closing.number == academy.number)).one()
        assert closing.export_path is None and closing.export_holder is None


def test_T57_after_an_account_ended_nothing_of_its_holder_is_left(platform: Platform, zebedeus: UUID) -> None:
    account_id = zebedeus
    before = everything()
    assert all(word in before for word in WORDS)
    with db.scope(CORE, commit=True):
        erasure_id = erasing.plan(db.session.get_one(Account, account_id), "self", at_once=True).id
    work()
    after = everything()
    assert [word for word in (*WORDS, "nieuw.zebedeus") if word in after] == []
    assert "iemand.anders@example.org" not in after, "a letter to somebody else that named them went too"
    dump = subprocess.run(
        [str(platform.postgres.binary("pg_dump")), "-h", str(platform.postgres.socket_dir), "-p", str(platform.postgres.port), "-U", "postgres", "kweek"],
        env={**os.environ, "PGPASSWORD": platform.postgres._password("postgres")}, capture_output=True, check=True,
    ).stdout  # fmt: skip
    server = redis.Redis.from_url(config().redis_url)
    held = dump + b"".join(server.dump(key) or b"" for key in server.keys("*"))
    held += b"".join(path.read_bytes() for folder in (config().files_dir, config().keystore_dir) for path in folder.rglob("*") if path.is_file())
    assert [word for word in WORDS if word.encode() in held or word.encode().hex().encode() in held] == []
    with db.scope(CORE):
        receipt = db.session.get_one(AccountErasure, erasure_id)
        assert receipt.done_at is not None
        assert {"accounts", "sessions", "tokens", "letters", "asks", "leads", "lead_notes", "subscribers", "inbound_mails", "owner_offers"} <= set(receipt.counts)
        proofs = db.session.scalars(sa.select(Acceptance).where(Acceptance.account_id == account_id)).all()
        assert len(proofs) == 2 and all(one.ends_at is not None for one in proofs), "the proof stays, and has its end"
    with db.scope(CORE, commit=True):
        assert erasing.due(erasure_id) is None, "a second time does nothing"


def test_an_address_that_was_never_proven_opens_and_destroys_nothing_of_others(app: HostedFlask, zebedeus: UUID) -> None:
    with db.scope(CORE, commit=True):  # as if they had no account, and somebody signed up with their address
        db.session.get_one(Account, zebedeus).email = "elders@geheim.example"
    thief = new_account(confirmed=False)
    with db.scope(CORE, commit=True):
        db.session.get_one(Account, thief.id).email = WORDS[2]
    client = proven(app, WORDS[2])
    shown = client.get("/me/data").text
    assert WORDS[3] not in shown and WORDS[4] not in shown and WORDS[6] not in shown
    client.post("/me/erasure", data={"when": "now", "typed": WORDS[2]})
    work()
    assert not exists(thief.id)
    left = everything()
    assert all(word in left for word in (WORDS[2], WORDS[3], WORDS[4], WORDS[5], WORDS[6]))


def test_what_others_wrote_stays_without_the_address(platform: Platform) -> None:
    account = new_account(first_name="Met", last_name="vriendelijke groet")
    with db.scope(CORE, commit=True):
        mine = account.email or ""
        written = InboundMail(why="unclear", sender="noor@example.org", sender_name="Noor", subject="Over iemand", body=f"Schrijf {mine.upper()}, niet x{mine}.\nMet vriendelijke groet")
        db.session.add(written)
        db.session.flush()
        mail_id = written.id
        erasing.plan(db.session.get_one(Account, account.id), "self", at_once=True)
    work()
    with db.scope(CORE):
        assert db.session.get_one(InboundMail, mail_id).body == f"Schrijf ***, niet x{mine}.\nMet vriendelijke groet"


def test_T55_who_comes_back_by_a_restore_is_erased_again(platform: Platform, zebedeus: UUID) -> None:
    tombs.ledger().unlink(missing_ok=True)  # other tests write into it under shifted clocks
    account_id = zebedeus
    with db.scope(CORE):
        backup = dict(db.session.execute(sa.select(Account.__table__).where(Account.id == account_id)).mappings().one())
    with db.scope(CORE, commit=True):
        erasing.plan(db.session.get_one(Account, account_id), "self", at_once=True)
    work()
    assert not exists(account_id) and replay() == []
    with db.scope(CORE, commit=True):
        db.session.execute(sa.insert(Account.__table__).values(backup))
    assert replay() == [f"account {account_id} is erased again"] and not exists(account_id)
    assert str(account_id) not in tombs.ledger().read_text(), "the ledger holds marks, not ids"
    with clock.shifted(timedelta(days=36)):
        assert tombs.sweep() >= 1 and list(tombs.living()) == []


def test_the_ledger_survives_a_line_that_was_cut_short(platform: Platform) -> None:
    account = new_account()
    tombs.bury("account", 0, account.id)
    with tombs.ledger().open("a") as handle:
        handle.write('{"kind": "acc')
    assert tombs.returned("account", 0, [account.id]) == [account.id]
    assert tombs.returned("member", 3, [account.id]) == []
    tombs.sweep()
    assert tombs.ledger().read_text().count("\n") == len(list(tombs.living()))
    tombs.ledger().unlink()
