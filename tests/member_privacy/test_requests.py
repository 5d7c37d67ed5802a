"""What members ask about their data: to the managers, with its clock, mail at each step, and an erasure that is carried out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock
from core.db import db
from jobs import perform, registry
from tenants.audit.models import Event
from tenants.erasure import actions as erasing
from tenants.groups import actions as groups
from tenants.groups import limits as sights
from tenants.mail.models import Letter
from tenants.people.models import Member
from tenants.privacy.models import PrivacyRequest
from tenants.privacy.rules import may_extend, months_later
from tests.cast import Cast
from tests.courses.writing import member

WHY = "Because I found another job"


def mails(cast: Cast, kind: str) -> list[str]:
    """Return to whom letters of this kind went."""
    with db.scope(cast.academy.scope):
        return [one.recipient or "" for one in db.session.scalars(sa.select(Letter).where(Letter.kind == kind))]


def only(cast: Cast) -> PrivacyRequest:
    """Return the one request, detached."""
    with db.scope(cast.academy.scope):
        row = db.session.scalars(sa.select(PrivacyRequest)).one()
        db.session.expunge(row)
        return row


@pytest.fixture
def asked(app: HostedFlask, cast: Cast) -> UUID:
    """Let a participant ask to be removed; return the request's id."""
    done = cast.client(app, "participant").post("/me/data/requests", data={"kind": "erase", "words": WHY}, follow_redirects=True)
    assert done.status_code == 200 and "Your request is with the academy." in done.text and WHY in done.text
    with db.scope(cast.academy.scope):
        return db.session.scalars(sa.select(PrivacyRequest)).one().id


@pytest.mark.parametrize(("day", "months", "then"), [((2026, 1, 31), 1, (2026, 2, 28)), ((2026, 12, 15), 1, (2027, 1, 15)), ((2027, 12, 31), 2, (2028, 2, 29)), ((2026, 10, 1), 2, (2026, 12, 1))])
def test_a_month_later_is_the_same_day_or_the_months_last(day: tuple[int, int, int], months: int, then: tuple[int, int, int]) -> None:
    assert months_later(datetime(*day, 9, tzinfo=UTC), months) == datetime(*then, 9, tzinfo=UTC)


def test_the_time_is_made_longer_once_and_in_time() -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    assert may_extend(True, False, now, now)
    assert not may_extend(True, True, now, now) and not may_extend(False, False, now, now)
    assert not may_extend(True, False, now - timedelta(seconds=1), now)


def test_asking_starts_the_clock_and_tells_both_sides(app: HostedFlask, cast: Cast, asked: UUID) -> None:
    row = only(cast)
    assert row.state == "open" and row.source == "self"
    assert abs(row.due_at - months_later(row.made_at, 1)) < timedelta(seconds=5)
    assert mails(cast, "privacy_received") == [cast.email("participant")]
    assert sorted(mails(cast, "privacy_asked")) == [cast.email("manager"), cast.email("owner")]
    again = cast.client(app, "participant").post("/me/data/requests", data={"kind": "erase", "words": "Again"})
    assert again.status_code == 303 and only(cast).id == asked, "a double submit is one request"
    assert len(mails(cast, "privacy_received")) == 1


def test_what_is_missing_is_said_and_what_was_typed_stays(app: HostedFlask, cast: Cast) -> None:
    browser = cast.client(app, "participant")
    none = browser.post("/me/data/requests", data={"words": "My own words"})
    assert none.status_code == 422 and "Choose what you ask." in none.text and "My own words" in none.text
    blank = browser.post("/me/data/requests", data={"kind": "correct", "words": " "})
    assert blank.status_code == 422 and "Write what must be corrected" in blank.text


def test_an_owner_is_sent_to_the_platform(app: HostedFlask, cast: Cast) -> None:
    refused = cast.client(app, "owner").post("/me/data/requests", data={"kind": "erase"})
    assert refused.status_code == 422 and "removed on the platform" in refused.text


def test_only_managers_who_see_the_person_answer_and_nobody_answers_themself(app: HostedFlask, cast: Cast, asked: UUID) -> None:
    for who in ("participant", "trainer", "author"):
        assert cast.client(app, who).get("/people/requests").status_code == 403
    assert "Sanne de Wit" in cast.client(app, "manager").get("/people/requests").text
    with db.scope(cast.academy.scope, commit=True):
        owner = member(cast, "owner")
        other = groups.make_group("Bakers", owner)
        groups.add_people(other, [member(cast, "second")], owner)
        sights.limit_to(member(cast, "manager"), [other.id], owner)
    limited = cast.client(app, "manager")
    assert "Sanne de Wit" not in limited.get("/people/requests").text
    assert limited.get(f"/people/requests/{asked}").status_code == 404
    assert limited.get(f"/people/{cast.ids['participant']}/requests/new").status_code == 404
    limited.post("/me/data/requests", data={"kind": "know"})
    with db.scope(cast.academy.scope):
        own = db.session.scalars(sa.select(PrivacyRequest).where(PrivacyRequest.member_id == cast.ids["manager"])).one().id
    assert limited.post(f"/people/requests/{own}", data={"step": "done", "words": "x"}).status_code == 403


