"""A post office that takes what leaves and a mailbox that is read, both real servers."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from core import config as configuration
from core import limits
from core.db import CORE, db
from core.mail.models import Allowance, InboundMail, TakenMail
from core.mail.models import Letter as PlatformLetter
from core.outbox.models import Work
from jobs import registry
from tests.cast import Cast, make_cast
from tests.conftest import Platform
from tests.mail.dovecot import Dovecot
from tests.opened import Opened
from tests.outbox.post import PostOffice

INBOX = "post@kweek.example"


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """Start an IMAP server."""
    if not Dovecot.is_installed():
        pytest.skip("as root, install dovecot-imapd: `apt-get install dovecot-imapd`")
    home = Path(tempfile.mkdtemp(prefix="kweek-imap-", dir="/tmp"))
    server = Dovecot(home)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def office(platform: Platform) -> Iterator[PostOffice]:
    """Open a post office that this process sends to, and say that a mailbox is read."""
    forget()
    office = PostOffice()
    settings = {"SMTP_URL": office.url, "IMAP_URL": "imap://post:secret@127.0.0.1:1/INBOX", "MAIL_INBOX": INBOX}
    configuration.use(configuration.load(platform.environ(**settings)))
    office.open()
    yield office
    office.close()
    configuration.use(configuration.load(platform.environ()))
    forget()


@pytest.fixture
def mailbox(platform: Platform, office: PostOffice, dovecot: Dovecot) -> Dovecot:
    """Let the platform read the server's mailbox, empty."""
    dovecot.empty()
    settings = {"SMTP_URL": office.url, "IMAP_URL": dovecot.url, "MAIL_INBOX": INBOX}
    configuration.use(configuration.load(platform.environ(**settings)))
    return dovecot


def forget() -> None:
    """Let nothing of earlier tests wait."""
    registry.load()
    with db.scope(CORE, commit=True):
        for model in (Work, InboundMail, TakenMail, Allowance, PlatformLetter):
            db.session.execute(sa.delete(model))
        db.session.execute(sa.delete(limits.throttles))


@pytest.fixture
def cast(academy: Opened) -> Cast:
    """Return the people of one academy."""
    return make_cast(academy)
