"""Links to join by: strangers prove their address first, limits hold, and nobody learns who is a member."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask
from core import clock
from core.db import db
from core.errors import Forbidden, Gone, Refused
from core.tokens import hash_of
from jobs.catalogue import answer_joining
from jobs.catalogue import day as day_job
from tenants.catalogue import links
from tenants.catalogue.links import LinkTerms
from tenants.catalogue.models import Joining, JoinLink
from tenants.learning.models import Enrolment
from tenants.mail.models import Letter
from tenants.people import queries as people
from tenants.people.models import Member
from tests.cast import Cast
from tests.catalogue.conftest import set_terms
from tests.courses.writing import Written, member

FORM = {"first_name": "Fatima", "last_name": "Aydin", "email": "fatima@zorg.example", "password": "four short words here"}


def make(cast: Cast, **terms: object) -> str:
    """Return the token of a new link."""
    with db.scope(cast.academy.scope, commit=True):
        return links.make_link(LinkTerms(**terms), member(cast, "manager"))[1]  # type: ignore[arg-type]


def answered(cast: Cast) -> list[Letter]:
    """Do the jobs of the strangers' forms; return every letter, oldest first."""
    with db.scope(cast.academy.scope, commit=True):
        for one in db.session.scalars(sa.select(Joining.id).where(Joining.token_hash.is_(None))).all():
            answer_joining(str(one))
        return list(db.session.scalars(sa.select(Letter).order_by(Letter.id)))


def proof_of(letter: Letter, cast: Cast) -> str:
    """Return the path of the link in the letter."""
    with db.scope(cast.academy.scope):
        found = re.search(r"(/join/proof/\S+)", letter.body_text or "")
    assert found is not None
    return found.group(1)


def stranger(app: HostedFlask, cast: Cast) -> FlaskClient:
    return cast.client(app, None)


def test_a_stranger_joins_learns_and_counts_once(app: HostedFlask, cast: Cast, written: Written) -> None:
    token = make(cast, course_ids=[written.course], most_uses=3)
    client = stranger(app, cast)
    page = client.get(f"/join/{token}")
    assert page.status_code == 200 and "Bread for beginners" in page.text
    sent = client.post(f"/join/{token}", data=FORM)
    assert sent.status_code == 200 and "fatima@zorg.example" in sent.text
    with db.scope(cast.academy.scope):
        assert people.member_by_email(FORM["email"]) is None
    (letter,) = answered(cast)
    path = proof_of(letter, cast)
    assert client.get(path).status_code == 200
    assert client.post(path, data={"password": "another password"}).status_code == 422
    entered = client.post(path, data={"password": FORM["password"]})
    assert (entered.status_code, entered.headers["Location"]) == (303, "/")
    assert "Bread for beginners" in client.get("/").text
    assert client.post(path, data={"password": FORM["password"]}).status_code == 410
    with db.scope(cast.academy.scope):
        new = people.active_by_email(FORM["email"])
        assert new is not None and new.roles == {"participant"} and new.is_confirmed and new.name == "Fatima Aydin"
        (listed,) = links.links_made(member(cast, "manager"))
        assert (listed.uses, listed.why) == (1, None)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Joining)) == 0


def test_members_and_strangers_get_the_same_answer(app: HostedFlask, cast: Cast) -> None:
    token = make(cast)
    pages = []
    for email in (cast.email("participant"), "nobody@zorg.example"):
        answer = stranger(app, cast).post(f"/join/{token}", data={**FORM, "email": email})
        pages.append((answer.status_code, re.sub(r"/static/\S+|" + re.escape(email), "", answer.text)))
    assert pages[0] == pages[1]
    letters = answered(cast)
    assert [one.kind for one in letters] == ["member_already", "confirm_joining"]
    with db.scope(cast.academy.scope):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Joining)) == 1


def test_somebody_whom_staff_removed_does_not_come_back_by_an_open_link(app: HostedFlask, cast: Cast) -> None:
    token = make(cast)
    with db.scope(cast.academy.scope, commit=True):
        member(cast, "second").state = "removed"
    stranger(app, cast).post(f"/join/{token}", data={**FORM, "email": cast.email("second")})
    assert [one.kind for one in answered(cast)] == ["member_removed"]


def test_only_the_hash_of_a_link_is_stored_and_no_password(app: HostedFlask, cast: Cast) -> None:
    token = make(cast)
    stranger(app, cast).post(f"/join/{token}", data=FORM)
    with db.scope(cast.academy.scope):
        link = db.session.scalars(sa.select(JoinLink)).one()
        assert link.token_hash == hash_of(token)
        assert db.session.scalars(sa.select(Joining.password_hash)).one().startswith("$argon2id$")