def test_a_refusal_needs_a_reason_and_is_told(app: HostedFlask, cast: Cast, asked: UUID) -> None:
    manager, url = cast.client(app, "manager"), f"/people/requests/{asked}"
    assert manager.post(url, data={"step": "refused", "words": ""}).status_code == 422 and only(cast).is_open
    assert manager.post(url, data={"step": "refused", "words": "The law makes us keep it"}).status_code == 303
    row = only(cast)
    assert row.state == "refused" and row.ended_by == cast.ids["manager"] and row.ended_at is not None
    assert mails(cast, "privacy_refused") == [cast.email("participant")]
    assert "The law makes us keep it" in cast.client(app, "participant").get("/me/data/requests").text
    with db.scope(cast.academy.scope):
        assert erasing.planned(cast.ids["participant"]) is None, "a refused erasure is none"
    assert manager.post(url, data={"step": "done", "words": "Yet done"}).status_code == 422, "it is answered once"


def test_the_time_is_made_longer_by_two_months_once(app: HostedFlask, cast: Cast, asked: UUID) -> None:
    manager, url, before = cast.client(app, "manager"), f"/people/requests/{asked}", only(cast).due_at
    assert manager.post(url, data={"step": "longer", "words": "Many ask at once"}).status_code == 303
    row = only(cast)
    assert row.is_open and row.due_at == months_later(before, 2) and row.extended_at is not None
    assert mails(cast, "privacy_longer") == [cast.email("participant")]
    assert manager.post(url, data={"step": "longer", "words": "And once more"}).status_code == 422
    assert only(cast).due_at == row.due_at


def test_after_the_month_the_time_cannot_be_made_longer(app: HostedFlask, cast: Cast, asked: UUID) -> None:
    with db.scope(cast.academy.scope, commit=True):
        db.session.execute(sa.update(PrivacyRequest).values(due_at=clock.now() - timedelta(days=1)))
    assert cast.client(app, "manager").post(f"/people/requests/{asked}", data={"step": "longer", "words": "Late"}).status_code == 422
    assert 'value="longer"' not in cast.client(app, "manager").get(f"/people/requests/{asked}").text, "and it is not offered"


def test_an_erasure_that_was_asked_is_carried_out(app: HostedFlask, cast: Cast, asked: UUID) -> None:
    done = cast.client(app, "manager").post(f"/people/requests/{asked}", data={"step": "done", "words": "In 14 days you are gone"})
    assert done.status_code == 303
    assert mails(cast, "privacy_done") == [cast.email("participant")] == mails(cast, "erasure_planned")
    with db.scope(cast.academy.scope):
        plan = erasing.planned(cast.ids["participant"])
        assert plan is not None and db.session.get(Member, cast.ids["participant"]) is not None
        day = plan.due_at
    registry.load()
    with clock.shifted(day - clock.now() + timedelta(hours=1)):
        perform.drain(most=50)
    with db.scope(cast.academy.scope):
        assert db.session.get(Member, cast.ids["participant"]) is None
        assert db.session.scalars(sa.select(PrivacyRequest)).all() == [], "the request goes with its person"
        acts = set(db.session.scalars(sa.select(Event.act)))
        assert {"privacy.ask", "privacy.done", "erasure.plan", "erasure.done"} <= acts, "the proof is by ids"


def test_a_request_by_phone_is_entered_once_the_person_is_known(app: HostedFlask, cast: Cast) -> None:
    manager, url = cast.client(app, "manager"), f"/people/{cast.ids['participant']}/requests/new"
    form = {"kind": "restrict", "source": "phone", "words": "She called", "checked": ""}
    refused = manager.post(url, data=form)
    assert refused.status_code == 422 and "Write first how you made sure who asked" in refused.text and "She called" in refused.text
    assert manager.post(url, data=form | {"checked": "Called back on her number"}).status_code == 303
    row = only(cast)
    assert (row.kind, row.source, row.entered_by) == ("restrict", "phone", cast.ids["manager"])
    assert mails(cast, "privacy_received") == [cast.email("participant")] and mails(cast, "privacy_asked") == [cast.email("owner")]
    page = manager.get(f"/people/requests/{row.id}").text
    assert "Called back on her number" in page and "By phone" in page
    assert "Keep my data" in cast.client(app, "participant").get("/me/data/requests").text


def test_one_withdraws_ones_own_request_only(app: HostedFlask, cast: Cast, asked: UUID) -> None:
    url = f"/me/data/requests/{asked}/withdrawal"
    assert cast.client(app, "second").post(url).status_code == 404
    assert cast.client(app, "participant").post(url).status_code == 303 and only(cast).state == "withdrawn"
    assert cast.client(app, "participant").post(url).status_code == 422


def test_another_academy_knows_nothing_of_it(app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    cast, other = casts
    cast.client(app, "participant").post("/me/data/requests", data={"kind": "know"})
    row = only(cast)
    assert other.client(app, "manager").get(f"/people/requests/{row.id}").status_code == 404
    assert other.client(app, "participant").post(f"/me/data/requests/{row.id}/withdrawal").status_code == 404
    assert other.client(app, "manager").get(f"/people/{cast.ids['participant']}/requests/new").status_code == 404
