"""The life of academies in the background: spares, a first course, closings, and the letters about them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from core import clock, queue
from core.academies import rules
from core.academies.models import Academy, Closing
from core.academies.queries import academy_by_number, closings_due
from core.accounts.models import Account
from core.config import config
from core.db import CORE, academy_scope, db
from core.mail.actions import write_letter as write_to_account
from core.owner import owner_connection
from core.urls import academy_url, platform_url
from jobs import sample
from jobs.registry import every
from tenants.closing.export import exports_dir
from tenants.closing.machine import close_academy
from tenants.courses.models import Course
from tenants.mail.actions import write_letter as write_to_member
from tenants.opening import prepare_academy
from tenants.people.models import Member
from tenants.people.queries import own_academy
from tenants.provision import refill_spares


@queue.job("spares.refill", scope="core", owner=True)
def refill() -> None:
    """Fill the pool of spare schemas."""
    with owner_connection() as owner:
        refill_spares(owner, config().spare_schemas)


@queue.job("academies.prepare", scope="core", owner=True)
def prepare(academy: int) -> None:
    """Make the schema of an academy that was opened when no spare waited."""
    with owner_connection() as owner:
        prepare_academy(owner, academy)


@queue.job("academies.close", scope="core", owner=True, limit_s=3600)
def close(academy: int) -> None:
    """Carry the closing on as far as it goes; what stops it is tried again."""
    with owner_connection() as owner:
        close_academy(owner, academy)


@queue.job("academies.sweep_closings", scope="core")
def sweep_closings() -> None:
    """Queue every closing whose day has come and that no waiting work carries on: none may stand still."""
    for closing in closings_due():
        queue.later("academies.close", academy=closing.number, once=f"close-{closing.id}")


@queue.job("academies.furnish", scope="core", owner=True)
def furnish(academy: int) -> None:
    """Give a new academy a course to look at, unless it closed meanwhile, and make a spare in place of the one it took."""
    with db.scope(CORE):
        stands = rules.serves(academy_by_number(academy).state)
    if stands:
        with db.scope(academy_scope(academy), commit=True):
            sample_course()
    refill()


def sample_course() -> None:
    """Give a new academy a short course that shows what a course is; one that has courses is left alone."""
    if db.session.scalar(sa.select(Course.id).limit(1)) is None:
        sample.write(own_academy()[1])


@queue.job("academies.tell_members")
def tell_members(until_s: int) -> None:
    """Tell every member when the academy closes, and where to take their own work until then."""
    _tell("academy_closing", "/own-work", day=datetime.fromtimestamp(until_s, UTC))


@queue.job("academies.tell_undone")
def tell_undone() -> None:
    """Tell every member that the academy stays."""
    _tell("closing_undone", "/")


@queue.job("academies.tell_closed", scope="core")
def tell_closed(closing_id: str) -> None:
    """Send the receipt's address to who may fetch the final export, or to the owners."""
    closing = db.session.get_one(Closing, UUID(closing_id))
    academy = db.session.get_one(Academy, closing.academy_id)
    for account in _told(closing, academy):
        write_to_account(
            account.email or "", "academy_closed", account.language, academy=academy.name, name=account.first_name,
            url=platform_url(f"/academies/{academy.id}/receipt"), until=closing.export_until,
        )  # fmt: skip


@queue.job("academies.end_export", scope="core")
def end_export(closing_id: str) -> None:
    """Destroy a final export whose time is over."""
    closing = db.session.get_one(Closing, UUID(closing_id))
    if closing.export_path is None or closing.export_until is None or closing.export_until > clock.now():
        return
    (exports_dir() / closing.export_path).unlink(missing_ok=True)
    closing.export_path = None


def _tell(kind: str, path: str, **values: Any) -> None:
    """Write one letter to each active member with an address, each in their own language; every page says it to all."""
    slug, language = own_academy()
    name = db.session.execute(sa.text("SELECT name FROM local.own_academy()")).scalar_one()
    for member in db.session.scalars(sa.select(Member).where(Member.state == "active")).unique():
        if member.email is None:
            continue
        write_to_member(member.email, kind, member.language or language, academy=name, name=member.first_name,
                        url=academy_url(slug, path), **values)  # fmt: skip


def _told(closing: Closing, academy: Academy) -> list[Account]:
    holder = db.session.get(Account, closing.export_holder) if closing.export_holder else None
    return [holder] if holder else [ownership.account for ownership in academy.owners]


every(timedelta(minutes=1), "spares.refill")
every(timedelta(minutes=10), "academies.sweep_closings")
