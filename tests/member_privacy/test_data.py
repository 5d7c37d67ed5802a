"""What is kept about a member (T56): read on a page, seen by whom it says, and taken along whole, without other people's data."""

from __future__ import annotations

import io
import json
import zipfile
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import current_app
from flask.testing import FlaskClient
from flask_babel import force_locale

from blueprints.hosts import HostedFlask
from blueprints.member_privacy import kinds, seen
from core import clock, limits
from core.accounts.passwords import hash_password
from core.db import academy_metadata, db
from tenants.audit.actions import record
from tenants.chat import standing
from tenants.erasure import actions as erasing
from tenants.erasure import reach
from tenants.exercises import actions as exercises
from tenants.exercises import queries
from tenants.exercises.models import Review
from tenants.groups import actions as groups
from tenants.groups import limits as sights
from tenants.groups.sight import sees_member, viewers_of
from tenants.mail.actions import write_letter
from tenants.people.models import Invitation, MemberSession
from tenants.privacy import stored
from tests.cast import Cast
from tests.chat.talking import say, write_talk
from tests.courses.writing import member
from tests.exercises.making import PDF, opened, write_exercise

PASSWORD = "four short easy words"


@pytest.fixture
def browser(app: HostedFlask, cast: Cast) -> FlaskClient:
    """Return a participant's browser; they have a password."""
    with db.scope(cast.academy.scope, commit=True):
        member(cast, "participant").password_hash = hash_password(PASSWORD)
    return cast.client(app, "participant")


def packed(browser: FlaskClient, password: str = PASSWORD) -> dict[str, bytes]:
    """Return the files of the archive by name."""
    answer = browser.post("/me/data/archive", data={"password": password})
    assert answer.status_code == 200 and "no-store" in answer.headers["Cache-Control"], answer.text[:500]
    pack = zipfile.ZipFile(io.BytesIO(answer.data))
    return {name: pack.read(name) for name in pack.namelist()}


def test_T56_every_table_of_a_person_has_one_kind_and_words_in_it() -> None:
    told = [name for kind in kinds.KINDS for name in kind.tables]
    assert sorted(told) == sorted(set(told)), "a table in two kinds"
    assert set(told) == set(reach.own_tables()) | set(erasing.STEPS) | {"audit", "erasures"}


def test_T56_every_personal_column_has_a_name_a_time_and_an_outcome() -> None:
    for kind in kinds.KINDS:
        for table in kind.tables:
            for column, facts in kinds.personal(table):
                assert kinds.label_of(table, column), f"{table}.{column}"
                assert facts["retention"] in kinds.TIMES, f"{table}.{column}: {facts['retention']}"
                keeps = str(facts["on_erasure"]).startswith("keep: ")
                assert not keeps or table in kinds.STAYS or table in reach.own_tables(), f"{table}.{column} stays and nobody says so"


def test_a_receipt_stays_as_long_as_the_academy_and_rows_of_ones_own_do_not(app: HostedFlask, cast: Cast) -> None:
    with app.test_request_context("/me/data", base_url=f"http://{cast.host}"), force_locale("en"):
        found = {kept.kind.tables[0]: [str(time) for time in kept.times] for kept in kinds.kinds_of({})}
    assert found["audit"] == ["7 years", "as long as the academy is here"]
    assert "as long as you are in this academy" in found["group_members"] and "as long as the academy is here" not in found["members"]


def test_T56_every_personal_column_of_a_person_is_in_the_archive_or_says_why_not() -> None:
    known = set(stored.WITHHELD)
    for table in [*reach.own_tables(), "invitations", *stored.ADDRESSED]:
        for column, _ in kinds.personal(table):
            assert column in stored.columns_told(table) or f"{table}.{column}" in known, f"{table}.{column}"
    for name in known:
        table, _, column = name.partition(".")
        held = {one.name.removesuffix("_sealed") for one in academy_metadata.tables[table].columns}
        assert column in held and column not in stored.columns_told(table), name


def test_T56_no_hash_and_no_secret_is_in_the_archive() -> None:
    for table in [*reach.own_tables(), "invitations", *stored.ADDRESSED]:
        for column in stored.columns_told(table):
            assert "hash" not in column and "secret" not in column and not column.endswith("_index"), f"{table}.{column}"


def test_the_page_says_what_is_kept_and_why(app: HostedFlask, cast: Cast, browser: FlaskClient) -> None:
    page = browser.get("/me/data")
    assert page.status_code == 200 and "Who you are" in page.text and "To know you" in page.text
    nothing = page.text.index("Nothing of you yet")
    assert page.text.index("Who you are") < nothing < page.text.index("Surveys with your name")
    with db.scope(cast.academy.scope):
        assert stored.counts(member(cast, "participant"))["members"] == 1
    assert cast.client(app, None).get("/me/data").location.startswith("/sign-in")


