"""Keep what the nightly check found, and tell operators what is new. They flush; the edge commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from core import clock
from core.accounts.models import Account
from core.checks.models import CheckRun
from core.db import db
from core.mail.actions import write_letter
from core.urls import platform_url

KEPT: Final = timedelta(days=90)


def last() -> CheckRun | None:
    """Return the last run, or None."""
    return db.session.scalars(sa.select(CheckRun).order_by(CheckRun.ran_at.desc()).limit(1)).one_or_none()


def keep(findings: Sequence[str]) -> list[str]:
    """Keep what was found and return what was not found the last time: of that operators get a mail, once."""
    before = last()
    new = [one for one in findings if before is None or one not in before.findings]
    db.session.execute(sa.delete(CheckRun).where(CheckRun.ran_at < clock.now() - KEPT))
    db.session.add(CheckRun(ran_at=clock.now(), findings=list(findings)))
    db.session.flush()
    if new:
        for operator in db.session.scalars(sa.select(Account).where(Account.is_operator, Account.email_confirmed_at.is_not(None)).order_by(Account.id)):
            write_letter(operator.email or "", "checks_found", operator.language, name=operator.first_name, note=new, url=platform_url("/operator/privacy"))
    return new
