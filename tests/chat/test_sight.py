"""Who reads a room: whoever is in it now. Outsiders, another academy, who left: nothing, on any route."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core.db import db
from core.errors import NotFound
from tenants.chat import actions, manners, people, queries, searching, sight
from tenants.chat.models import Room
from tenants.courses.models import Course
from tenants.groups.models import Group, GroupMember, GroupTrainer, SeenGroup
from tenants.people.models import Member
from tests.cast import Cast
from tests.chat.talking import leave_course, say, write_talk
from tests.courses.writing import member

ROOMS = ("room", "question", "direct")
READERS = {"room": {"participant", "second", "trainer"}, "question": {"participant", "trainer"}, "direct": {"participant", "second"}}


@pytest.mark.parametrize("kind", ROOMS)
def test_only_who_is_in_a_room_reads_and_writes_there(app: HostedFlask, cast: Cast, kind: str) -> None:
    talk = write_talk(cast)
    room_id = getattr(talk, kind)
    say(cast, "participant", room_id, "Between us")
    for who in cast.ids:
        browser, inside = cast.client(app, who), who in READERS[kind]
        page = browser.get(f"/messages/{room_id}")
        assert (page.status_code == 200 and "Between us" in page.text) if inside else page.status_code == 404, (who, kind)
        assert browser.post(f"/messages/{room_id}", data={"body": "Hi"}).status_code == (303 if inside else 404), (who, kind)
        assert (str(room_id) in browser.get("/messages").text) == inside, (who, kind)
        assert ("Between us" in browser.get("/messages/search?q=between").text.replace("“", "")) == inside or inside, (who, kind)


@pytest.mark.parametrize("kind", ROOMS)
def test_both_conditions_say_the_same_of_everybody(cast: Cast, kind: str) -> None:
    talk = write_talk(cast)
    with db.scope(cast.academy.scope):
        room = db.session.get_one(Room, getattr(talk, kind))
        listed = {one.id for one in queries.people_in(room)}
        by_room = {key for who, key in cast.ids.items() if _reads(member(cast, who), room)}
        assert listed == by_room == {cast.ids[who] for who in READERS[kind]}


def _reads(person: Member, room: Room) -> bool:
    try:
        return queries.room_for(person, room.id) is not None
    except NotFound:
        return False


def test_who_left_the_course_reads_nothing_more_and_finds_nothing(app: HostedFlask, cast: Cast) -> None:
    talk = write_talk(cast)
    say(cast, "second", talk.room, "Zaterdag oven mee")
    browser = cast.client(app, "participant")
    assert "Zaterdag" in browser.get("/messages/search?q=zaterdag").text
    leave_course(cast, "participant", talk.course)
    for room_id in (talk.room, talk.question):
        assert browser.get(f"/messages/{room_id}").status_code == 404
        assert browser.post(f"/messages/{room_id}/read", data={"number": 1}).status_code == 404
    assert "Zaterdag oven" not in browser.get("/messages/search?q=zaterdag").text
    assert str(talk.room) not in browser.get("/messages").text
    with db.scope(cast.academy.scope):
        assert searching.search(member(cast, "participant"), "oven") == [] and len(searching.search(member(cast, "second"), "oven")) == 1
        assert cast.ids["participant"] not in {one.id for one in queries.people_in(db.session.get_one(Room, talk.room))}


def test_a_removed_participant_is_in_no_room(app: HostedFlask, cast: Cast) -> None:
    talk = write_talk(cast)
    say(cast, "participant", talk.room, "Hello")
    with db.scope(cast.academy.scope, commit=True):
        member(cast, "participant").state = "removed"
    browser = cast.client(app, "participant")
    assert browser.get(f"/messages/{talk.room}").status_code in (302, 303)
    with db.scope(cast.academy.scope):
        for room in db.session.scalars(sa.select(Room)):
            assert cast.ids["participant"] not in {one.id for one in queries.people_in(room)}


def test_a_trainer_who_gives_the_course_no_longer_is_out(app: HostedFlask, cast: Cast) -> None:
    talk = write_talk(cast)
    say(cast, "participant", talk.question, "Is this right?")
    assert cast.client(app, "trainer").get(f"/messages/{talk.question}").status_code == 200
    with db.scope(cast.academy.scope, commit=True):
        db.session.get_one(Course, talk.course).trainer_id = cast.ids["owner"]
    assert cast.client(app, "trainer").get(f"/messages/{talk.question}").status_code == 404
    assert "Is this right?" in cast.client(app, "owner").get(f"/messages/{talk.question}").text


def group(cast: Cast, *inside: str, leader: str | None = None) -> Any:
    """Return the id of a group with its room open."""
    with db.scope(cast.academy.scope, commit=True):
        made = Group(name="Early birds")
        db.session.add(made)
        db.session.flush()
        db.session.add_all([GroupMember(group_id=made.id, member_id=cast.ids[who]) for who in inside])
        if leader:
            db.session.add(GroupTrainer(group_id=made.id, member_id=cast.ids[leader]))
        actions.open_group(made.id)
        return made.id


def test_who_left_the_group_reads_nothing_more(app: HostedFlask, cast: Cast) -> None:
    group_id = group(cast, "participant", "second", leader="trainer")
    with db.scope(cast.academy.scope):
        room_id = db.session.scalars(sa.select(Room.id).where(Room.group_id == group_id)).one()
    say(cast, "trainer", room_id, "Welcome")
    assert cast.client(app, "participant").get(f"/messages/{room_id}").status_code == 200
    assert cast.client(app, "manager").get(f"/messages/{room_id}").status_code == 404
    with db.scope(cast.academy.scope, commit=True):
        db.session.execute(sa.delete(GroupMember).where(GroupMember.member_id == cast.ids["participant"]))
    assert cast.client(app, "participant").get(f"/messages/{room_id}").status_code == 404
    with db.scope(cast.academy.scope, commit=True):
        db.session.get_one(Group, group_id).state = "archived"
    assert cast.client(app, "second").get(f"/messages/{room_id}").status_code == 404


def test_who_is_limited_to_groups_talks_with_their_people_only(app: HostedFlask, cast: Cast) -> None:
    talk = write_talk(cast)
    group_id = group(cast, "second")
    with db.scope(cast.academy.scope, commit=True):
        member(cast, "trainer").sees = "groups"
        db.session.add(SeenGroup(member_id=cast.ids["trainer"], group_id=group_id))
    browser = cast.client(app, "trainer")
    assert browser.get(f"/messages/{talk.room}").status_code == 404, "the room holds everybody of the course"
    assert browser.get(f"/messages/{talk.question}").status_code == 404, "the asker is out of sight"
    page = browser.get("/messages/new").text
    assert "Yusuf Demir" in page and "Sanne de Wit" not in page
    assert browser.post(f"/messages/with/{cast.ids['participant']}").status_code == 404
    assert cast.client(app, "participant").post(f"/messages/with/{cast.ids['trainer']}").status_code == 404
    with db.scope(cast.academy.scope):
        for key in (talk.room, talk.question):
            assert cast.ids["trainer"] not in {one.id for one in queries.people_in(db.session.get_one(Room, key))}


def test_participants_write_to_each_other_only_where_the_academy_lets_them(app: HostedFlask, cast: Cast) -> None:
    talk = write_talk(cast)
    browser = cast.client(app, "participant")
    assert "Yusuf Demir" in browser.get("/messages/new").text
    set_manners(cast, peers=False)
    page = browser.get("/messages/new").text
    assert "Yusuf Demir" not in page and "Noor Haddad" in page
    assert browser.post(f"/messages/with/{cast.ids['second']}").status_code == 404
    refused = browser.post(f"/messages/{talk.direct}", data={"body": "Still here?"})
    assert refused.status_code == 403 and "You cannot write to this person now" in refused.text
    assert "Here only trainers write" in browser.get(f"/messages/{talk.room}").text
    say(cast, "trainer", talk.room, "Only I")
    say(cast, "participant", talk.question, "A question is always allowed")
    with db.scope(cast.academy.scope, commit=True):
        manners.choose_course(talk.course, True, member(cast, "manager"))
    assert "Yusuf Demir" in browser.get("/messages/new").text, "this course has its own choice"
    assert browser.post(f"/messages/{talk.room}", data={"body": "Hello all"}).status_code == 303
    assert browser.post(f"/messages/{talk.direct}", data={"body": "Hello you"}).status_code == 303


def test_direct_talks_can_be_switched_off_and_stay_to_be_read(app: HostedFlask, cast: Cast) -> None:
    talk = write_talk(cast)
    say(cast, "participant", talk.direct, "Before")
    set_manners(cast, direct=False)
    browser = cast.client(app, "participant")
    page = browser.get(f"/messages/{talk.direct}")
    assert "Before" in page.text and "switched off in this academy" in page.text and 'name="body"' not in page.text
    assert browser.post(f"/messages/{talk.direct}", data={"body": "After"}).status_code == 403
    assert browser.post(f"/messages/with/{cast.ids['trainer']}").status_code == 404
    assert cast.client(app, "trainer").post(f"/messages/with/{cast.ids['participant']}").status_code == 404


def test_minors_turn_direct_talks_presence_and_read_state_off(cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        manners.choose({"peers": True, "direct": True, "receipts": True, "presence": True, "typing": True, "minors": True}, member(cast, "manager"))
        now, chosen = queries.manners(), queries.manners_chosen()
    assert (now.direct, now.receipts, now.presence, now.typing, now.peers) == (False, False, False, False, True)
    assert chosen.direct and chosen.presence, "what was chosen before comes back"


def test_people_who_share_nothing_cannot_begin_to_talk(app: HostedFlask, cast: Cast) -> None:
    browser = cast.client(app, "participant")
    assert "Yusuf Demir" not in browser.get("/messages/new").text
    assert browser.post(f"/messages/with/{cast.ids['second']}").status_code == 404
    assert browser.post(f"/messages/with/{cast.ids['participant']}").status_code == 404
    assert browser.post(f"/messages/with/{cast.ids['trainer']}").status_code == 303


def test_nobody_is_found_by_their_address(cast: Cast) -> None:
    write_talk(cast)
    with db.scope(cast.academy.scope):
        person = member(cast, "participant")
        assert [one.name for one in people.to_write(person, "yus dem")] == ["Yusuf Demir"]
        assert people.to_write(person, "second@") == []


def test_no_room_of_a_course_or_group_opens_for_who_is_not_in_it(app: HostedFlask, cast: Cast) -> None:
    talk = write_talk(cast)
    group_id = group(cast, "second")
    for who, expected in (("participant", 303), ("trainer", 303), ("author", 404), ("manager", 404)):
        assert cast.client(app, who).post(f"/messages/course/{talk.course}").status_code == expected, who
    assert cast.client(app, "second").post(f"/messages/group/{group_id}").status_code == 303
    assert cast.client(app, "participant").post(f"/messages/group/{group_id}").status_code == 404
    assert cast.client(app, "author").post(f"/learn/{talk.course}/lessons/{talk.lesson}/question").status_code == 404


def set_manners(cast: Cast, **changed: bool) -> None:
    """Let the academy talk so."""
    with db.scope(cast.academy.scope, commit=True):
        manners.choose({**queries.manners_chosen().switches, "minors": False, **changed}, member(cast, "manager"))


def test_a_condition_is_the_same_for_one_and_for_many(cast: Cast) -> None:
    talk = write_talk(cast)
    with db.scope(cast.academy.scope):
        rooms = set(db.session.scalars(sa.select(Room.id).where(sight.readable(member(cast, "second")))))
    assert rooms == {talk.room, talk.direct}
