"""A course that is done gives one certificate, frozen as it was; it is replaced, renewed, revoked, and it ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from core import clock, queue
from core.config import config
from core.db import CORE, db
from core.errors import Refused
from core.outbox.models import Work
from jobs import perform
from tenants.certificates import actions, design_actions, making, queries
from tenants.certificates.models import Certificate
from tenants.courses.models import Course
from tenants.files import storage
from tenants.files.models import File
from tenants.learning.models import Enrolment
from tenants.people.models import Member
from tests.certificates.giving import Given
from tests.courses.writing import member

Finish = Callable[..., Certificate]


def test_a_finished_course_gives_a_certificate_with_pdf_and_badge(given: Given, finish: Finish) -> None:
    found = finish()
    assert (found.state, found.origin, found.pdf_state, found.share) == ("valid", "earned", "ready", "facts")
    with given.inside():
        one = given.certificate(found.id)
        assert one.name == "Sanne de Wit" and one.facts.course == "Medication safety" and str(one.hours) == "12.5"
        assert one.expires_on == date(one.issued_on.year + 2, one.issued_on.month, one.issued_on.day)
        assert one.badge is not None and one.badge.count(".") == 2
        assert one.pdf_id is not None and b"".join(storage.read(one.pdf_id)).startswith(b"%PDF-")
        assert given.events("certificates.issued") == [{"member": str(one.member_id), "certificate": str(one.id)}]


def test_the_job_twice_and_a_sweep_give_one_certificate(given: Given, issued: UUID) -> None:
    with given.inside():
        enrolment_id = db.session.scalars(sa.select(Enrolment.id)).one()
        for _ in range(2):
            queue.later("certificates.issue", enrolment_id=enrolment_id)
        queue.later("certificates.sweep")
        queue.later("certificates.print", certificate_id=issued)
    perform.drain(most=20)
    with given.inside():
        assert len(given.all()) == 1 and db.session.scalar(sa.select(sa.func.count(File.id))) == 1


def test_a_course_without_a_design_gives_none(given: Given) -> None:
    with given.inside():
        design_actions.archive_design(queries.design(member(given.cast, "owner"), given.design_id))
        enrolment = db.session.scalars(sa.select(Enrolment)).one()
        enrolment.done_at = clock.now()
        db.session.flush()
        assert actions.issue_for(enrolment.id) is None and actions.queue_missing() == 0


def test_a_reset_before_the_job_runs_gives_none(given: Given) -> None:
    with given.inside():
        assert actions.issue_for(db.session.scalars(sa.select(Enrolment.id)).one()) is None


def test_the_daily_look_finds_who_was_forgotten(given: Given) -> None:
    with given.inside():
        db.session.scalars(sa.select(Enrolment)).one().done_at = clock.now()
        queue.later("certificates.sweep")
    perform.drain(most=20)
    with given.inside():
        assert [one.pdf_state for one in given.all()] == ["ready"]


@pytest.mark.parametrize(("earlier", "count"), [(False, 0), (True, 1)])
def test_who_finished_before_the_choice_gets_one_only_if_the_author_says_so(given: Given, earlier: bool, count: int) -> None:
    with given.inside():
        owner, course = member(given.cast, "owner"), db.session.get_one(Course, given.course_id)
        design = queries.design(owner, given.design_id)
        design_actions.certify(course, None, None, False, owner)
        db.session.scalars(sa.select(Enrolment)).one().done_at = clock.now() - timedelta(days=3)
        design_actions.certify(course, design, None, earlier, owner)
        actions.queue_missing()
    perform.drain(most=20)
    with given.inside():
        assert len(given.all()) == count


def test_doing_the_course_again_gives_a_second_certificate(given: Given, issued: UUID) -> None:
    with given.inside():
        enrolment = db.session.scalars(sa.select(Enrolment)).one()
        enrolment.done_at = clock.now() + timedelta(seconds=1)
        db.session.flush()
        again = actions.issue_for(enrolment.id)
        assert again is not None and again.id != issued and len(given.all()) == 2


def test_what_stands_on_it_is_frozen(given: Given, issued: UUID) -> None:
    with given.inside():
        db.session.get_one(Member, given.cast.ids["participant"]).last_name = "Jansen"
        db.session.get_one(Course, given.course_id).title = "Another name"
        design = queries.design(member(given.cast, "owner"), given.design_id)
        design_actions.change_design(design, design_actions.DesignDraft("Diploma", "{name}"), member(given.cast, "owner"))
    with given.inside():
        one = given.certificate(issued)
        assert (one.name, one.facts.course, one.facts.title) == ("Sanne de Wit", "Medication safety", "Certificate")


def test_a_replacement_carries_the_present_name_and_the_old_one_says_so(given: Given, issued: UUID) -> None:
    with given.inside():
        db.session.get_one(Member, given.cast.ids["participant"]).last_name = "Jansen"
        old = given.certificate(issued)
        actions.share(old, "name")
        fresh = actions.replace(old, "Name corrected", member(given.cast, "owner"))
        assert (fresh.name, fresh.share, fresh.issued_on, fresh.expires_on) == ("Sanne Jansen", "name", old.issued_on, old.expires_on)
        assert fresh.number != old.number and old.state == "replaced" and old.reason == "Name corrected"
        assert queries.follower_of(old) is fresh
        with pytest.raises(Refused, match="not valid any more"):
            actions.replace(old, "Again", member(given.cast, "owner"))
    perform.drain(most=20)
    with given.inside():
        assert actions.queue_missing() == 0 and len(given.all()) == 2 and given.all()[1].pdf_state == "ready"


def test_a_revoked_one_is_not_issued_again_by_the_sweep(given: Given, issued: UUID) -> None:
    with given.inside(), pytest.raises(Refused, match="why ended"):
        actions.revoke(given.certificate(issued), "  ", member(given.cast, "owner"))
    with given.inside():
        actions.revoke(given.certificate(issued), "Fraud in the test", member(given.cast, "owner"))
        assert actions.queue_missing() == 0
        assert given.events("certificates.revoked")[0]["certificate"] == str(issued)


def test_it_ends_on_its_last_day_in_the_academys_zone_and_is_noted_once_before(given: Given, issued: UUID) -> None:
    with given.inside():
        one = given.certificate(issued)
        last = one.expires_on
        assert last is not None
        assert one.standing(last) == "soon" and one.standing(last + timedelta(days=1)) == "expired"
        assert one.standing(last - timedelta(days=61)) == "valid"
        assert actions.note_endings() == 0
    with clock.shifted(timedelta(days=700)), given.inside():
        assert (actions.note_endings(), actions.note_endings()) == (1, 0)
        assert given.events("certificates.ending") == [{"member": str(given.cast.ids["participant"]), "certificate": str(issued)}]


def test_a_renewal_is_of_today_and_happens_once(given: Given, issued: UUID) -> None:
    with clock.shifted(timedelta(days=700)), given.inside():
        owner, old = member(given.cast, "owner"), given.certificate(issued)
        fresh = actions.renew(old, owner)
        assert fresh.origin == "renewed" and fresh.issued_on == queries.own_academy().today and old.state == "valid"
        with pytest.raises(Refused, match="not valid any more"):
            actions.renew(old, owner)
        assert actions.note_endings() == 0


def test_by_hand_nobody_gets_a_second_one_and_no_day_to_come(given: Given) -> None:
    with given.inside():
        owner, course = member(given.cast, "owner"), db.session.get_one(Course, given.course_id)
        people = [member(given.cast, who) for who in ("participant", "second")]
        day = queries.own_academy().today
        assert [one.name for one in actions.give(people, course, day, owner)] == ["Sanne de Wit", "Yusuf Demir"]
        assert actions.give(people, course, day, owner) == []
        author = member(given.cast, "author")
        earlier = actions.give([author], course, date(2025, 3, 30), owner)[0]
        assert earlier.issued_on == date(2025, 3, 30) == earlier.earned_at.date() and earlier.expires_on == date(2027, 3, 30)
        with pytest.raises(Refused, match="future day"):
            actions.give(people, course, day + timedelta(days=1), owner)
        design_actions.certify(course, None, None, False, owner)
        with pytest.raises(Refused, match="no design"):
            actions.give(people, course, day, owner)


def test_names_stand_nowhere_in_plain_text(given: Given, issued: UUID) -> None:
    with given.inside():
        columns = [c.name for c in Certificate.__table__.columns]
        row = db.session.execute(sa.select(*(Certificate.__table__.c[name] for name in columns))).one()
        text = " ".join(value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in row)
        assert "Sanne" not in text and "Medication" not in text
        for path in (config().files_dir / given.cast.academy.scope.role).iterdir():
            assert b"%PDF" not in path.read_bytes()


def test_signs_without_a_font_are_said_and_not_left_out(given: Given) -> None:
    with given.inside():
        member(given.cast, "participant").last_name = "\u674e"
        course = db.session.get_one(Course, given.course_id)
        one = actions.give([member(given.cast, "participant")], course, queries.own_academy().today, member(given.cast, "owner"))[0]
        making.make(one.id)
        assert one.pdf_state == "failed" and one.pdf_id is None and one.badge is not None
        assert given.events("certificates.not_printed") == [{"certificate": str(one.id)}]


def test_a_pdf_goes_with_its_person(given: Given, issued: UUID) -> None:
    with given.inside():
        pdf_id = given.certificate(issued).pdf_id
        db.session.execute(sa.delete(Member).where(Member.id == given.cast.ids["participant"]))
        queue.later("certificates.sweep")
    perform.drain(most=20)
    with given.inside():
        assert given.all() == [] and db.session.scalars(sa.select(File.id)).all() == []
        assert pdf_id not in storage.stored_ids()


def test_no_room_in_the_outbox_loses_no_progress(given: Given, finish: Finish) -> None:
    with db.scope(CORE, commit=True):
        db.session.execute(sa.text(
            "INSERT INTO local.outbox (id, number, job, args, priority, due_at, made_at, tries)"
            " SELECT gen_random_uuid(), :number, 'certificates.sweep', '{}', 9, now() + interval '1 day', now(), 0"
            "   FROM generate_series(1, 50001)"), {"number": given.cast.academy.number})  # fmt: skip
    with pytest.raises(sa.exc.NoResultFound):
        finish()
    with db.scope(CORE, commit=True):
        db.session.execute(sa.delete(Work))
    with given.inside():
        assert db.session.scalars(sa.select(Enrolment)).one().done_at is not None
        assert actions.queue_missing() == 1
