"""Who is limited to groups sees only their people, on whatever route: a guard that walks them all over the demo world.

Every route that names a person (or something of theirs) answers 404 for somebody outside the groups, to a trainer and to a
manager who are limited; every page and file that names nobody holds no outsider's name. The same walk as somebody who sees
everybody finds them, so that a wrong id or an empty page cannot pass.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask
from core import clock, sessions
from core.access import login_rule
from core.db import academy_metadata, db
from jobs import registry
from jobs.demo.cast import ZORGWIJS
from jobs.demo.load import fill
from tenants.assessments.models import Sitting
from tenants.catalogue.models import EntryRequest, PathMember
from tenants.certificates.models import Certificate
from tenants.courses.models import Course, Lesson
from tenants.exercises.models import HandIn, HandInFile
from tenants.groups import actions, limits, sight
from tenants.groups.models import Group, GroupMember
from tenants.learning.models import Enrolment
from tenants.people import inviting
from tenants.people.models import Invitation, Member, MemberRole, MemberSession
from tenants.privacy.models import PrivacyRequest
from tenants.reports import files as report_files
from tenants.reports.asking import Asked
from tenants.reports.models import ReportFile
from tenants.reports.tables import table_for
from tenants.sessions.models import LiveSession, Seat
from tests.browsing import client_on
from tests.conftest import Pool
from tests.opened import Opened
from tests.web.test_routes import filled, rules

INSIDE = {"lieke", "bram", "rosa"}
# Routes of somebody's own (they answer about the one who asks), and what names nobody of this academy's people.
OWN = ("learning.", "exercises.", "assessments.show", "assessments.begin", "assessments.sitting", "assessments.keep",
       "assessments.answer", "assessments.time_left", "certificates.show", "certificates.progress", "certificates.pdf",
       "certificates.badge", "certificates.sharing", "certificates.index", "sessions.agenda", "sessions.show", "people.me", "surveys.answer", "surveys.course_survey", "people.end_device")  # fmt: skip
# Pages on which no participant can stand: material, looks, one's own.
NOBODY = {"bank", "media", "transfer", "settings", "files", "language", "assets"}
PLACES = {"people", "courses", "reports", "review", "tests", "sessions", "certificates", "requests", "path-desk"}
ASKED = ("", "?q=sanne&name=sanne&state=removed", "?show=all&whose=all&state=all&sort=name", "?name=Yusuf&q=Yusuf", "?show=ended", "?show=past")


@dataclass
class World:
    """The demo academy, its people by key, and for each person outside the groups what routes may name, by argument."""

    academy: Opened
    ids: dict[str, UUID]
    names: dict[str, str]
    theirs: dict[str, list[str]] = field(default_factory=dict)
    shared: dict[str, list[str]] = field(default_factory=dict)
    lessons: dict[str, str] = field(default_factory=dict)

    @property
    def outsiders(self) -> list[str]:
        """Return the full names of the participants whom the limited ones may not know of."""
        return [name for key, name in self.names.items() if key not in INSIDE]

    def client(self, app: HostedFlask, key: str) -> FlaskClient:
        """Return a client of this person."""
        host = f"{self.academy.slug}.localhost"
        client = client_on(app, host)
        client.set_cookie(sessions.cookie_name(), f"sight-{key}", domain=host)
        return client

    def member(self, key: str) -> Member:
        """Return a person, in the open frame."""
        return db.session.get_one(Member, self.ids[key])


@pytest.fixture(scope="module")
def world(pool: Pool, app: HostedFlask) -> Iterator[World]:
    """Write the demo academy, with a manager who is limited to the trainer's group and one who sees everybody."""
    registry.load()
    academy = pool.take()
    with db.scope(academy.scope, commit=True):
        people = fill(ZORGWIJS, None)
        owner = people["margriet"]
        for key, last in (("kim", "Limited"), ("mo", "Everybody")):
            people[key] = Member(email=f"{key}@example.org", first_name=key.title(), last_name=last, email_confirmed_at=clock.now())
            people[key].role_rows = [MemberRole(role="manager", given_at=clock.now())]
            db.session.add(people[key])
        db.session.flush()
        group = db.session.scalars(sa.select(Group).where(Group.name == "Team Zuid")).one()
        limits.limit_to(people["kim"], [group.id], owner)
        for key in ("joris", "kim", "mo", "margriet"):
            token = hashlib.sha256(f"sight-{key}".encode()).digest()
            db.session.add(MemberSession(member_id=people[key].id, token_hash=token, device="x", expires_at=clock.now() + timedelta(days=1)))
        learners = {one.key for one in ZORGWIJS.people if one.roles == ("participant",)}
        found = World(academy, {key: one.id for key, one in people.items()}, {key: people[key].name for key in learners})
        _add_what_the_demo_lacks(found)
        _collect(found, [people[key].id for key in learners - INSIDE])
    yield found
    pool.give_back(academy)


