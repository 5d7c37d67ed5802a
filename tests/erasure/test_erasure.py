"""Removing a person with everything (T56, T57): every column is reached, and afterwards nothing of them is left."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from blueprints.hosts import HostedFlask
from core import clock
from core.academies.models import Academy
from core.config import config
from core.db import CORE, AcademyBase, academy_metadata, db
from core.sealed import unseal
from jobs import perform, registry
from tenants.audit.models import Event
from tenants.certificates.models import CertificateDesign
from tenants.chat import actions as chatting
from tenants.chat import leaving
from tenants.erasure import actions as erasing
from tenants.erasure import reach
from tenants.erasure.models import Erasure
from tenants.exercises import actions as exercises
from tenants.exercises import queries, reviewing
from tenants.exercises.models import Review
from tenants.mail.actions import write_letter
from tenants.people.models import Ask, Invitation, Member
from tests.cast import Cast
from tests.chat.talking import say, write_talk
from tests.courses.writing import member
from tests.exercises.making import PDF, opened, write_exercise

# Personal, not reached by a chain of foreign keys and not by a step: why it may stay.
STAYS = {
    "files.name": "the name that an author gave to course material; who uploaded it is forgotten with the row of the member",
    "files.alt": "what an image of course material shows, in an author's words; who uploaded it is forgotten with the row",
    "join_links.label": "where a link hangs; who made it is forgotten",
    "bank_imports.file_name": "the name of a file of questions; who uploaded it is forgotten",
    "members.account_id": "goes with the row",
}


def test_T56_every_personal_column_goes_with_its_person_or_says_why_not() -> None:
    own, steps = reach.own_tables(), set(erasing.STEPS)
    missed = []
    for table in academy_metadata.sorted_tables:
        for column in table.columns:
            facts = column.info
            name = f"{table.name}.{column.name.removesuffix('_sealed')}"
            if facts["personal"] == "none" or facts["on_erasure"].startswith("keep: "):
                continue
            if table.name not in own and table.name not in steps and name not in STAYS:
                missed.append(name)
    assert missed == [], "give the table a foreign key with CASCADE, a step in tenants/erasure, or a reason"


def test_T56_whatever_holds_an_address_is_searched_for_the_persons() -> None:
    held = {
        table.name for table in academy_metadata.sorted_tables
        for column in table.columns if column.name in ("email_sealed", "recipient_sealed")
    }
    assert held - {"members"} <= set(erasing.STEPS), "rows of others may hold the address of who leaves"


def test_T56_every_reference_to_a_person_is_cut_or_goes() -> None:
    for table in academy_metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == "members":
                assert key.ondelete in ("CASCADE", "SET NULL"), f"{table.name}.{key.parent.name}"
                assert key.ondelete == "CASCADE" or key.parent.nullable, f"{table.name}.{key.parent.name}"


@pytest.fixture
def leaver(cast: Cast) -> UUID:
    """Let a participant leave something of every kind behind; return their id."""
    found = write_exercise(cast, enrolled=("participant", "second"), trainer="trainer", peers=1)
    with db.scope(cast.academy.scope, commit=True):
        person, trainer = member(cast, "participant"), member(cast, "trainer")
        person.first_name, person.last_name = "Zebulon", "Quistgaard"
        exercises.add_files(opened(cast, found), found.block, [(io.BytesIO(PDF), "zebulon.pdf")], uuid4(), person)
        hand_in = exercises.hand_in(opened(cast, found), found.block, uuid4(), "Zebulon Quistgaard baked this")
        exercises.write_message(hand_in, person, "It is mine, says Zebulon Quistgaard", uuid4())
        exercises.hand_in(opened(cast, found, "second"), found.block, uuid4(), "Another loaf")
        task = queries.peer_tasks(person, found.block, found.course)[0].review_id
        db.session.get_one(Review, task).text = "Zebulon Quistgaard liked it"
        reviewing.save_phrase(trainer, "Well baked.")
        email = person.email or ""
        write_letter("noor@example.org", "session_left", "en", title="Zebulon Quistgaard's hour", name="Noor", when="now", url="http://x.localhost/")
        write_letter(email, "session_left", "en", title="An hour", name="Zebulon", when="now", url="http://x.localhost/")
        write_letter("noor@example.org", "session_left", "en", title="Another", name="Noor", when="now", url="http://x.localhost/")
        db.session.add(Ask(email=email, language="en"))
        db.session.add(Invitation(email=email, first_name="Zebulon", roles=["participant"], token_hash=b"x" * 32, expires_at=clock.now()))
        db.session.add(CertificateDesign(title="Baker", body="", signers="Zebulon Quistgaard, master\nNoor, head"))
    return cast.ids["participant"]


def work() -> None:
    """Do the work that waits."""
    registry.load()
    perform.drain(most=50)


def everything(cast: Cast) -> str:
    """Return all that the academy's tables hold, opened, as one text."""
    said: list[str] = []
    sealed = {mapper.local_table.name: mapper.class_ for mapper in AcademyBase.registry.mappers}
    with db.scope(cast.academy.scope):
        for table in academy_metadata.sorted_tables:
            for row in db.session.execute(sa.select(table)).mappings():
                for name, value in row.items():
                    if str(name).endswith("_sealed") and value is not None:
                        said.append(str(unseal(sealed[table.name], str(name).removesuffix("_sealed"), row["id"], value)))
                    else:
                        said.append(json.dumps(value, default=str))
    return "\n".join(said)