def test_a_link_for_a_domain_refuses_others_at_the_field(app: HostedFlask, cast: Cast) -> None:
    token = make(cast, domains=["zorg.example"])
    refused = stranger(app, cast).post(f"/join/{token}", data={**FORM, "email": "f@evil-zorg.example"})
    assert refused.status_code == 422 and "This link is for addresses at zorg.example" in refused.text
    assert 'value="Fatima"' in refused.text
    assert stranger(app, cast).post(f"/join/{token}", data=FORM).status_code == 200


@pytest.mark.parametrize("data", [{"password": "short"}, {"password": "fatimaaydin1"}, {"email": "no address"}, {"first_name": " "}])
def test_a_form_that_says_too_little_is_refused_and_kept(app: HostedFlask, cast: Cast, data: dict[str, str]) -> None:
    token = make(cast)
    answer = stranger(app, cast).post(f"/join/{token}", data={**FORM, **data})
    assert answer.status_code == 422 and 'value="Aydin"' in answer.text
    with db.scope(cast.academy.scope):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Joining)) == 0


def test_a_link_that_is_over_says_why(app: HostedFlask, cast: Cast) -> None:
    today = clock.today("Europe/Amsterdam")
    ends, gone = make(cast, last_day=today), make(cast)
    with db.scope(cast.academy.scope, commit=True):
        link = links.link_by_token(gone)
        assert link is not None
        links.revoke(link, member(cast, "manager"))
    client = stranger(app, cast)
    assert client.get(f"/join/{ends}").status_code == 200
    for token, words in ((gone, "This link no longer works"), ("x" * 43, "This link no longer works"), ("!", "no longer works")):
        for answer in (client.get(f"/join/{token}"), client.post(f"/join/{token}", data=FORM)):
            assert answer.status_code == 410 and words in answer.text
    with clock.shifted(timedelta(days=1, hours=1)):
        answer = client.get(f"/join/{ends}")
        assert answer.status_code == 410 and "This link has expired" in answer.text


def test_who_filled_the_form_in_in_time_may_prove_it_later_but_not_after_a_withdrawal(app: HostedFlask, cast: Cast) -> None:
    token = make(cast, last_day=clock.today("Europe/Amsterdam"))
    stranger(app, cast).post(f"/join/{token}", data=FORM)
    path = proof_of(answered(cast)[-1], cast)
    with clock.shifted(timedelta(days=2)):
        assert stranger(app, cast).post(path, data={"password": FORM["password"]}).status_code == 303
    other = make(cast)
    stranger(app, cast).post(f"/join/{other}", data={**FORM, "email": "b@zorg.example"})
    path = proof_of(answered(cast)[-1], cast)
    with db.scope(cast.academy.scope, commit=True):
        link = links.link_by_token(other)
        assert link is not None
        links.revoke(link, member(cast, "manager"))
    assert stranger(app, cast).post(path, data={"password": FORM["password"]}).status_code == 410
    with db.scope(cast.academy.scope):
        assert people.member_by_email("b@zorg.example") is None


def test_a_proof_is_good_for_three_days_and_forgotten_after_a_week(app: HostedFlask, cast: Cast) -> None:
    token = make(cast)
    stranger(app, cast).post(f"/join/{token}", data=FORM)
    path = proof_of(answered(cast)[-1], cast)
    with clock.shifted(timedelta(days=3, minutes=1)):
        assert stranger(app, cast).get(path).status_code == 410
    with clock.shifted(timedelta(days=8)), db.scope(cast.academy.scope, commit=True):
        day_job()
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Joining)) == 0


def test_a_member_comes_in_by_one_click_and_again_for_free(app: HostedFlask, cast: Cast, written: Written) -> None:
    token = make(cast, course_ids=[written.course], most_uses=1)
    client = cast.client(app, "participant")
    assert "Bread for beginners" in client.get(f"/join/{token}").text
    with db.scope(cast.academy.scope):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Enrolment)) == 0
    for _ in range(2):
        assert client.post(f"/join/{token}").status_code == 303
    second = cast.client(app, "second")
    for answer in (second.get(f"/join/{token}"), second.post(f"/join/{token}")):
        assert answer.status_code == 410 and "This link was used up" in answer.text
    with db.scope(cast.academy.scope):
        assert set(db.session.scalars(sa.select(Enrolment.member_id))) == {cast.ids["participant"]}