def _add_what_the_demo_lacks(world: World) -> None:
    course = db.session.scalars(sa.select(Course).where(Course.state == "published")).first()
    assert course is not None
    db.session.add(EntryRequest(member_id=world.ids["ole"], course_id=course.id, kind="request", state="open", turn=900))
    db.session.add(PrivacyRequest(member_id=world.ids["ole"], kind="know", source="self", due_at=clock.now() + timedelta(days=30)))
    row = sa.select(LiveSession).order_by(LiveSession.starts_at.desc()).limit(1)
    live = db.session.scalars(row).one()
    db.session.add(Seat(session_id=live.id, member_id=world.ids["tim"], state="seated", turn=900))
    inviting.remove(world.member("henk"), world.member("margriet"))
    db.session.flush()


def _collect(world: World, members: list[UUID]) -> None:
    """Note the ids that routes may name: of the outsiders, and of what everybody shares."""
    inside = Enrolment.member_id.in_(members)
    enrolled = sa.select(Enrolment.id).where(inside)
    queries: dict[str, Any] = {
        "member_id": sa.select(Member.id).where(Member.id.in_(members), Member.state == "active"),
        "enrolment_id": enrolled, "hand_in_id": sa.select(HandIn.id).where(HandIn.enrolment_id.in_(enrolled), HandIn.state != "draft"),
        "sitting_id": sa.select(Sitting.id).where(Sitting.enrolment_id.in_(enrolled)),
        "certificate_id": sa.select(Certificate.id).where(Certificate.member_id.in_(members)),
        "seat_id": sa.select(Seat.id).where(Seat.member_id.in_(members)),
        "request_id": sa.select(EntryRequest.id).where(EntryRequest.member_id.in_(members)),
        "asked_id": sa.select(PrivacyRequest.id).where(PrivacyRequest.member_id.in_(members)),
        "follower_id": sa.select(PathMember.id).where(PathMember.member_id.in_(members)),
        "invitation_id": sa.select(Invitation.id),
    }  # fmt: skip
    world.theirs = {name: [str(one) for one in db.session.scalars(query.limit(3))] for name, query in queries.items()}
    tables = {"course_id": "courses", "session_id": "live_sessions", "path_id": "paths", "group_id": "groups", "survey_id": "surveys",
              "organisation_id": "organisations", "import_id": "people_imports", "file_id": "files", "link_id": "join_links",
              "design_id": "certificate_designs"}  # fmt: skip
    for name, table in tables.items():
        rows = db.session.scalars(sa.select(academy_metadata.tables[table].c.id).limit(12))
        world.shared[name] = [str(one) for one in rows]
    asked = sa.or_(Lesson.id.in_(sa.select(Sitting.lesson_id)), Lesson.id.in_(sa.select(HandIn.lesson_id)))
    world.lessons = {str(one.id): str(one.module.course_id) for one in db.session.scalars(sa.select(Lesson).where(asked))}


def fillings(world: World, arguments: set[str]) -> Iterator[dict[str, str]]:
    """Yield values for the arguments of a route: of outsiders where it can name a person, else of what all share."""
    wanted = [name for name in sorted(arguments) if name.endswith("_id") and name != "lesson_id"]
    pools = [world.theirs.get(name) or world.shared.get(name) or [] for name in wanted]
    for values in itertools.product(*pools):
        ids = dict(zip(wanted, values, strict=True))
        if "lesson_id" not in arguments:
            yield ids
        else:
            yield from ({**ids, "lesson_id": one} for one, course in world.lessons.items() if course == ids.get("course_id"))


def text_of(answer: Any) -> str:
    """Return the words of a page or a file, an unpacked one too."""
    data = answer.get_data()
    answer.close()
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as pack:
            data = b"\n".join(pack.read(one) for one in pack.namelist())
    return data.decode("utf-8", "replace")


def reached(app: HostedFlask, roles: set[str]) -> Iterator[Any]:
    """Yield the routes of an academy that somebody with these roles may use, their own ones left out."""
    for rule in rules(app, "academy"):
        needed = login_rule(app.view_functions[rule.endpoint])
        if not rule.endpoint.startswith(OWN) and _roles(needed) & roles:
            yield rule


