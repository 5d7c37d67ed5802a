"""Removing somebody for good: the page names what goes, the name is typed, a job does it."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask
from core.db import db
from core.errors import Gone
from jobs.perform import drain
from tenants.audit.models import Event
from tenants.courses.models import Course
from tenants.erasure import actions as erasing
from tenants.exercises import actions
from tenants.exercises.models import HandIn
from tenants.files import storage
from tenants.files.models import File
from tenants.learning.actions import enrol
from tenants.learning.models import Enrolment
from tenants.mail.actions import write_letter
from tenants.mail.models import Letter
from tenants.people import inviting
from tenants.people.models import Invitation, Member, MemberSession
from tenants.sessions import seats
from tenants.sessions.models import LiveSession, Seat
from tests.cast import Cast, make_cast
from tests.courses.writing import member
from tests.doors import give_password
from tests.exercises.making import PDF, Exercise, handed_in, opened, reviewed, write_exercise
from tests.opened import Opened
from tests.sessions.planned import plan


def erasure_of(cast: Cast, who: str = "participant") -> str:
    """Return the address of the page."""
    return f"/people/{cast.ids[who]}/erasure"


def count(model: type[Any], *where: Any) -> int:
    """Return how many rows there are, in the open frame."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0


def busy(cast: Cast) -> tuple[Exercise, UUID, UUID]:
    """Let the participant hand in work with a file, be reviewed, and take the only seat of a session; return the
    exercise, the file's and the session's id. The second participant hands in too, and waits for the seat."""
    found = write_exercise(cast, enrolled=("participant", "second"))
    with db.scope(cast.academy.scope, commit=True):
        by = member(cast, "participant")
        actions.add_files(opened(cast, found), found.block, [(io.BytesIO(PDF), "loaf of Sanne.pdf")], uuid4(), by)
        file_id = db.session.scalars(sa.select(File.id)).one()
    reviewed(cast, handed_in(cast, found), "again", "Bake longer")
    reviewed(cast, handed_in(cast, found, "second", "Yusuf's loaf"), "approved")
    session_id = plan(cast, places=1)
    with db.scope(cast.academy.scope, commit=True):
        session = db.session.get_one(LiveSession, session_id)
        for who in ("participant", "second"):
            seats.take_seat(session, member(cast, who))
    return found, file_id, session_id


def test_page_names_what_goes_and_keeps_it_until_the_name_is_typed(app: HostedFlask, cast: Cast) -> None:
    busy(cast)
    manager = cast.client(app, "manager")
    assert erasure_of(cast) in manager.get(f"/people/{cast.ids['participant']}").text
    page = manager.get(erasure_of(cast)).text
    for words in ("<dt>Enrolments</dt><dd>1</dd>", "<dt>Hand-ins</dt><dd>1</dd>", "<dt>Files</dt><dd>1</dd>",
                  "<dt>Seats in sessions</dt><dd>1</dd>", "Sanne de Wit"):  # fmt: skip
        assert words in page
    assert "Certificates</dt>" not in page
    answer = manager.post(erasure_of(cast), data={"typed": "Sanne"})
    assert answer.status_code == 422 and "Type Sanne de Wit" in answer.text and 'value="Sanne"' in answer.text
    with db.scope(cast.academy.scope):
        assert member(cast, "participant").state == "active"


def test_own_work_can_be_offered_first_and_that_is_noted(app: HostedFlask, cast: Cast) -> None:
    busy(cast)
    answer = cast.client(app, "owner").post(f"/people/{cast.ids['participant']}/own-work.zip")
    pack = zipfile.ZipFile(io.BytesIO(answer.data))
    work = json.loads(pack.read("own-work.json"))
    assert work["name"] == "Sanne de Wit" and any(name.startswith("files/") for name in pack.namelist())
    with db.scope(cast.academy.scope):
        assert count(Event, Event.act == "member.own_work_fetched") == 1