def files_of(cast: Cast) -> list[str]:
    """Return the names of the academy's stored files."""
    return [path.name for path in (config().files_dir / cast.academy.scope.role).iterdir()]


def test_T57_after_an_erasure_nothing_of_the_person_is_left(cast: Cast, leaver: UUID) -> None:
    with db.scope(cast.academy.scope):
        email = member(cast, "participant").email or "none"
    before = everything(cast)
    assert "Zebulon Quistgaard baked" in before and email in before and len(files_of(cast)) == 1
    with db.scope(cast.academy.scope, commit=True):
        manager = member(cast, "manager")
        planned = erasing.plan(erasing.person(leaver, manager), manager, cast.academy.slug, at_once=True)
        key = planned.id
    work()
    after = everything(cast)
    for word in ("Zebulon", "Quistgaard", "zebulon.pdf", email):
        assert word not in after, word
    assert "Another loaf" in after and "Another" in after and "Well baked." in after, "the others keep what is theirs"
    assert files_of(cast) == []
    with db.scope(cast.academy.scope):
        receipt = db.session.get_one(Erasure, key)
        assert receipt.done_at is not None and receipt.counts["hand_ins"] == 1 and receipt.counts["files"] == 1
        assert receipt.counts["letters"] == 2 and receipt.counts["enrolments"] == 1 and receipt.counts["members"] == 1
        assert db.session.get(Member, leaver) is None
        assert [one.facts["member"] for one in db.session.scalars(sa.select(Event).where(Event.act == "erasure.done"))] == [str(leaver)]
        assert erasing.run(key), "a second time does nothing"


def test_T57_nothing_is_said_in_the_name_of_somebody_who_is_being_removed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = write_talk(cast)
    say(cast, "participant", talk.direct, "Before")
    late: list[str] = []

    def forget_and_hear(person: Member) -> int:
        done = leaving.forget(person)
        try:
            with db.scope(cast.academy.scope, commit=True):
                db.session.execute(sa.text("set local lock_timeout = '200ms'"))
                chatting.post_message(member(cast, "participant"), talk.direct, "After it was forgotten", uuid4())
        except OperationalError:
            late.append("waited")
        return done

    monkeypatch.setitem(erasing.STEPS, "messages", forget_and_hear)
    with db.scope(cast.academy.scope, commit=True):
        manager = member(cast, "manager")
        erasing.plan(erasing.person(cast.ids["participant"], manager), manager, cast.academy.slug, at_once=True)
    work()
    assert late == ["waited"] and "After it was forgotten" not in everything(cast)