def test_signing_in_leads_back_to_the_link(app: HostedFlask, cast: Cast) -> None:
    token = make(cast)
    assert f"/sign-in?next=/join/{token}" in stranger(app, cast).get(f"/join/{token}").text


def test_a_link_into_a_full_course_puts_people_in_line(app: HostedFlask, cast: Cast, written: Written) -> None:
    set_terms(cast, written.course, places=1)
    token = make(cast, course_ids=[written.course])
    assert cast.client(app, "participant").post(f"/join/{token}").headers["Location"] == "/"
    answer = cast.client(app, "second").post(f"/join/{token}")
    assert answer.headers["Location"] == f"/catalogue/{written.course}"
    assert "You are number 1 in line" in cast.client(app, "second").get(answer.headers["Location"]).text


def test_five_at_once_get_the_two_uses_of_a_link(cast: Cast) -> None:
    token = make(cast, most_uses=2)
    start, came = threading.Barrier(5), []

    def run(who: str) -> None:
        start.wait(20)
        try:
            with db.scope(cast.academy.scope, commit=True):
                link = links.link_by_token(token)
                assert link is not None
                links.use(link, member(cast, who))
                came.append("in")
        except Gone:
            came.append("gone")

    threads = [threading.Thread(target=run, args=(who,)) for who in ("participant", "second", "trainer", "author", "owner")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(came) == ["gone"] * 3 + ["in"] * 2


def test_a_new_address_ends_the_old_one(cast: Cast) -> None:
    token = make(cast)
    with db.scope(cast.academy.scope, commit=True):
        link = links.link_by_token(token)
        assert link is not None
        fresh = links.renew_token(link, member(cast, "owner"))
        assert links.link_by_token(token) is None and links.link_by_token(fresh) is link


def test_only_managers_with_a_proven_address_make_links(cast: Cast) -> None:
    with db.scope(cast.academy.scope):
        for who in ("trainer", "author", "participant"):
            with pytest.raises(Forbidden):
                links.make_link(LinkTerms(), member(cast, who))
        manager = member(cast, "manager")
        manager.email_confirmed_at = None
        with pytest.raises(Refused, match="unconfirmed"):
            links.make_link(LinkTerms(), manager)


def test_the_address_is_shown_once_with_a_code_that_the_policy_lets_through(
    app: HostedFlask, cast: Cast, written: Written
) -> None:
    client = cast.client(app, "manager")
    data = {"client_id": str(uuid4()), "label": "Open day", "course_ids": [str(written.course)], "most_uses": "40",
            "domains": "zorg.example"}  # fmt: skip
    page = client.post("/links/new", data=data)
    found = re.search(r"/join/([\w-]{43})", page.text)
    assert page.status_code == 200 and found and "<svg" in page.text and "style=" not in page.text
    listed = client.get("/links").text
    assert "Open day" in listed and "Used by 0 of 40" in listed and found.group(1) not in listed
    client.post("/links/new", data=data)
    with db.scope(cast.academy.scope):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(JoinLink)) == 1
        assert links.link_by_token(found.group(1)) is None


@pytest.mark.parametrize("wrong", [{"most_uses": "0"}, {"most_uses": "many"}, {"last_day": "2020-01-01"}, {"last_day": "soon"},
                                   {"domains": "not a domain"}])  # fmt: skip
def test_a_link_that_makes_no_sense_is_refused_and_kept(app: HostedFlask, cast: Cast, wrong: dict[str, str]) -> None:
    answer = cast.client(app, "manager").post("/links/new", data={"label": "Open day", **wrong})
    assert answer.status_code == 422 and 'value="Open day"' in answer.text
    assert "Not a valid" not in answer.text


def test_nobody_floods_a_mailbox_by_a_link(app: HostedFlask, cast: Cast) -> None:
    token = make(cast)
    statuses = [stranger(app, cast).post(f"/join/{token}", data=FORM).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]


def test_a_stranger_who_became_a_member_meanwhile_is_sent_to_sign_in(app: HostedFlask, cast: Cast) -> None:
    token = make(cast)
    stranger(app, cast).post(f"/join/{token}", data=FORM)
    path = proof_of(answered(cast)[-1], cast)
    with db.scope(cast.academy.scope, commit=True):
        db.session.add(Member(email=FORM["email"], first_name="F", last_name="A"))
    assert stranger(app, cast).post(path, data={"password": FORM["password"]}).status_code == 410