def _roles(needed: Any) -> set[str]:
    return {"trainer", "manager"} if needed == "signed in" else {one for one in ("participant", "trainer", "author", "manager", "owner") if one in str(needed)}


@pytest.mark.parametrize(("who", "roles"), [("joris", {"trainer", "author"}), ("kim", {"manager"})])
def test_every_route_that_names_somebody_outside_the_groups_is_404(app: HostedFlask, world: World, who: str, roles: set[str]) -> None:
    limited, asked = world.client(app, who), set()
    for rule in reached(app, roles):
        named = rule.arguments & world.theirs.keys()
        if not named:
            continue
        for ids in itertools.islice(fillings(world, rule.arguments), 15):
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                answer = limited.open(filled(rule, ids), method=method)
                assert answer.status_code == 404, (who, method, filled(rule, ids), answer.status_code)
                answer.close()
                asked |= named
    expected = {"member_id", "hand_in_id", "sitting_id", "enrolment_id", "seat_id", "request_id", "follower_id"}
    assert asked >= expected | ({"certificate_id", "invitation_id"} if who == "kim" else set()), asked


def test_who_sees_everybody_finds_what_the_guard_asks_for(app: HostedFlask, world: World) -> None:
    client, found = world.client(app, "mo"), set()
    for rule in reached(app, {"manager"}):
        named = rule.arguments & world.theirs.keys()
        if named and "GET" in (rule.methods or ()) and rule.endpoint != "certificates.issued_pdf":  # the demo's are not drawn
            answers = [client.get(filled(rule, ids)) for ids in itertools.islice(fillings(world, rule.arguments), 200)]
            assert any(one.status_code < 300 for one in answers), rule
            found |= named
    assert found >= {"member_id", "hand_in_id", "sitting_id", "certificate_id", "request_id", "asked_id"}
    assert all(world.theirs.values()), world.theirs


def pages_of(app: HostedFlask, world: World, who: str, roles: set[str]) -> Iterator[tuple[str, str]]:
    """Yield (address, words) of every page and file that names nobody in its address."""
    client = world.client(app, who)
    for rule in reached(app, roles):
        if "GET" not in (rule.methods or ()) or rule.arguments & world.theirs.keys() or rule.endpoint.split(".")[0] in NOBODY:
            continue
        for ids in itertools.islice(fillings(world, rule.arguments), 4):
            for path in _paths(filled(rule, ids), rule.endpoint, world):
                answer = client.get(path)
                if answer.status_code == 200:
                    yield path, text_of(answer)


def _paths(path: str, endpoint: str, world: World) -> Iterator[str]:
    if endpoint == "reports.export":
        for kind, extension in itertools.product(("help", "people", "matrix", "stops", "questions"), ("csv", "xlsx")):
            yield from (f"/reports/{kind}.{extension}?course={course}&show={show}" for course in world.shared["course_id"] for show in ("all", "ended"))
        return
    has_query = endpoint in ("courses.people", "reports.course", "certificates.give", "catalogue.path_people") or path.count("/") < 3
    yield from (path + asked for asked in (ASKED if has_query else ASKED[:1]))


@pytest.mark.parametrize(("who", "roles"), [("joris", {"trainer", "author"}), ("kim", {"manager"})])
def test_no_page_and_no_file_names_an_outsider(app: HostedFlask, world: World, who: str, roles: set[str]) -> None:
    told, inside = [], 0
    for path, words in pages_of(app, world, who, roles):
        told += [(path, name) for name in world.outsiders if name in words]
        inside += any(world.names[key] in words for key in INSIDE)
    assert told == []
    assert inside >= 8, "the pages hardly name anybody: the walk looks at nothing"


def test_who_sees_everybody_is_named_the_outsiders(app: HostedFlask, world: World) -> None:
    seen, places = set(), set()
    for path, words in pages_of(app, world, "mo", {"manager"}):
        named = {name for name in world.outsiders if name in words}
        seen |= named
        places |= {path.split("?")[0].split("/")[1]} if named else set()
        if seen == set(world.outsiders) and places >= PLACES:
            break
    assert seen == set(world.outsiders)
    assert places >= PLACES


