"""Ask for a demo; what operators do with it; its end. They flush; the edge commits."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from core import clock
from core.accounts.models import Account
from core.accounts.rules import LONGEST_ORGANISATION, clean_email, clean_name
from core.audit.actions import record
from core.db import db
from core.errors import Refused
from core.leads import queries
from core.leads.models import STATES, Lead, LeadNote
from core.leads.rules import LONGEST_QUESTION, Asked, looks_sent_by_a_machine
from core.mail.actions import write_letter
from core.urls import platform_url

MOST_NOTE = 4_000


def ask(asked: Asked, form_id: UUID, seconds: float, language: str) -> Lead:
    """Return the request, kept once however often its form is sent. The asker gets a mail that says what was asked, the team
    one that says so; none is sent for what looks as if a machine sent it."""
    earlier = queries.by_form(form_id)
    if earlier is not None:
        return earlier
    made = _made(asked, form_id, seconds, language)
    if made is None:  # the same form came by another way in the meantime
        found = queries.by_form(form_id)
        assert found is not None
        return found
    if made.state == "new":
        _confirm(made)
        _tell_team(made)
    return made


def _made(asked: Asked, form_id: UUID, seconds: float, language: str) -> Lead | None:
    state = "suspected" if looks_sent_by_a_machine(asked, seconds) else "new"
    row = Lead(
        form_id=form_id, name=clean_name(asked.name), email=clean_email(asked.email), organisation=asked.organisation.strip()[:LONGEST_ORGANISATION],
        phone=asked.phone.strip() or None, question=asked.question.strip()[:LONGEST_QUESTION] or None, language=language, state=state,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError:
        return None
    return row


def _confirm(row: Lead) -> None:
    lines = (row.question or "").splitlines()
    write_letter(row.email or "", "demo_asked", row.language, name=row.name, organisation=row.organisation, note=lines)


def _tell_team(row: Lead) -> None:
    """Write to each operator that somebody asks; whom, and what, they read behind the sign-in."""
    for operator in queries.team():
        write_letter(operator.email or "", "demo_wanted", operator.language, name=operator.first_name, url=platform_url(f"/operator/demos/{row.id}"))


def note(row: Lead, text: str, by: Account) -> None:
    """Write something down. Raises Refused for nothing, or too much."""
    words = text.strip()
    if not words or len(words) > MOST_NOTE:
        raise Refused("lead note")
    db.session.add(LeadNote(lead_id=row.id, text=words, actor_id=by.id))
    db.session.flush()


def move(row: Lead, state: str, by: Account, planned_for: datetime | None = None) -> None:
    """Put a request into another state; having contacted somebody, or planned with them, begins its year anew. Raises Refused."""
    if state not in STATES or (state == "planned") != (planned_for is not None):
        raise Refused("lead state")
    was, row.state, row.planned_for = row.state, state, planned_for
    if state in ("contacted", "planned"):
        row.contacted_at = clock.now()
    if was == "suspected" and state == "new":
        _confirm(row)
    record("demo request moved", actor_id=by.id, lead=str(row.id), to=STATES.index(state))
    db.session.flush()


def erase(row: Lead, by: Account) -> None:
    """Destroy a request with its notes, because who asked wants it so, or nobody did."""
    record("demo request erased", actor_id=by.id, lead=str(row.id))
    db.session.delete(row)
    db.session.flush()


def sweep() -> int:
    """Destroy what is over; return how many."""
    gone = db.session.execute(sa.delete(Lead).where(queries.is_over(clock.now())).returning(Lead.id)).all()
    return len(gone)
