"""Operators work on requests for a demo; nobody else comes near; a year after the last contact they are gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock
from core.audit.models import Event
from core.db import CORE, db
from core.leads import actions, queries
from core.leads.models import Lead, LeadNote
from core.leads.rules import Asked
from tests.academies.signed import Person, person
from tests.browsing import client_on
from tests.doors import count


@pytest.fixture
def operator(app: HostedFlask) -> Person:
    return person(app, first_name="Iris", is_operator=True)


@pytest.fixture
def lead_id() -> UUID:
    """Return a fresh request."""
    with db.scope(CORE, commit=True):
        asked = Asked("Daniel Okafor", f"{uuid4().hex}@harbour.example", "=Harbour Skills", "", "How long do certificates last?")
        return actions.ask(asked, uuid4(), 60, "en").id


def row(lead_id: UUID) -> Lead:
    with db.scope(CORE):
        return queries.lead(lead_id)


def test_only_operators_see_and_touch_requests(app: HostedFlask, lead_id: UUID) -> None:
    owner, stranger = person(app).browser, client_on(app, "localhost")
    for path in ("/operator/demos", f"/operator/demos/{lead_id}", "/operator/demos.csv"):
        assert owner.get(path).status_code in (403, 404) and stranger.get(path).status_code in (302, 303, 401)
    for act in ("notes", "state", "plan", "erasure"):
        assert owner.post(f"/operator/demos/{lead_id}/{act}", data={"state": "closed", "text": "x"}).status_code in (403, 404)
    assert row(lead_id).state == "new"


def test_a_request_is_worked_on_from_new_to_closed(operator: Person, lead_id: UUID) -> None:
    client, path = operator.browser, f"/operator/demos/{lead_id}"
    assert "How long do certificates last?" in client.get(path).text
    assert "Daniel Okafor" in client.get("/operator/demos").text
    assert client.post(f"{path}/state", data={"state": "contacted"}).status_code == 303 and row(lead_id).state == "contacted"
    assert client.post(f"{path}/notes", data={"text": "Wants to see reports."}).status_code == 303
    assert "Wants to see reports." in client.get(path).text and "Iris" in client.get(path).text
    assert client.post(f"{path}/plan", data={"at": "2027-01-12T14:30"}).status_code == 303
    assert (row(lead_id).state, row(lead_id).planned_for) == ("planned", datetime(2027, 1, 12, 13, 30, tzinfo=UTC))
    assert "12 January 2027" in client.get(path).text
    assert client.post(f"{path}/state", data={"state": "closed"}).status_code == 303 and row(lead_id).planned_for is None
    with db.scope(CORE):
        acts = db.session.scalars(sa.select(Event.act).where(Event.facts["lead"].astext == str(lead_id))).all()
    assert acts.count("demo request moved") == 3


@pytest.mark.parametrize(("act", "sent", "said"), [("notes", {"text": " "}, "Write something down first"), ("plan", {"at": "tomorrow"}, "valid"), ("plan", {}, "Choose a day"), ("plan", {"at": "2020-01-01T10:00"}, "is past")])
def test_what_is_not_filled_in_is_said(operator: Person, lead_id: UUID, act: str, sent: dict[str, str], said: str) -> None:
    answer = operator.browser.post(f"/operator/demos/{lead_id}/{act}", data=sent)
    assert answer.status_code == 422 and said in answer.text
    for step in ("married", "planned", "suspected", ""):
        assert operator.browser.post(f"/operator/demos/{lead_id}/state", data={"state": step}).status_code in (409, 422), step
    assert row(lead_id).state == "new"


def test_an_address_is_found_when_it_is_typed_whole(operator: Person, lead_id: UUID) -> None:
    with db.scope(CORE):
        email = queries.lead(lead_id).email or ""
    assert str(lead_id) in operator.browser.get("/operator/demos", query_string={"q": email.upper()}).text
    assert "No request fits" in operator.browser.get("/operator/demos", query_string={"q": "harbour"}).text


def test_the_table_holds_no_formula_and_its_leaving_is_written_down(operator: Person, lead_id: UUID) -> None:
    table = operator.browser.get("/operator/demos.csv").data.decode("utf-8-sig")
    assert "'=Harbour Skills" in table and "Daniel Okafor" in table
    with db.scope(CORE):
        assert db.session.scalars(sa.select(Event).where(Event.act == "demo requests exported", Event.actor_id == operator.id)).all()


def test_who_does_not_want_it_any_more_is_gone_with_the_notes(operator: Person, lead_id: UUID) -> None:
    operator.browser.post(f"/operator/demos/{lead_id}/notes", data={"text": "Called."})
    assert operator.browser.post(f"/operator/demos/{lead_id}/erasure").status_code == 303
    assert operator.browser.get(f"/operator/demos/{lead_id}").status_code == 404
    assert count(CORE, Lead, Lead.id == lead_id) == count(CORE, LeadNote, LeadNote.lead_id == lead_id) == 0


def test_twelve_months_after_the_last_contact_a_request_is_destroyed(operator: Person, lead_id: UUID) -> None:
    def swept_after(days: int) -> bool:
        with clock.shifted(timedelta(days=days)), db.scope(CORE, commit=True):
            actions.sweep()
        return count(CORE, Lead, Lead.id == lead_id) == 0

    assert not swept_after(363)
    with clock.shifted(timedelta(days=200)), db.scope(CORE, commit=True):
        actions.move(queries.lead(lead_id), "contacted", db.session.merge(queries.team()[0]))
    assert not swept_after(400), "contact begins the year anew"
    assert swept_after(568)


@pytest.mark.parametrize(("last", "end"), [("2026-12-01", "2027-12-01"), ("2024-02-29", "2025-02-28"), ("2023-02-28", "2024-02-28"), ("2026-01-31", "2027-01-31")])
def test_a_year_ends_on_its_own_day_or_the_last_of_its_month(lead_id: UUID, last: str, end: str) -> None:
    with db.scope(CORE):
        found = queries.lead(lead_id)
        found.contacted_at = datetime.fromisoformat(f"{last}T10:00+00:00")
        db.session.flush()
        assert queries.ends_at(found) == datetime.fromisoformat(f"{end}T10:00+00:00")