def test_the_archive_asks_for_the_password_and_counts_wrong_ones(browser: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert browser.get("/me/data/archive").mimetype == "text/html"
    spent: list[object] = []
    monkeypatch.setattr(limits, "spend", spent.append)
    wrong = browser.post("/me/data/archive", data={"password": "another one"})
    assert wrong.status_code == 422 and wrong.mimetype == "text/html" and "not your present password" in wrong.text
    assert len(spent) == 1
    assert browser.post("/me/data/archive", data={}).status_code == 422
    assert "index.html" in packed(browser)


def test_the_archive_holds_everything_of_the_member_with_files(cast: Cast, browser: FlaskClient) -> None:
    found = write_exercise(cast, enrolled=("participant", "second"), trainer="trainer", peers=1)
    with db.scope(cast.academy.scope, commit=True):
        person = member(cast, "participant")
        exercises.add_files(opened(cast, found), found.block, [(io.BytesIO(PDF), "loaf.pdf")], uuid4(), person)
        hand_in = exercises.hand_in(opened(cast, found), found.block, uuid4(), "My own loaf")
        exercises.write_message(hand_in, person, "About my loaf", uuid4())
        exercises.hand_in(opened(cast, found, "second"), found.block, uuid4(), "The loaf of Yusuf")
        task = queries.peer_tasks(person, found.block, found.course)[0].review_id
        db.session.get_one(Review, task).text = "I liked that loaf"
        write_letter(person.email or "", "session_left", "en", title="An hour", name="Sanne", when="now", url="http://x.localhost/")
        write_letter("noor@example.org", "session_left", "en", title="Hour of Noor", name="Noor", when="now", url="http://x.localhost/")
        db.session.add(Invitation(email=person.email, first_name="Sanne", roles=["participant"], token_hash=b"x" * 32, expires_at=clock.now()))
        record("people.look", actor_id=person.id)
    pack = packed(browser)
    assert pack["index.html"].startswith(b"<!doctype html>") and b"My own loaf" in pack["index.html"] and b"own-work.html" in pack["index.html"]
    assert any(name.endswith("loaf.pdf") and content == PDF for name, content in pack.items())
    rows = json.loads(pack["stored.json"])
    assert rows["hand_ins"][0]["text"] == "My own loaf" and rows["hand_in_messages"][0]["text"] == "About my loaf"
    assert [one["text"] for one in rows["reviews"]] == ["I liked that loaf"] and rows["reviews"][0]["by_id"] == "you"
    assert len(rows["letters"]) == 1 and len(rows["invitations"]) == 1 and "people.look" in [one["act"] for one in rows["audit"]]
    assert rows["members"][0]["email"] == cast.email("participant") and "password_hash" not in rows["members"][0]
    everything = b"".join(pack.values())
    assert b"The loaf of Yusuf" not in everything and b"Hour of Noor" not in everything


def test_the_archive_says_nothing_of_others(cast: Cast, browser: FlaskClient) -> None:
    talk = write_talk(cast)
    say(cast, "participant", talk.direct, "What I said")
    say(cast, "second", talk.direct, "What Yusuf said in private")
    with db.scope(cast.academy.scope, commit=True):
        standing.block(member(cast, "second"), member(cast, "participant"))
    pack = packed(browser)
    rows, everything = json.loads(pack["stored.json"]), b"".join(pack.values())
    assert [one["body"] for one in rows["messages"]] == ["What I said"] and rows["messages"][0]["sender_id"] == "you"
    assert b"What Yusuf said in private" not in everything and "member_blocks" not in rows, "who blocked somebody is not theirs to know"
    for who, their_id in cast.ids.items():
        assert who == "participant" or str(their_id) not in pack["stored.json"].decode(), who


def test_another_member_gets_their_own_archive(app: HostedFlask, cast: Cast, browser: FlaskClient) -> None:
    with db.scope(cast.academy.scope, commit=True):
        member(cast, "second").password_hash = hash_password(PASSWORD)
    other = packed(cast.client(app, "second"))
    assert cast.email("participant").encode() not in b"".join(other.values())
    assert cast.email("second").encode() in other["stored.json"]
    with db.scope(cast.academy.scope, commit=True):
        db.session.execute(sa.delete(MemberSession).where(MemberSession.member_id == cast.ids["second"]))
    assert cast.client(app, "second").post("/me/data/archive", data={"password": PASSWORD}).location.startswith("/sign-in")


def test_who_sees_somebody_is_who_the_code_lets_see_them(cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        owner, person = member(cast, "owner"), member(cast, "participant")
        other = groups.make_group("Bakers", owner)
        groups.add_people(other, [member(cast, "second")], owner)
        sights.limit_to(member(cast, "trainer"), [other.id], owner)
        db.session.flush()
        names = {one.id for one in viewers_of(person)}
        staff = [member(cast, who) for who in ("owner", "manager", "trainer", "author")]
        assert names == {one.id for one in staff if sees_member(one, person.id)}
        assert cast.ids["trainer"] not in names and cast.ids["manager"] in names
        assert cast.ids["trainer"] in {one.id for one in viewers_of(member(cast, "second"))}
        member(cast, "manager").state = "removed"
        assert cast.ids["manager"] not in {one.id for one in viewers_of(person)}, "who cannot sign in sees nobody"


def test_the_page_names_who_can_open_what_by_the_rule_of_the_route(app: HostedFlask, cast: Cast, browser: FlaskClient) -> None:
    page = browser.get("/me/data/seen").text
    profile = page[page.index("Your name, address"):page.index("Per course")]
    assert "Mees Kuipers" in profile and "Olga Visser" in profile and "Noor Haddad" not in profile, "trainers cannot open the page of a person"
    reports = page[page.index("Per course"):page.index("Your study time")]
    assert "Noor Haddad" in reports and "Yusuf Demir" not in page
    assert cast.client(app, "trainer").get(f"/people/{cast.ids['participant']}").status_code == 403
    assert cast.client(app, "manager").get(f"/people/{cast.ids['participant']}").status_code == 200


def test_every_door_leads_to_a_route_with_roles(app: HostedFlask, cast: Cast) -> None:
    with app.test_request_context("/me/data/seen", base_url=f"http://{cast.host}"):
        assert all(seen.roles_of(endpoint) for endpoint, _ in seen.DOORS), current_app.name


def test_what_fellow_participants_see_follows_the_members_choice(cast: Cast, browser: FlaskClient) -> None:
    assert "How far you read: they see it." in browser.get("/me/data/seen").text
    with db.scope(cast.academy.scope, commit=True):
        member(cast, "participant").shows_read = False
    assert "How far you read: they do not see it." in browser.get("/me/data/seen").text
