"""Invitations as managers keep them: words of one's own, how each stands, correcting, and reminding many at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock, queue
from core.db import CORE, db
from core.outbox.models import Work
from jobs import registry
from jobs.perform import drain
from tenants.people import mending, texts
from tenants.people.models import Invitation, Member, OwnText
from tests.cast import Cast
from tests.doors import count, letters
from tests.people.test_invite import JOINING, NEW, invite, link

WORDS = "Hello Fatima,\n\nsee https://evil.example and <b>bring</b> a pen."


@pytest.fixture(autouse=True)
def work(platform: object) -> None:
    """Begin with an empty outbox and every job known."""
    registry.load()
    with db.scope(CORE, commit=True):
        db.session.execute(sa.delete(Work))


def rows(cast: Cast) -> list[Invitation]:
    """Return all invitations, the oldest first."""
    with db.scope(cast.academy.scope):
        return list(db.session.scalars(sa.select(Invitation).order_by(Invitation.id)))


def path_of(cast: Cast, what: str) -> str:
    """Return an address of the only invitation."""
    [row] = rows(cast)
    return f"/people/invitations/{row.id}/{what}"


def make_older(cast: Cast, **days: float) -> None:
    """Let the invitation of each address (its part before the @) have been sent so many days ago."""
    with db.scope(cast.academy.scope, commit=True):
        for row in db.session.scalars(sa.select(Invitation)):
            row.made_at -= timedelta(days=days.get((row.email or "").partition("@")[0], 0))


def test_own_words_stand_in_the_mail_and_on_the_page_where_one_joins(app: HostedFlask, cast: Cast) -> None:
    invite(cast, app, note=WORDS)
    [(_, _, text)] = letters(cast.academy, "invitation")
    assert "Mees Kuipers schrijft:" in text and "> Hello Fatima," in text and "https://evil.example" not in text
    page = cast.client(app, None).get(link(cast)).text
    assert "Mees Kuipers writes:" in page and "&lt;b&gt;bring&lt;/b&gt;" in page and 'href="https://evil.example' not in page
    with db.scope(cast.academy.scope):
        raw = repr(db.session.execute(sa.select(Invitation.__table__)).all())
    assert "Fatima" not in raw, "sealed"


def test_words_that_are_too_long_are_refused_and_kept_in_the_form(app: HostedFlask, cast: Cast) -> None:
    answer = invite(cast, app, note="long " * 300).answer
    assert answer.status_code == 422 and "under 1000 signs" in answer.text and NEW in answer.text and "long long" in answer.text
    assert rows(cast) == []


def test_the_academys_own_text_is_where_every_invitation_begins(app: HostedFlask, cast: Cast) -> None:
    manager = cast.client(app, "manager")
    assert manager.post("/people/invitations/text", data={"note": "Welcome to us.\r\n\r\n\r\n\r\nBring tea. "}).status_code == 303
    assert "Welcome to us." in manager.get("/people/invite").text
    with db.scope(cast.academy.scope):
        assert texts.invitation_text() == "Welcome to us.\n\nBring tea."
    invite(cast, app, note="Something else.")
    assert "> Something else." in letters(cast.academy, "invitation")[0][2]
    manager.post("/people/invitations/text", data={"note": "Second thought."})
    assert count(cast.academy.scope, OwnText) == 1
    manager.post("/people/invitations/text", data={"note": " "})
    with db.scope(cast.academy.scope):
        assert texts.invitation_text() is None
    assert cast.client(app, "trainer").get("/people/invitations/text").status_code == 403


def test_the_list_says_how_each_invitation_stands(app: HostedFlask, cast: Cast) -> None:
    names = ("waiting", "bounced", "expired", "accepted", "withdrawn")
    manager = invite(cast, app, emails="\n".join(f"{name}@example.org" for name in names))
    cast.client(app, None).post(link(cast, "accepted@example.org"), data=JOINING)
    with db.scope(cast.academy.scope, commit=True):
        by_name = {(row.email or "").partition("@")[0]: row for row in db.session.scalars(sa.select(Invitation))}
        by_name["bounced"].bounced_at, by_name["bounced"].bounce_code = clock.now(), "554"
        by_name["expired"].expires_at = clock.now() - timedelta(days=1)
        by_name["withdrawn"].withdrawn_at = clock.now()
        assert {row.state: name for name, row in by_name.items()} == {name: name for name in names}
    everything = manager.get("/people/invitations").text
    assert all(f"{name}@example.org" in everything for name in names)
    for name in names:
        page = manager.get(f"/people/invitations?state={name}").text
        assert [other for other in names if f"{other}@example.org" in page] == [name]
    found = manager.get("/people/invitations?q=%20Expired@Example.org").text
    assert "expired@example.org" in found and "waiting@example.org" not in found
    assert "No invitation fits" in manager.get("/people/invitations?q=nobody@example.org").text
    assert manager.get("/people/invitations?state=nonsense&page=x").status_code == 200


def test_a_long_list_comes_in_pages(app: HostedFlask, cast: Cast) -> None:
    manager = invite(cast, app, emails="\n".join(f"p{number}@example.org" for number in range(30)))
    first, second = (manager.get(f"/people/invitations?page={number}").text for number in (1, 2))
    assert "1-25 of 30" in first and "26-30 of 30" in second


def test_correcting_to_a_members_address_is_refused_with_what_was_typed(app: HostedFlask, cast: Cast) -> None:
    manager = invite(cast, app)
    answer = manager.post(path_of(cast, "correction"), data={
        "email": cast.email("participant"), "first_name": "Fatima", "roles": ["participant"], "note": "See you"})  # fmt: skip
    assert answer.status_code == 422 and "of a member here already" in answer.text and "See you" in answer.text
    assert len(letters(cast.academy, "invitation")) == 1 and cast.client(app, None).get(link(cast)).status_code == 200


def test_correcting_replaces_another_invitation_of_the_new_address(app: HostedFlask, cast: Cast) -> None:
    manager = invite(cast, app, emails="typo@example.org")
    where = path_of(cast, "correction")
    invite(cast, app)
    other = link(cast)
    assert manager.post(where, data={"email": NEW, "roles": ["trainer"]}).status_code == 303
    assert cast.client(app, None).get(other).status_code == 410
    assert cast.client(app, None).post(link(cast), data=JOINING).status_code == 303
    with db.scope(cast.academy.scope):
        assert db.session.query(Member).order_by(Member.id.desc()).first().roles == {"trainer"}
    assert manager.post(where, data={"email": NEW, "roles": ["trainer"]}).status_code == 404, "accepted: nothing to correct"


def test_nobody_corrects_what_they_could_not_give(app: HostedFlask, cast: Cast) -> None:
    invite(cast, app, "owner", roles=["manager"])
    manager, where = cast.client(app, "manager"), path_of(cast, "correction")
    assert where not in manager.get("/people/invitations").text and where in cast.client(app, "owner").get("/people/invitations").text
    assert manager.post(where, data={"email": NEW, "roles": ["participant"]}).status_code == 403
    assert cast.client(app, "trainer").get(where).status_code == 403
    answer = cast.client(app, "owner").post(where, data={"email": NEW, "roles": ["owner"]})
    assert answer.status_code == 422 and rows(cast)[0].roles == ["manager"]


def test_an_invitation_of_another_academy_is_not_found(app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    invite(casts[0], app)
    outsider = casts[1].client(app, "owner")
    assert outsider.get(path_of(casts[0], "correction")).status_code == 404
    assert outsider.post(path_of(casts[0], "correction"), data={"email": NEW, "roles": ["participant"]}).status_code == 404
    assert NEW not in outsider.get("/people/invitations").text


def test_who_waits_long_is_reminded_once_with_a_new_link(app: HostedFlask, cast: Cast) -> None:
    manager = invite(cast, app, emails="old@example.org\nfresh@example.org\nexpired@example.org\nbounced@example.org\ngone@example.org")
    make_older(cast, old=8, expired=30, bounced=9, gone=9)
    with db.scope(cast.academy.scope, commit=True):
        by_name = {(row.email or "").partition("@")[0]: row for row in db.session.scalars(sa.select(Invitation))}
        by_name["expired"].expires_at = clock.now() - timedelta(days=16)
        by_name["bounced"].bounced_at, by_name["bounced"].bounce_code = clock.now(), "550"
        by_name["gone"].withdrawn_at = clock.now()
    before = link(cast, "old@example.org")
    for days in ("0", "91", "many", ""):
        assert manager.post("/people/invitations/mails", data={"days": days}).status_code == 422
    for _ in range(2):
        assert manager.post("/people/invitations/mails", data={"days": "7"}).status_code == 303
    while drain():
        pass
    mailed = [one[0] for one in letters(cast.academy, "invitation")][5:]
    assert sorted(mailed) == ["expired@example.org", "old@example.org"]
    assert cast.client(app, None).get(before).status_code == 410
    assert cast.client(app, None).post(link(cast, "expired@example.org"), data=JOINING).status_code == 303
    manager.post("/people/invitations/mails", data={"days": "7"})
    assert "No invitation waits longer than 7 days" in manager.get("/people/invitations").text


def test_reminding_goes_on_in_batches_and_gives_no_role_that_one_may_not_give(
    app: HostedFlask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mending, "AT_ONCE", 2)
    invite(cast, app, emails="\n".join(f"p{number}@example.org" for number in range(5)))
    invite(cast, app, "owner", emails="boss@example.org", roles=["manager"])
    make_older(cast, **{f"p{number}": 8 for number in range(5)}, boss=8)
    cast.client(app, "manager").post("/people/invitations/mails", data={"days": "7"})
    while drain():
        pass
    mailed = [one[0] for one in letters(cast.academy, "invitation")][6:]
    assert sorted(mailed) == [f"p{number}@example.org" for number in range(5)]


def test_reminding_stops_when_the_manager_left(app: HostedFlask, cast: Cast) -> None:
    invite(cast, app)
    make_older(cast, fatima=8)
    with db.scope(cast.academy.scope, commit=True):
        by = db.session.get_one(Member, cast.ids["manager"])
        assert mending.remind_all(by, 7) == 1
        by.role_rows = []
    while drain():
        pass
    assert len(letters(cast.academy, "invitation")) == 1
    assert "people.remind" in queue.jobs()


def test_a_personnel_number_in_an_invitation_is_the_members_unless_somebody_has_it(app: HostedFlask, cast: Cast) -> None:
    invite(cast, app, emails=f"{NEW}\nother@example.org")
    with db.scope(cast.academy.scope, commit=True):
        for row in db.session.scalars(sa.select(Invitation)):
            row.number = "P-7"
    for email in (NEW, "other@example.org"):
        assert cast.client(app, None).post(link(cast, email), data=JOINING).status_code == 303
    with db.scope(cast.academy.scope):
        found = {one.email: one.number for one in db.session.scalars(sa.select(Member).where(Member.email_confirmed_at.is_not(None))).unique()}
    assert (found[NEW], found["other@example.org"]) == ("P-7", None)
