"""The demo world is written by people's own verbs, once, and its people can sign in."""

from __future__ import annotations

import sqlalchemy as sa

from core.academies.models import Academy
from core.db import CORE, academy_scope, db
from jobs.demo import invitations, load
from jobs.demo.cast import ACADEMIES, DEMO_PASSWORD
from tenants.learning.models import Enrolment, Progress
from tenants.people.codes import codes_of
from tenants.people.invitation_queries import invitation_counts
from tenants.people.models import Invitation
from tenants.people.queries import active_by_said, member_by_email
from tenants.people.signing import has_password
from tests.conftest import Platform


def test_demo_world_is_written_once_and_its_people_can_sign_in(platform: Platform) -> None:
    load()
    load()
    for demo in ACADEMIES:
        with db.scope(CORE):
            numbers = db.session.scalars(sa.select(Academy.number).where(Academy.slug == demo.slug)).all()
        assert len(numbers) == 1
        with db.scope(academy_scope(numbers[0])):
            for person in demo.people:
                member = member_by_email(demo.email(person))
                assert member is not None
                assert member.roles == frozenset(person.roles)
            assert has_password(member_by_email(demo.email(demo.people[-1])), DEMO_PASSWORD)
            stands = sum(len(person.stands) for person in demo.people)
            known_by_number = [number for number, *_ in invitations.WORDS[demo.language].people]
            assert db.session.scalar(sa.select(sa.func.count()).select_from(Enrolment)) == stands + len(known_by_number)
            begun, waits = (active_by_said(number) for number in known_by_number)
            assert has_password(begun, DEMO_PASSWORD) and waits is not None and codes_of([waits.id])
            assert invitation_counts() == {"waiting": 2, "bounced": 1}, "one of them for an organisation"
            assert db.session.query(Invitation).order_by(Invitation.id).first().note
            assert (db.session.scalar(sa.select(sa.func.count()).select_from(Progress)) or 0) > 20
