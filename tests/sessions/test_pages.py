"""The pages of sessions: agenda, one session, planning, the list of people, attendance; who sees what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock
from core.db import db
from tenants.sessions.models import LiveSession, Seat
from tests.cast import Cast
from tests.courses.writing import member
from tests.sessions.conftest import Taught
from tests.sessions.planned import form, in_days, plan, state_of, take, until
from tests.sessions.test_calendar import letters
from tests.statements import note


def statements(cast: Cast, act: Any) -> int:
    """Return how many statements the act costs."""
    seen: list[str] = []
    engine = db.engine_of(cast.academy.scope)
    sa.event.listen(engine, "before_cursor_execute", listener := lambda *args: note(seen, args[2]))
    try:
        assert act().status_code == 200
    finally:
        sa.event.remove(engine, "before_cursor_execute", listener)
    return len(seen)


def test_the_agenda_shows_what_concerns_the_person(app: HostedFlask, cast: Cast, taught: Taught) -> None:
    page = cast.client(app, "participant").get("/agenda")
    assert page.status_code == 200 and "as soon as one is planned" in page.text and "Plan sessions" not in page.text
    session = plan(cast, course_id=taught.course)
    page = cast.client(app, "participant").get("/agenda")
    assert "Practice evening" in page.text and "09:30-11:00" in page.text and "1 place left" in page.text
    assert "Medication safety" in page.text and page.text.count("<h1") == 1
    take(cast, session, "participant")
    assert "You have a seat" in cast.client(app, "participant").get("/agenda").text
    with clock.shifted(until(in_days(11), 9)):
        assert "Practice evening" not in cast.client(app, "participant").get("/agenda").text
        assert "Practice evening" in cast.client(app, "participant").get("/agenda?show=past").text


def test_a_seat_is_taken_and_given_up_on_the_page(app: HostedFlask, cast: Cast) -> None:
    session = plan(cast, leave_ahead=0)
    browser, second = cast.client(app, "participant"), cast.client(app, "second")
    assert "Take a seat" in browser.get(f"/agenda/{session}").text
    assert browser.post(f"/agenda/{session}/seat").status_code == 302
    assert "Join the waiting list" in second.get(f"/agenda/{session}").text
    second.post(f"/agenda/{session}/seat")
    assert "first in line" in second.get(f"/agenda/{session}").text
    assert "Give my seat up" in browser.get(f"/agenda/{session}").text
    assert browser.post(f"/agenda/{session}/seat/cancellation").status_code == 302
    assert state_of(cast, session, "second") == "seated"
    assert cast.client(app, "author").post(f"/agenda/{session}/seat/cancellation").status_code == 404


def test_a_refusal_is_a_page_that_says_what_to_do(app: HostedFlask, cast: Cast) -> None:
    session = plan(cast, signup_ahead=10080)
    with clock.shifted(until(in_days(9), 9)):
        answer = cast.client(app, "participant").post(f"/agenda/{session}/seat")
        assert answer.status_code == 422 and "Sign-up for this session is closed" in answer.text
        assert "Sign-up is closed" in cast.client(app, "participant").get(f"/agenda/{session}").text


def test_the_join_link_stands_on_the_page_at_its_time_only(app: HostedFlask, cast: Cast) -> None:
    session = plan(cast, kind="online", join_url="https://meet.example/room?a=1&b=2", places=1)
    take(cast, session, "participant")
    for hours, minutes, who, shown in ((8, 0, "participant", False), (9, 1, "participant", True), (9, 1, "second", False)):
        with clock.shifted(until(in_days(10), hours, minutes)):
            for path in (f"/agenda/{session}", "/agenda"):
                assert ("meet.example" in cast.client(app, who).get(path).text) is shown, (hours, who, path)


@pytest.mark.parametrize("who", ["participant", "second", "author", "manager", "trainer", "owner"])
def test_a_course_session_is_404_for_who_may_not_know_of_it(app: HostedFlask, cast: Cast, taught: Taught, who: str) -> None:
    session = plan(cast, course_id=taught.course)
    expected = 404 if who == "author" else 200
    assert cast.client(app, who).get(f"/agenda/{session}").status_code == expected
    staff = {"manager", "trainer", "owner"}
    for path in (f"/sessions/{session}", f"/sessions/{session}/edit", f"/sessions/{session}/attendance", "/sessions", "/sessions/new"):
        assert cast.client(app, who).get(path).status_code == (200 if who in staff else 403), path


def test_strangers_sign_in_first_and_the_other_academy_knows_nothing(app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    mine, theirs = casts
    session = plan(mine)
    assert mine.client(app, None).get(f"/agenda/{session}").status_code == 302
    for path in (f"/agenda/{session}", f"/sessions/{session}", f"/sessions/{session}/edit", f"/agenda/{session}/invitation.ics"):
        assert theirs.client(app, "owner").get(path).status_code == 404, path
    for path in (f"/agenda/{session}/seat", f"/sessions/{session}/seats", f"/sessions/{session}/cancellation"):
        assert theirs.client(app, "owner").post(path).status_code == 404, path


def test_staff_plan_a_session(app: HostedFlask, cast: Cast, taught: Taught) -> None:
    browser = cast.client(app, "trainer")
    assert browser.get("/sessions/new").status_code == 200
    key = "0190a5b0-0000-7000-8000-000000000001"
    sent = form(course_id=str(taught.course), trainers=[str(cast.ids["trainer"]), str(cast.ids["owner"])], session_key=key)
    answers = [browser.post("/sessions/new", data=sent) for _ in range(2)]
    assert {answer.headers["Location"] for answer in answers} == {f"/sessions/{key}"}, "a double click plans one"
    with db.scope(cast.academy.scope):
        row = db.session.scalars(sa.select(LiveSession)).one()
        assert (row.title, row.zone, row.places, row.minutes) == ("Practice evening", "Europe/Amsterdam", 1, 90)
        assert row.trainer_ids == {cast.ids["trainer"], cast.ids["owner"]}
    page = browser.get(f"/sessions?course={taught.course}")
    assert "Practice evening" in page.text
    assert "Noor Haddad" in cast.client(app, "participant").get(f"/agenda/{row.id}").text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "Give it a title"), ({"day": "soon"}, "date"), ({"ends": "08:00"}, "12 hours later at most"),
        ({"day": "2027-03-28", "begins": "02:30"}, "the clock goes forward"),
        ({"kind": "online", "join_url": "http://x.example"}, "begins with https://"), ({"places": "0"}, "from 1 to 2000"),
        ({"kind": "moon"}, "choice"), ({"course_id": "x"}, "choice"), ({"trainers": ["x"]}, "choice"),
    ],
)  # fmt: skip
def test_a_wrong_form_is_422_and_keeps_what_was_typed(app: HostedFlask, cast: Cast, changes: dict[str, Any], sentence: str) -> None:
    answer = cast.client(app, "trainer").post("/sessions/new", data=form(note="Bring an apron", **changes))
    assert answer.status_code == 422 and sentence in answer.text and "Bring an apron" in answer.text
    with db.scope(cast.academy.scope):
        assert db.session.scalars(sa.select(LiveSession)).all() == []


def test_a_move_without_a_reason_is_422(app: HostedFlask, cast: Cast) -> None:
    session = plan(cast)
    answer = cast.client(app, "trainer").post(f"/sessions/{session}/edit", data=form(begins="10:00", title="New title"))
    assert answer.status_code == 422 and "Write why it is moved" in answer.text and "New title" in answer.text
    with db.scope(cast.academy.scope):
        assert db.session.get_one(LiveSession, session).title == "Practice evening"
    assert cast.client(app, "trainer").post(f"/sessions/{session}/edit", data=form(begins="10:00", reason="Trains")).status_code == 302
    assert "Trains" in cast.client(app, "participant").get(f"/agenda/{session}").text


def test_cancelling_asks_why_and_says_so_everywhere(app: HostedFlask, cast: Cast) -> None:
    session, browser = plan(cast), cast.client(app, "trainer")
    take(cast, session, "participant")
    assert "Cancel for 1 person" in browser.get(f"/sessions/{session}/cancellation").text
    assert browser.post(f"/sessions/{session}/cancellation", data={"reason": " "}).status_code == 422
    assert browser.post(f"/sessions/{session}/cancellation", data={"reason": "The <b>boiler</b> broke"}).status_code == 302
    page = cast.client(app, "participant").get(f"/agenda/{session}").text
    assert "The &lt;b&gt;boiler&lt;/b&gt; broke" in page and "does not take place" in page


def test_staff_add_and_take_off_people(app: HostedFlask, cast: Cast, taught: Taught) -> None:
    session, browser = plan(cast, course_id=taught.course), cast.client(app, "trainer")
    page = browser.get(f"/sessions/{session}").text
    assert "Sanne de Wit" in page and "Anouk Prins" not in page, "only who takes the course could come"
    assert browser.post(f"/sessions/{session}/seats").status_code == 422
    sent = {"member": [str(cast.ids["second"]), str(cast.ids["participant"]), str(cast.ids["author"])]}
    assert browser.post(f"/sessions/{session}/seats", data=sent).status_code == 302
    with db.scope(cast.academy.scope):
        rows = {seat.member_id: seat for seat in db.session.scalars(sa.select(Seat))}
        assert set(rows) == {cast.ids["second"], cast.ids["participant"]}
        seated = next(seat for seat in rows.values() if seat.state == "seated")
    assert "1 person waits" in browser.get(f"/sessions/{session}").text
    assert browser.post(f"/sessions/{session}/seats/{seated.id}/removal").status_code == 302
    with db.scope(cast.academy.scope):
        assert sorted(db.session.scalars(sa.select(Seat.state))) == ["left", "seated"]


def test_attendance_is_one_form_for_the_whole_list(app: HostedFlask, cast: Cast) -> None:
    session, browser = plan(cast, places=5), cast.client(app, "trainer")
    for who in ("participant", "second"):
        take(cast, session, who)
    with db.scope(cast.academy.scope):
        ids = dict(db.session.execute(sa.select(Seat.member_id, Seat.id)).all())
    first, second = ids[cast.ids["participant"]], ids[cast.ids["second"]]
    path = f"/sessions/{session}/attendance"
    page = browser.get(path).text
    assert page.count("<legend>") == 2 and page.count("<form") == 1 and page.count('type="radio"') == 8
    assert browser.post(path, data={f"came-{first}": "present"}).status_code == 422, "it has not begun"
    with clock.shifted(until(in_days(10), 9, 20)):
        wrong = browser.post(path, data={f"came-{first}": "late", f"minutes-{first}": "many"})
        assert wrong.status_code == 422 and 'value="many"' in wrong.text and "from 0 to 1440" in wrong.text
        assert browser.post(path, data={f"came-{first}": "late", f"minutes-{first}": "75"}).status_code == 302
        assert browser.post(path, data={f"came-{first}": "late", f"minutes-{first}": "75", "do": "rest"}).status_code == 302
    with db.scope(cast.academy.scope):
        found = {seat.id: (seat.attendance, seat.minutes) for seat in db.session.scalars(sa.select(Seat))}
    assert found == {first: ("late", 75), second: ("present", 90)}
    with clock.shifted(until(in_days(10), 12)):
        assert "75 study minutes" in cast.client(app, "participant").get(f"/agenda/{session}").text


@pytest.mark.parametrize(("path", "who"), [("/agenda", "participant"), ("/sessions", "trainer")])
def test_a_list_costs_the_same_however_long_it_is(app: HostedFlask, cast: Cast, path: str, who: str) -> None:
    browser = cast.client(app, who)
    plan(cast, places=3)
    browser.get(path)
    few = statements(cast, lambda: browser.get(path))
    sessions: list[UUID] = [plan(cast, title=f"Session {number}") for number in range(6)]
    take(cast, sessions[0], "participant")
    assert statements(cast, lambda: browser.get(path)) == few <= 7
    session = plan(cast, places=5)
    manage = f"/sessions/{session}"
    empty = statements(cast, lambda: cast.client(app, "trainer").get(manage))
    for one in ("participant", "second", "author"):
        take(cast, session, one)
    assert statements(cast, lambda: cast.client(app, "trainer").get(manage)) <= empty + 1


def test_long_lists_have_pages(app: HostedFlask, cast: Cast) -> None:
    for number in range(27):
        plan(cast, title=f"Session {number:02d}", day=in_days(number + 1))
    browser = cast.client(app, "participant")
    first, second = browser.get("/agenda").text, browser.get("/agenda?page=2").text
    assert "Session 24" in first and "Session 25" not in first and "Session 26" in second and "page=1" in second


def test_whom_no_mail_reaches_is_named_before_a_session_changes(app: HostedFlask, cast: Cast) -> None:
    session = plan(cast, places=5)
    for who in ("participant", "second"):
        take(cast, session, who)
    browser = cast.client(app, "trainer")
    assert "No mail reaches" not in browser.get(f"/sessions/{session}/cancellation").text
    with db.scope(cast.academy.scope, commit=True):
        person = member(cast, "participant")
        person.number, person.email = "P1", None
        bounces = member(cast, "second")
        bounces.bounced_at, bounces.bounce_code = clock.now(), "550"
    for path in (f"/sessions/{session}/cancellation", f"/sessions/{session}/edit"):
        page = browser.get(path)
        assert page.status_code == 200 and "No mail reaches Sanne de Wit, Yusuf Demir." in page.text, path
    assert browser.post(f"/sessions/{session}/cancellation", data={"reason": "Ill"}).status_code == 302
    told = letters(cast)
    assert ("session_cancelled", "second") in told and not [one for one in told if one[1] == "participant"]
    agenda = cast.client(app, "participant")
    assert "Cancelled" in agenda.get("/agenda").text
    calendar = agenda.get(f"/agenda/{session}/invitation.ics").text
    assert "METHOD:CANCEL" in calendar and "ATTENDEE" not in calendar
