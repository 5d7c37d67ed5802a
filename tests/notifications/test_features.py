"""Each event of the registry, from people's own verbs to what is told: to whom, in which words, and to whom no longer."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock, ids, queue
from core.db import db
from tenants.catalogue import entering
from tenants.catalogue.models import EntryRequest
from tenants.certificates.models import Certificate, plain
from tenants.certificates.notices import tell_holder
from tenants.certificates.numbers import new_number
from tenants.certificates.rules import Facts
from tenants.courses import actions as writing
from tenants.courses.models import Course
from tenants.erasure.actions import erase
from tenants.exercises import actions as exercises
from tenants.exercises.models import HandIn
from tenants.groups.models import Group, GroupMember, SeenGroup
from tenants.learning.actions import end_enrolment, enrol, open_lesson
from tenants.learning.models import Enrolment, Reminder
from tenants.learning.own_work import own_work
from tenants.learning.queries import course_for
from tenants.notifications import choices
from tenants.notifications.rules import Choice
from tenants.sessions import notices as sessions
from tests.cast import Cast
from tests.courses.writing import member, publish, text
from tests.doors import letters
from tests.exercises.making import handed_in, reviewed, write_exercise
from tests.notifications.telling import at, forget_work, notices, stay_signed_in, work, write_a_course
from tests.sessions.planned import plan, take


def told(cast: Cast, who: str) -> list[str]:
    """Return the kinds that somebody was told of, the oldest first."""
    return [one.kind for one in notices(cast, who)]


def page(cast: Cast, app: HostedFlask, who: str) -> str:
    """Return the page behind the bell."""
    return cast.client(app, who).get("/notifications").text


def test_hand_ins_feedback_questions_and_answers(cast: Cast, app: HostedFlask) -> None:
    found = write_exercise(cast, trainer="trainer")
    forget_work()
    first = handed_in(cast, found)
    work()
    assert told(cast, "trainer") == ["hand_in"] and told(cast, "manager") == [] == told(cast, "owner")
    assert "Sanne de Wit handed in: Bake a loaf" in page(cast, app, "trainer")
    with db.scope(cast.academy.scope, commit=True):
        hand_in = db.session.get_one(HandIn, first)
        exercises.write_message(hand_in, member(cast, "participant"), "Is rye fine?", uuid4())
        exercises.write_message(hand_in, member(cast, "trainer"), "It is", uuid4())
    reviewed(cast, first, "again")
    work()
    assert told(cast, "trainer") == ["hand_in", "question"]
    assert told(cast, "participant") == ["answer", "feedback"]
    text_of = page(cast, app, "participant")
    assert "Noor Haddad gave feedback: Bake a loaf" in text_of and "Noor Haddad answered: Bake a loaf" in text_of
    browser = cast.client(app, "participant")
    assert browser.get(f"/notifications/{notices(cast, 'participant')[1].id}").location == found.url()


def test_feedback_that_was_seen_on_its_page_is_read_and_not_mailed(cast: Cast, app: HostedFlask) -> None:
    stay_signed_in(cast)
    found = write_exercise(cast, trainer="trainer")
    with at("2027-01-12T23:00"):
        reviewed(cast, handed_in(cast, found), "approved")
        work()
        assert cast.client(app, "participant").get(found.url()).status_code == 200
        assert [one.read_at is None for one in notices(cast, "participant") if one.kind == "feedback"] == [False]
    with at("2027-01-13T08:00"):
        work()
        assert [one for one in letters(cast.academy, "notice", cast.email("participant")) if "feedback" in one[1]] == []


def test_a_hand_in_that_was_reviewed_meanwhile_is_not_in_the_morning_mail(cast: Cast) -> None:
    stay_signed_in(cast)
    found = write_exercise(cast, trainer="trainer", enrolled=("participant", "second"))
    with at("2027-01-12T12:00"):
        first = handed_in(cast, found)
        handed_in(cast, found, "second")
        work()
        reviewed(cast, first, "approved")
    with at("2027-01-13T07:31"):
        work()
        (digest,) = letters(cast.academy, "digest", cast.email("trainer"))
    assert digest[1].startswith("1 notification") and "Yusuf Demir handed in" in digest[2] and "Sanne" not in digest[2]


def test_who_sees_only_some_groups_is_told_of_their_people_alone(cast: Cast, app: HostedFlask) -> None:
    found = write_exercise(cast, enrolled=("participant", "second"))
    with db.scope(cast.academy.scope, commit=True):
        group = Group(id=ids.uuid7(), name="North", made_at=clock.now(), state="active")
        db.session.add(group)
        db.session.flush()
        db.session.add(GroupMember(group_id=group.id, member_id=cast.ids["second"], since=clock.now()))
        member(cast, "trainer").sees = "groups"
        db.session.add(SeenGroup(member_id=cast.ids["trainer"], group_id=group.id))
    handed_in(cast, found)
    handed_in(cast, found, "second")
    work()
    assert told(cast, "trainer") == ["hand_in"] and len(notices(cast, "owner")) == 2, "an owner who trains sees both"
    assert "Yusuf" in page(cast, app, "trainer")
    with db.scope(cast.academy.scope, commit=True):
        db.session.execute(sa.delete(SeenGroup))
    assert "Yusuf" not in page(cast, app, "trainer") and told(cast, "trainer") == [], "sight that was taken away takes the line away"


def test_T11_who_left_the_course_reads_no_feedback_behind_the_bell(cast: Cast, app: HostedFlask) -> None:
    found = write_exercise(cast, trainer="trainer")
    reviewed(cast, handed_in(cast, found), "again")
    work()
    assert "Bake a loaf" in page(cast, app, "participant")
    with db.scope(cast.academy.scope, commit=True):
        end_enrolment(db.session.scalars(sa.select(Enrolment)).one())
    assert "Bake a loaf" not in page(cast, app, "participant")


def test_a_changed_course_is_told_to_who_has_begun_once_a_week(cast: Cast) -> None:
    stay_signed_in(cast)
    course_id = write_a_course(cast)
    with at("2027-01-12T12:00"), db.scope(cast.academy.scope, commit=True):
        for who in ("participant", "second"):
            enrol(member(cast, who), db.session.get_one(Course, course_id), member(cast, who))
        taken = course_for(member(cast, "participant"), course_id)
        open_lesson(taken, taken.way.steps[0])
    for number in range(2):
        with at(f"2027-01-12T1{3 + number}:00"):
            with db.scope(cast.academy.scope, commit=True):
                course = db.session.get_one(Course, course_id)
                text(writing.add_lesson(course.live_modules[0], f"Salt {number}"), "Some.")
                publish(member(cast, "author"), course_id)
            work()
    assert told(cast, "participant") == ["course", "course"] and told(cast, "second") == [], "who has not begun reads nothing of changes"
    with at("2027-01-18T07:31"):
        work()
    (digest,) = letters(cast.academy, "digest")
    assert digest[0] == cast.email("participant") and digest[2].count("Changed: Bread for beginners") == 1


def test_a_deadline_that_is_near_and_one_that_was_met(cast: Cast) -> None:
    stay_signed_in(cast)
    course_id = write_a_course(cast)
    with at("2027-01-12T12:00"):
        with db.scope(cast.academy.scope, commit=True):
            enrolment = enrol(member(cast, "participant"), db.session.get_one(Course, course_id), member(cast, "participant"))
            row = Reminder(id=ids.uuid7(), enrolment_id=enrolment.id, about_id=course_id, mark="7", due_on=clock.today("Europe/Amsterdam") + timedelta(days=7), made_at=clock.now())
            db.session.add(row)
            db.session.flush()
            queue.later("notifications.tell", what="deadline", subject_id=row.id)
        work()
        assert [one[1] for one in letters(cast.academy, "notice")] == ["Do this by 19 January: Bread for beginners"]


def test_sessions_carry_their_calendar_unless_mail_about_them_is_off(cast: Cast) -> None:
    stay_signed_in(cast)
    session = plan(cast, places=5)
    with db.scope(cast.academy.scope, commit=True):
        choices.choose(member(cast, "second"), {"session": Choice(mail="off")})
    take(cast, session, "participant")
    take(cast, session, "second")
    work()
    assert [one[0] for one in letters(cast.academy, "session_seat")] == [cast.email("participant")]
    assert told(cast, "participant") == ["session"] == told(cast, "second")
    assert letters(cast.academy, "notice") == [], "the letter said it already"


def test_the_day_before_a_session_is_told_once(cast: Cast) -> None:
    stay_signed_in(cast)
    session = plan(cast)
    take(cast, session, "participant")
    work()
    with clock.shifted(timedelta(days=9, hours=2)):
        for _ in range(2):
            with db.scope(cast.academy.scope, commit=True):
                sessions.remind_all()
    details = [one.detail for one in notices(cast, "participant")]
    assert details.count("soon") <= 1
    with clock.shifted(timedelta(days=9, hours=23)), db.scope(cast.academy.scope, commit=True):
        sessions.remind_all()
    assert [one.detail for one in notices(cast, "participant")] == ["seat", "soon"]


def test_a_request_is_told_to_staff_and_its_answer_to_who_asked(cast: Cast, app: HostedFlask) -> None:
    course_id = write_a_course(cast)
    forget_work()
    with db.scope(cast.academy.scope, commit=True):
        course = db.session.get_one(Course, course_id)
        entering.save_entry(course, entering.Terms(way="approval"), member(cast, "manager"))
        entering.ask(member(cast, "participant"), course, "I bake")
    work()
    assert told(cast, "manager") == ["request"] == told(cast, "owner") and told(cast, "trainer") == []
    assert "Sanne de Wit asks to be let in: Bread for beginners" in page(cast, app, "manager")
    with db.scope(cast.academy.scope, commit=True):
        entering.decline(db.session.scalars(sa.select(EntryRequest)).one(), "Next year", member(cast, "manager"))
    work()
    assert told(cast, "participant") == ["decision"]


def test_a_certificate_is_told_to_its_holder_until_it_is_revoked(cast: Cast, app: HostedFlask) -> None:
    certificate_id = _certificate(cast)
    with db.scope(cast.academy.scope, commit=True):
        tell_holder(certificate_id)
    assert "You got a certificate: Bread" in page(cast, app, "participant")
    with db.scope(cast.academy.scope, commit=True):
        row = db.session.get_one(Certificate, certificate_id)
        row.state, row.reason, row.ended_at = "revoked", "A mistake", clock.now()
    assert "You got a certificate" not in page(cast, app, "participant")


def _certificate(cast: Cast) -> UUID:
    """Return a certificate of the participant, written as imports of the past write it."""
    facts = Facts(title="Certificate", body="{name}", signers=(), course="Bread", summary="", academy="A", colour="#14685a", language="en",
                  orientation="landscape", hours=None, logo_id=None)  # fmt: skip
    with db.scope(cast.academy.scope, commit=True):
        row = Certificate(id=ids.uuid7(), number=new_number(), member_id=cast.ids["participant"], earned_at=clock.now(), issued_on=date(2026, 11, 1),
                          origin="given", state="valid", name="Sanne de Wit", facts_json=plain(facts.plain()), share="facts", pdf_state="waiting",
                          made_at=clock.now())  # fmt: skip
        db.session.add(row)
        db.session.flush()
        return row.id


def test_the_names_in_a_mail_go_when_their_person_is_removed(cast: Cast) -> None:
    stay_signed_in(cast)
    found = write_exercise(cast, trainer="trainer")
    with at("2027-01-12T12:00"):
        handed_in(cast, found)
        work()
    with at("2027-01-13T07:31"):
        work()
        assert "Sanne de Wit" in letters(cast.academy, "digest", cast.email("trainer"))[0][2]
        with db.scope(cast.academy.scope, commit=True):
            erase(member(cast, "participant"))
        assert letters(cast.academy, "digest") == []


def test_one_takes_along_what_one_was_told(cast: Cast, app: HostedFlask) -> None:
    found = write_exercise(cast, trainer="trainer")
    reviewed(cast, handed_in(cast, found), "again")
    work()
    with db.scope(cast.academy.scope):
        mine = own_work(member(cast, "participant"))
    assert [one["kind"] for one in mine["notifications"]] == ["feedback"]
    assert mine["notification_choices"]["kinds"]["feedback"] == {"app": True, "mail": "at_once", "push": True}
