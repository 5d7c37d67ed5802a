"""Mail that comes back is shown where somebody can mend it: at the invitation, and at the member. A real mail server refuses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock
from core import config as configuration
from core.db import CORE, db
from core.outbox.models import Work
from jobs import registry
from jobs.perform import drain
from tenants.mail.actions import write_letter
from tenants.mail.bounces import record_bounce
from tenants.mail.models import Letter
from tenants.people.models import Invitation, Member
from tests.cast import Cast
from tests.conftest import Platform
from tests.outbox.post import PostOffice
from tests.people.test_invite import NEW, invite, link

VALUES = {"name": "Sanne", "url": "https://x.example/y", "minutes": 60}
UNKNOWN = "550 5.1.1 no such user"


@pytest.fixture
def office(platform: Platform) -> Iterator[PostOffice]:
    """Open a post office that this process sends to."""
    registry.load()
    with db.scope(CORE, commit=True):
        db.session.execute(sa.delete(Work))
    office = PostOffice()
    configuration.use(configuration.load(platform.environ(SMTP_URL=office.url, PLATFORM_NAME="Kweek")))
    office.open()
    yield office
    office.close()
    configuration.use(configuration.load(platform.environ()))


def deliver() -> None:
    """Send what waits."""
    while drain():
        pass


def write_to(cast: Cast, who: str) -> None:
    """Mail somebody of the cast."""
    with db.scope(cast.academy.scope, commit=True):
        write_letter(cast.email(who), "reset_password", "en", **VALUES)


def bounce_of(cast: Cast, who: str) -> str | None:
    """Return why mail to somebody comes back."""
    with db.scope(cast.academy.scope):
        return db.session.get_one(Member, cast.ids[who]).bounce_code


def test_a_refused_invitation_says_why_and_is_corrected(app: HostedFlask, cast: Cast, office: PostOffice) -> None:
    office.refuses = UNKNOWN
    manager = invite(cast, app, emails="fatima@exmaple.org")
    deliver()
    old = link(cast, "fatima@exmaple.org")
    assert "The mail of 1 invitation came back" in manager.get("/people").text
    page = manager.get("/people/invitations?state=bounced").text
    assert "fatima@exmaple.org" in page and "does not know this address (5.1.1)" in page and "Mail came back" in page
    with db.scope(cast.academy.scope):
        where = f"/people/invitations/{db.session.query(Invitation).one().id}/correction"
    assert "came back on" in manager.get(where).text
    office.refuses = None
    answer = manager.post(where, data={"email": NEW, "first_name": "Fatima", "last_name": "El Amrani", "roles": ["participant"]})
    assert answer.status_code == 303
    deliver()
    assert [str(mail["To"]) for mail in office.taken] == [NEW]
    assert cast.client(app, None).get(old).status_code == 410, "the old link is dead"
    assert 'value="El Amrani"' in cast.client(app, None).get(link(cast)).text
    with db.scope(cast.academy.scope):
        assert db.session.query(Invitation).one().state == "waiting"
    assert "came back" not in manager.get("/people").text


def test_a_bounce_of_an_earlier_mail_says_nothing_of_the_new_one(app: HostedFlask, cast: Cast) -> None:
    manager = invite(cast, app)
    with db.scope(cast.academy.scope):
        first, row = db.session.query(Letter).one().id, db.session.query(Invitation).one().id
    assert manager.post(f"/people/invitations/{row}/mails").status_code == 303
    with db.scope(cast.academy.scope, commit=True):
        assert record_bounce(first, "4.4.7")
        assert not record_bounce(first, "4.4.7"), "a second message about it is no news"
    with db.scope(cast.academy.scope):
        assert db.session.query(Invitation).one().state == "waiting"


def test_a_bounce_message_that_comes_later_counts_too(app: HostedFlask, cast: Cast, office: PostOffice) -> None:
    manager = invite(cast, app)
    deliver()
    with db.scope(cast.academy.scope, commit=True):
        letter = db.session.query(Letter).one()
        assert letter.sent_at is not None and record_bounce(letter.id, "5.2.2")
        assert not record_bounce(uuid4(), "5.2.2"), "of a letter that is gone nothing is kept"
        with pytest.raises(ValueError, match="code"):
            record_bounce(letter.id, "mailbox of fatima is full")
    assert "may be full or closed (5.2.2)" in manager.get("/people/invitations").text


def test_a_member_whose_mail_comes_back_is_shown_and_gets_an_address_by_a_link(
    app: HostedFlask, cast: Cast, office: PostOffice
) -> None:
    office.refuses = UNKNOWN
    write_to(cast, "participant")
    deliver()
    assert bounce_of(cast, "participant") == "5.1.1"
    manager = cast.client(app, "manager")
    assert "Mail to 1 person comes back" in manager.get("/people").text
    assert "Sanne de Wit" in manager.get("/people?state=bounced").text and "Yusuf" not in manager.get("/people?state=bounced").text
    where = f"/people/{cast.ids['participant']}"
    assert "came back on" in manager.get(where).text
    office.refuses = None
    assert manager.post(f"{where}/address", data={"email": cast.email("second")}).status_code == 422
    assert manager.post(f"{where}/address", data={"email": "sanne@example.org"}).status_code == 303
    deliver()
    [mail] = office.taken
    path = next(word for word in mail.get_payload()[0].get_payload(decode=True).decode().split() if "/me/email/" in word).split("8000")[-1]
    path = "/me/email/" + path.rsplit("/", 1)[1]
    with db.scope(cast.academy.scope):
        assert db.session.get_one(Member, cast.ids["participant"]).email == cast.email("participant"), "not before the link"
    assert cast.client(app, None).post(path).status_code == 303
    with db.scope(cast.academy.scope):
        found = db.session.get_one(Member, cast.ids["participant"])
        assert (found.email, found.bounced_at) == ("sanne@example.org", None)


def test_managers_give_no_address_to_who_can_be_mailed_or_stands_above_them(app: HostedFlask, cast: Cast) -> None:
    manager = cast.client(app, "manager")
    assert manager.post(f"/people/{cast.ids['participant']}/address", data={"email": "me@example.org"}).status_code == 403
    with db.scope(cast.academy.scope, commit=True):
        owner = db.session.get_one(Member, cast.ids["owner"])
        owner.bounced_at, owner.bounce_code = clock.now(), "550"
    assert manager.post(f"/people/{cast.ids['owner']}/address", data={"email": "me@example.org"}).status_code == 403


def test_mail_that_arrives_again_clears_the_mark(cast: Cast, office: PostOffice) -> None:
    office.refuses = "550 blocked for an hour"
    write_to(cast, "participant")
    deliver()
    assert bounce_of(cast, "participant") == "550"
    office.refuses = None
    with clock.shifted(timedelta(hours=2)):
        write_to(cast, "participant")
        deliver()
    assert bounce_of(cast, "participant") is None


def test_a_bounce_stays_in_its_academy(app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    here, there = casts
    with db.scope(here.academy.scope, commit=True):
        letter_id = write_letter(here.email("participant"), "reset_password", "en", **VALUES).id
    with db.scope(there.academy.scope, commit=True):
        assert not record_bounce(letter_id, "550")
    assert bounce_of(here, "participant") is None