def test_files_that_outsiders_handed_in_are_404(app: HostedFlask, world: World) -> None:
    with db.scope(world.academy.scope):
        members = [world.ids[key] for key in world.names if key not in INSIDE]
        link = sa.select(HandInFile.file_id).join(HandIn, HandIn.id == HandInFile.hand_in_id).join(Enrolment, Enrolment.id == HandIn.enrolment_id)
        files = list(db.session.scalars(link.where(Enrolment.member_id.in_(members), HandIn.state != "draft")))
    assert files
    for file in files:
        assert world.client(app, "mo").get(f"/files/{file}").status_code == 200
        assert world.client(app, "joris").get(f"/files/{file}").status_code == 404


def test_ids_of_outsiders_in_a_form_change_nothing(app: HostedFlask, world: World) -> None:
    outsiders = [str(world.ids[key]) for key in world.names if key not in INSIDE]

    def state() -> list[Any]:
        with db.scope(world.academy.scope):
            tables = (Enrolment, GroupMember, Seat, PathMember, Certificate)
            counts = [db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables]
            return [*counts, db.session.scalars(sa.select(EntryRequest.state).order_by(EntryRequest.id)).all()]

    before, kim = state(), world.client(app, "kim")
    with db.scope(world.academy.scope):
        group = db.session.scalars(sa.select(Group.id).where(Group.name == "Team Zuid")).one()
    for course in world.shared["course_id"]:
        kim.post(f"/courses/{course}/enrolments", data={"member": outsiders})
        kim.post(f"/courses/{course}/certificates", data={"member": outsiders, "day": "2026-01-01"})
    for live in world.shared["session_id"]:
        kim.post(f"/sessions/{live}/seats", data={"member": outsiders})
    for path in world.shared["path_id"]:
        kim.post(f"/path-desk/{path}/followers", data={"member": outsiders})
    kim.post(f"/groups/{group}/people", data={"member": outsiders})
    kim.post("/requests/approvals", data={"request": world.theirs["request_id"]})
    assert state() == before


def test_reports_in_the_background_hold_no_outsider(world: World) -> None:
    with db.scope(world.academy.scope):
        for viewer, sees in ((world.member("joris"), False), (world.member("mo"), True)):
            for course in world.shared["course_id"]:
                if db.session.get_one(Course, UUID(course)).publication_id is None:
                    continue
                words = str([table_for(viewer, kind, Asked(UUID(course), show=show)).make() for kind in ("people", "matrix") for show in ("all", "ended")])
                assert any(name in words for name in world.outsiders) is sees, (viewer.name, course)


def test_a_file_that_was_made_before_goes_when_somebody_is_limited(world: World) -> None:
    with db.scope(world.academy.scope, commit=True):
        noor, owner = world.member("noor"), world.member("margriet")
        asked = report_files.ask_file(noor, "help", "csv", Asked(), "en")
        report_files.make_file(asked.id, tell=False)
        assert asked.is_ready and asked.file is not None
        group = db.session.scalars(sa.select(Group).where(Group.name == "Team Zuid")).one()
        limits.limit_to(noor, [group.id], owner)
        file = db.session.get_one(ReportFile, asked.id)
        assert (file.state, file.trouble, file.file) == ("failed", "rights", None)
        report_files.make_again(file)
        report_files.make_file(file.id, tell=False)
        assert file.is_ready
        held = db.session.scalars(sa.select(HandIn.id).where(HandIn.trainer_id == noor.id, HandIn.state == "handed_in")).all()
        seen = db.session.scalars(sa.select(Enrolment.id).where(sight.visible_to(noor, Enrolment.member_id)))
        assert {db.session.get_one(HandIn, one).enrolment_id for one in held} <= set(seen), "work of others waits for everybody"
        for one in (HandIn.trainer_id, HandIn.claimed_by):
            db.session.execute(sa.update(HandIn).where(HandIn.state == "handed_in", HandIn.enrolment_id.in_(seen_enrolments(noor))).values({one: noor.id}))
        actions.set_archived(group, True, owner)
        left = sa.select(sa.func.count()).where(HandIn.state == "handed_in", sa.or_(HandIn.trainer_id == noor.id, HandIn.claimed_by == noor.id))
        assert db.session.scalar(left) == 0, "an archived group takes its trainers off the work of its people"
        actions.set_archived(group, False, owner)
        assert limits.see_everybody(noor, owner) and not limits.see_everybody(noor, owner)


def seen_enrolments(viewer: Member) -> sa.Select[Any]:
    """Return the SELECT of the enrolments of whom the viewer sees."""
    return sa.select(Enrolment.id).where(sight.visible_to(viewer, Enrolment.member_id))
