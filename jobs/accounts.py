"""Answers to people who asked the platform for a mail, and the tidying of what signing in leaves behind."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from core import clock, limits, queue
from core.academies import handoff
from core.academies.models import Academy
from core.accounts import actions, second
from core.accounts.models import Ask
from core.accounts.queries import account_by_email
from core.db import academy_scope, db
from core.errors import KeyMissing
from core.mail.actions import write_letter
from core.urls import academy_url
from jobs.registry import every
from tenants.people.queries import active_by_email

ANSWERING = ("active", "closing")


@queue.job("accounts.answer", scope="core", lease_s=300)
def answer(ask_id: str) -> None:
    """Answer one ask by mail and forget it; asked for twice, it was answered once."""
    row = db.session.get(Ask, UUID(ask_id))
    if row is None:
        return
    email, language = row.email or "", row.language
    if row.kind == "reset":
        actions.mail_reset_link(email)
    else:
        account = account_by_email(email)
        found = find_academies(email)
        if found or account is not None:
            write_letter(email, "find_academy", language, name=account.first_name if account else None, academies=found)
    db.session.delete(row)


def find_academies(email: str) -> list[dict[str, str]]:
    """Return name and address of each answering academy where this address may sign in, by name.

    Every academy is asked in its own scope by its own index: there is no list of people across academies.
    """
    query = sa.select(Academy).where(Academy.state.in_(ANSWERING), Academy.slug.is_not(None)).order_by(Academy.name)
    return [
        {"name": academy.name, "url": academy_url(academy.slug or "", "/sign-in")}
        for academy in db.session.scalars(query)
        if _is_member(academy, email)
    ]


def _is_member(academy: Academy, email: str) -> bool:
    try:
        with db.scope(academy_scope(academy.number, academy.cluster)):
            return active_by_email(email) is not None
    except KeyMissing:
        return False


@queue.job("accounts.sweep", scope="core")
def sweep() -> None:
    """Delete used passes, counts and questions of the platform; sessions and links go by core/privacy."""
    handoff.sweep()
    second.sweep()
    limits.sweep()
    old = clock.now() - timedelta(days=7)
    db.session.execute(sa.delete(Ask).where(Ask.made_at < old))


every(timedelta(hours=6), "accounts.sweep")