def test_a_plan_waits_tells_the_person_and_can_be_taken_back(app: HostedFlask, cast: Cast, leaver: UUID) -> None:
    manager = cast.client(app, "manager")
    url = f"/people/{leaver}/erasure"
    page = manager.get(url)
    assert page.status_code == 200 and "Handed-in work" in page.text and "Zebulon Quistgaard" in page.text
    wrong = manager.post(url, data={"when": "notice", "typed": "Zebulon"})
    assert wrong.status_code == 422 and "This is not the name" in wrong.text and 'value="Zebulon"' in wrong.text
    done = manager.post(url, data={"when": "notice", "typed": "zebulon  quistgaard"}, follow_redirects=True)
    assert done.status_code == 200 and "Will be removed on" in done.text
    work()
    with db.scope(cast.academy.scope):
        assert db.session.get(Member, leaver) is not None, "nothing before its day"
    assert "take your own work" in everything(cast)
    assert cast.client(app, "participant").get("/own-work").status_code == 200
    assert manager.post(f"{url}/undoing", follow_redirects=True).status_code == 200
    with clock.shifted(timedelta(days=15)):
        work()
    with db.scope(cast.academy.scope):
        assert db.session.get(Member, leaver) is not None and erasing.planned(leaver) is None
    assert manager.post(f"{url}/undoing").status_code == 422, "there is nothing to take back"


def test_on_its_day_the_plan_is_carried_out_and_the_receipt_stands(app: HostedFlask, cast: Cast, leaver: UUID) -> None:
    manager = cast.client(app, "manager")
    with db.scope(cast.academy.scope, commit=True):
        erasing.plan(member(cast, "participant"), member(cast, "manager"), cast.academy.slug)
    with clock.shifted(timedelta(days=15)):
        work()
    page = manager.get("/people/removals").text
    assert "Receipts" in page and "Zebulon" not in page
    assert manager.get(f"/people/{leaver}/erasure").status_code == 404
    assert cast.client(app, "participant").get("/own-work").status_code in (302, 303)


def test_a_removed_trainer_leaves_feedback_without_a_name(app: HostedFlask, cast: Cast) -> None:
    found = write_exercise(cast, enrolled=("participant",), trainer="trainer")
    with db.scope(cast.academy.scope, commit=True):
        hand_in = exercises.hand_in(opened(cast, found), found.block, uuid4(), "My loaf")
        exercises.write_message(hand_in, member(cast, "trainer"), "Shorter, please", uuid4())
        erasing.erase(member(cast, "trainer"))
    page = cast.client(app, "participant").get(found.url())
    assert page.status_code == 200 and "Shorter, please" in page.text
    assert cast.client(app, "manager").get("/review?whose=all").status_code == 200
    assert cast.client(app, "participant").get(f"/learn/{found.course}").status_code == 200


def test_nobody_removes_owners_themselves_or_upwards(app: HostedFlask, cast: Cast) -> None:
    tries = [("manager", "owner", 403), ("manager", "manager", 403), ("owner", "owner", 403), ("trainer", "participant", 403)]
    for who, whom, status in tries:
        data = {"when": "now", "typed": "x"}
        assert cast.client(app, who).post(f"/people/{cast.ids[whom]}/erasure", data=data).status_code == status, (who, whom)
    with db.scope(cast.academy.scope):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Erasure)) == 0


def test_a_blocked_person_can_be_let_in_again_and_removed(app: HostedFlask, cast: Cast) -> None:
    manager, who = cast.client(app, "manager"), cast.ids["second"]
    assert manager.post(f"/people/{who}/removal").status_code == 303
    page = manager.get("/people/removals").text
    assert "Let in again" in page and f"/people/{who}/erasure" in page
    assert manager.get(f"/people/{who}/erasure").status_code == 200
    assert "can sign in again" in manager.post(f"/people/{who}/return", follow_redirects=True).text
    with db.scope(cast.academy.scope):
        again = db.session.get_one(Member, who)
        assert again.is_active and again.roles == {"participant"}


def test_core_keeps_what_is_cores(cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        erasing.erase(member(cast, "participant"))
    with db.scope(CORE):
        assert db.session.scalar(sa.select(Academy.state).where(Academy.number == cast.academy.number)) == "active"