def test_removal_takes_all_of_one_person_and_nothing_of_another(app: HostedFlask, cast: Cast) -> None:
    found, file_id, session_id = busy(cast)
    give_password(cast, "participant")
    manager, gone = cast.client(app, "manager"), cast.ids["participant"]
    with db.scope(cast.academy.scope, commit=True):
        write_letter(cast.email("trainer"), "reset_password", "en", name="Sanne de Wit", url="https://x.example", minutes=60)
        kept_letter = write_letter(cast.email("second"), "reset_password", "en", name="Yusuf", url="https://x.example", minutes=60).id
    answer = manager.post(erasure_of(cast), data={"typed": " sanne  DE wit "})
    assert answer.status_code == 303
    with db.scope(cast.academy.scope):
        row = member(cast, "participant")
        assert (row.state, row.password_hash, row.roles) == ("erasing", None, frozenset())
        assert count(MemberSession, MemberSession.member_id == gone) == 0
    assert cast.client(app, "participant").get("/").status_code != 200
    assert "Is being removed" in manager.get("/people/blocked").text
    assert manager.get(erasure_of(cast)).status_code == 404, "what is under way is not asked twice"
    while drain():
        pass
    with db.scope(cast.academy.scope):
        assert db.session.get(Member, gone) is None and count(File, File.id == file_id) == 0
        assert file_id not in storage.stored_ids()
        assert count(Enrolment) == count(HandIn) == 1 and count(Course) == 1
        assert db.session.get(Letter, kept_letter) is not None
        assert not [one for one in db.session.scalars(sa.select(Letter)) if "Sanne" in (one.body_text or "")]
        seat = db.session.scalars(sa.select(Seat).where(Seat.session_id == session_id)).one()
        assert (seat.member_id, seat.state) == (cast.ids["second"], "seated"), "who waited has the seat"
        receipt = db.session.scalars(sa.select(Event).where(Event.act == "member.erased")).one()
        assert receipt.facts["rows"]["hand_ins"] == receipt.facts["rows"]["files"] == 1
    assert "Sanne" not in manager.get("/people").text + manager.get("/people/blocked").text
    assert cast.client(app, "second").get(found.url()).status_code == 200


def test_trainer_who_goes_leaves_feedback_and_courses_without_a_name(app: HostedFlask, cast: Cast) -> None:
    found, _, _ = busy(cast)
    cast.client(app, "owner").post(erasure_of(cast, "trainer"), data={"typed": "Noor Haddad"})
    while drain():
        pass
    with db.scope(cast.academy.scope):
        assert db.session.get(Member, cast.ids["trainer"]) is None and count(HandIn) == 2
    page = cast.client(app, "participant").get(found.url()).text
    assert "Bake longer" in page and "Noor" not in page


def test_blocked_person_can_be_removed_and_nobody_is_let_back_in_meanwhile(app: HostedFlask, cast: Cast) -> None:
    manager = cast.client(app, "manager")
    manager.post(f"/people/{cast.ids['second']}/removal")
    assert erasure_of(cast, "second") in manager.get("/people/blocked").text
    with db.scope(cast.academy.scope, commit=True):
        by, host = member(cast, "owner"), inviting.Host("A", cast.academy.slug, "en")
        inviting.invite(by, host, [cast.email("second")], ["participant"], None)
        erasing.ask_erasure(member(cast, "second"), "Yusuf Demir", by)
        row = db.session.scalars(sa.select(Invitation)).one()
        with pytest.raises(Gone):
            inviting._member_for(row, "Yusuf", "Demir", "staple battery horse", "en")
    while drain():
        pass
    with db.scope(cast.academy.scope):
        assert db.session.get(Member, cast.ids["second"]) is None and count(Invitation) == 0


def test_place_in_a_course_goes_to_nobody_who_is_gone(cast: Cast) -> None:
    found = write_exercise(cast, enrolled=())
    with db.scope(cast.academy.scope, commit=True):
        enrol(member(cast, "participant"), db.session.get_one(Course, found.course))
        erasing.ask_erasure(member(cast, "participant"), "Sanne de Wit", member(cast, "owner"))
        assert erasing.erase(cast.ids["participant"]) is not None and erasing.erase(cast.ids["participant"]) is None


@pytest.mark.parametrize(("who", "whom", "code"), [
    ("participant", "second", 403), ("trainer", "participant", 403), ("author", "participant", 403),
    ("manager", "manager", 403), ("manager", "owner", 403), ("owner", "owner", 403), ("owner", "manager", 200),
])  # fmt: skip
def test_only_who_may_block_somebody_may_remove_them(who: str, whom: str, code: int, app: HostedFlask, cast: Cast) -> None:
    client: FlaskClient = cast.client(app, who)
    assert client.get(erasure_of(cast, whom)).status_code == code
    fetched = client.post(f"/people/{cast.ids[whom]}/own-work.zip").status_code
    assert fetched == code


def test_another_academy_finds_nobody(app: HostedFlask, cast: Cast, other: Opened) -> None:
    stranger = make_cast(other).client(app, "owner")
    assert stranger.get(erasure_of(cast)).status_code == 404
    assert stranger.post(erasure_of(cast), data={"typed": "Sanne de Wit"}).status_code == 404
    assert stranger.post(f"/people/{cast.ids['participant']}/own-work.zip").status_code == 404
