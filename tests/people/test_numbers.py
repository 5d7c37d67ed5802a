"""People without e-mail: added by number, let in by a start code that works once, found and mailed like nobody."""

from __future__ import annotations

import re
import statistics
import time
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from blueprints.hosts import HostedFlask
from core import clock
from core.db import db
from jobs.academies import _tell as tell_all
from tenants.erasure import actions as erasing
from tenants.learning.own_work import own_work
from tenants.mail.models import Letter
from tenants.people import actions, codes, numbers, queries, rules
from tenants.people.models import Member, MemberSession, StartCode
from tests.browsing import HostClient
from tests.cast import Cast
from tests.doors import PASSWORD, count, give_password, letters, link_in
from tests.people.test_sign_in import plain, sign_in

PERSON = {"first_name": "Gerda", "last_name": "van Houten", "number": " P 1042 ", "roles": ["participant"], "days": "30"}
CODE = re.compile(r'start-card-code">([A-Z0-9-]+)<')


def add(app: HostedFlask, cast: Cast, who: str = "manager", **more: object) -> tuple[HostClient, str]:
    """Add somebody without e-mail; return the manager's client and the code on the card."""
    client = cast.client(app, who)
    client.answer = client.post("/people/add", data={**PERSON, **more})
    found = CODE.search(client.answer.text)
    return client, found[1] if found else ""


def gerda(number: str = "p1042") -> Member:
    """Return her, in the open frame."""
    found = queries.member_by_number(number)
    assert found is not None
    return found


def begin(app: HostedFlask, cast: Cast, code: str, number: str = "P1042", password: str = PASSWORD) -> HostClient:
    """Sign in with the code and choose a password; return the client."""
    client = cast.client(app, None)
    where = sign_in(client, number, code).headers["Location"]
    assert where.startswith("/begin/")
    assert "Welcome, Gerda" in client.get(where).text
    assert client.post(where, data={"password": password}).status_code == 303
    return client


def test_a_person_without_mail_begins_with_a_code_and_comes_back_with_a_password(app: HostedFlask, cast: Cast) -> None:
    manager, code = add(app, cast)
    assert manager.answer.status_code == 200 and "P1042" in manager.answer.text and len(rules.clean_code(code)) == 12
    client = begin(app, cast, code.lower().replace("-", " "), " p 1042 ")
    assert "Gerda" in client.get("/me").text and client.get("/").status_code == 200
    assert sign_in(cast.client(app, None), "P1042").headers["Location"] == "/"
    assert sign_in(cast.client(app, None), "p1042", code).status_code == 422, "the code worked once"
    with db.scope(cast.academy.scope):
        found = gerda()
        assert found.roles == {"participant"} and found.email is None and found.number == "P1042"
        raw = repr(db.session.execute(sa.select(Member.__table__)).all()) + repr(db.session.execute(sa.select(StartCode.__table__)).all())
    assert "1042" not in raw and count(cast.academy.scope, StartCode) == 0 and count(cast.academy.scope, Letter) == 0


def test_a_code_is_kept_as_a_hash_and_is_one_persons(app: HostedFlask, cast: Cast) -> None:
    _, code = add(app, cast)
    add(app, cast, number="P2")
    with db.scope(cast.academy.scope):
        kept = repr(db.session.execute(sa.select(StartCode.__table__)).all())
        assert rules.clean_code(code) not in kept and code not in kept
    assert sign_in(cast.client(app, None), "P2", code).status_code == 422


def test_a_code_ends_after_its_days_and_says_so_only_to_who_has_it(app: HostedFlask, cast: Cast) -> None:
    _, code = add(app, cast, days="7")
    with clock.shifted(timedelta(days=8)):
        late = sign_in(cast.client(app, None), "P1042", code)
        wrong = sign_in(cast.client(app, None), "P1042", "BCDF-GHJK-2345")
    assert late.status_code == wrong.status_code == 422
    assert "no longer works" in late.text and "no longer works" not in wrong.text


def test_two_who_choose_a_password_with_one_code_leave_one_password(app: HostedFlask, cast: Cast) -> None:
    _, code = add(app, cast)
    first, second = cast.client(app, None), cast.client(app, None)
    one = sign_in(first, "P1042", code).headers["Location"]
    two = sign_in(second, "P1042", code).headers["Location"]
    assert second.post(two, data={"password": PASSWORD}).status_code == 303
    assert first.post(one, data={"password": "another long enough one"}).status_code == 410
    assert sign_in(cast.client(app, None), "P1042").status_code == 303


def test_the_link_to_choose_a_password_ends_after_an_hour_and_takes_no_weak_one(app: HostedFlask, cast: Cast) -> None:
    _, code = add(app, cast)
    client = cast.client(app, None)
    where = sign_in(client, "P1042", code).headers["Location"]
    for weak in ("short", "P1042", "gerdavanhouten", "1234567890"):
        assert client.post(where, data={"password": weak}).status_code == 422
    with clock.shifted(timedelta(minutes=61)):
        answer = client.get(where)
    assert answer.status_code == 410 and "personnel number" in answer.text
    assert sign_in(client, "P1042", code).status_code == 303, "the code itself still works"


def test_a_new_code_ends_password_and_sessions(app: HostedFlask, cast: Cast) -> None:
    manager, code = add(app, cast)
    client = begin(app, cast, code)
    with db.scope(cast.academy.scope):
        where = f"/people/{gerda().id}"
    assert "Give a new start code" in manager.get(where).text
    answer = manager.post(f"{where}/codes", data={"days": "14"})
    new = CODE.search(answer.text)
    assert new and new[1] != code
    assert client.get("/me").status_code == 302, "signed out everywhere"
    assert sign_in(cast.client(app, None), "P1042").status_code == 422, "the forgotten password is no way in any more"
    begin(app, cast, new[1], password="another long enough one")


def test_only_who_cannot_be_mailed_gets_a_code_and_only_from_who_may(app: HostedFlask, cast: Cast) -> None:
    add(app, cast)
    with db.scope(cast.academy.scope, commit=True):
        by_mail = db.session.get_one(Member, cast.ids["participant"])
        by_mail.number = "S1"
        helper = numbers.add_person(db.session.get_one(Member, cast.ids["owner"]), "Bas", "Baas", "M1", ["manager"]).id
        person = gerda().id
    assert cast.client(app, "manager").post(f"/people/{cast.ids['participant']}/codes", data={"days": "7"}).status_code == 403
    assert cast.client(app, "manager").post(f"/people/{helper}/codes", data={"days": "7"}).status_code == 403
    assert cast.client(app, "owner").post(f"/people/{helper}/codes", data={"days": "7"}).status_code == 200
    for who in ("trainer", "author", "participant"):
        assert cast.client(app, who).post(f"/people/{person}/codes").status_code == 403
        assert cast.client(app, who).post("/people/codes").status_code == 403
        assert cast.client(app, who).get("/people/add").status_code == 403
    with db.scope(cast.academy.scope, commit=True):
        by_mail = db.session.get_one(Member, cast.ids["participant"])
        by_mail.bounced_at, by_mail.bounce_code = clock.now(), "550"
    assert cast.client(app, "manager").post(f"/people/{cast.ids['participant']}/codes", data={"days": "7"}).status_code == 200


def test_people_of_another_academy_are_not_found(app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    _, code = add(app, casts[0])
    with db.scope(casts[0].academy.scope):
        person = gerda().id
    outsider = casts[1].client(app, "owner")
    for what in ("codes", "number", "address"):
        assert outsider.post(f"/people/{person}/{what}", data={"email": "a@example.org", "number": "1"}).status_code == 404
    assert sign_in(casts[1].client(app, None), "P1042", code).status_code == 422


def test_a_number_is_one_persons_whatever_its_case(app: HostedFlask, cast: Cast) -> None:
    add(app, cast)
    manager, code = add(app, cast, number="p1042", first_name="Other")
    assert manager.answer.status_code == 422 and code == ""
    assert "Gerda van Houten has this number already" in manager.answer.text and 'value="Other"' in manager.answer.text
    with db.scope(cast.academy.scope):
        person = gerda().id
    manager.post(f"/people/{person}/removal")
    answer = manager.post("/people/add", data={**PERSON, "first_name": "Other"})
    assert answer.status_code == 422 and "is blocked" in answer.text


@pytest.mark.parametrize("number", ["", "a@b", "x" * 41, "..", "12\u202e34", "<b>"])
def test_what_is_no_number_is_refused(app: HostedFlask, cast: Cast, number: str) -> None:
    manager, code = add(app, cast, number=number)
    assert manager.answer.status_code == 422 and code == "" and 'value="Gerda"' in manager.answer.text


@pytest.mark.parametrize(("who", "role", "status"), [("manager", "trainer", 200), ("manager", "manager", 422), ("owner", "manager", 200),
                                                     ("owner", "owner", 422)])  # fmt: skip
def test_who_may_add_whom(app: HostedFlask, cast: Cast, who: str, role: str, status: int) -> None:
    assert add(app, cast, who, roles=[role])[0].answer.status_code == status


def test_the_database_wants_an_address_or_a_number(cast: Cast) -> None:
    with db.scope(cast.academy.scope), pytest.raises(IntegrityError, match="ck_members_known_by"):
        db.session.add(Member(first_name="Nobody", last_name="Known"))
        db.session.flush()


def test_a_member_with_an_address_can_have_a_number_too_and_sign_in_with_both(app: HostedFlask, cast: Cast) -> None:
    email, manager = give_password(cast, "participant"), cast.client(app, "manager")
    where = f"/people/{cast.ids['participant']}"
    assert manager.post(f"{where}/number", data={"number": "77-B"}).status_code == 303
    assert sign_in(cast.client(app, None), "77-b").headers["Location"] == "/"
    assert sign_in(cast.client(app, None), email).headers["Location"] == "/"
    assert manager.post(f"/people/{cast.ids['second']}/number", data={"number": "77-b"}).status_code == 422
    assert manager.post(f"{where}/number", data={"number": "no@number"}).status_code == 422
    assert manager.post(f"{where}/number", data={"number": ""}).status_code == 303
    assert sign_in(cast.client(app, None), "77-b").status_code == 422
    assert manager.post(f"/people/{cast.ids['owner']}/number", data={"number": "1"}).status_code == 403
    add(app, cast)
    with db.scope(cast.academy.scope):
        person = gerda().id
    answer = manager.post(f"/people/{person}/number", data={"number": " "})
    assert answer.status_code == 422 and "needs a number to sign in" in answer.text


def test_somebody_without_mail_adds_an_address_by_a_link(app: HostedFlask, cast: Cast) -> None:
    _, code = add(app, cast)
    client = begin(app, cast, code)
    page = client.get("/me/email").text
    assert "You have no e-mail address here" in page and "None" not in page
    assert "P1042" in client.get("/me").text and "None" not in client.get("/me").text
    assert client.post("/me/email", data={"email": "gerda@example.org", "present": PASSWORD}).status_code == 303
    path = link_in(letters(cast.academy, "change_email", "gerda@example.org")[0], "/me/email/")
    assert cast.client(app, None).post(path).status_code == 303
    assert sign_in(cast.client(app, None), "gerda@example.org").headers["Location"] == "/"
    assert sign_in(cast.client(app, None), "P1042").headers["Location"] == "/", "the number goes on"
    assert client.post("/reset", data={"email": "gerda@example.org"}).status_code == 200


def test_tries_of_a_password_count_for_each_person_apart(app: HostedFlask, cast: Cast) -> None:
    clients = []
    for number in ("A1", "A2"):
        _, code = add(app, cast, number=number)
        clients.append(begin(app, cast, code, number))
    wrong = {"present": "guessed", "password": "another long enough one"}
    for _ in range(11):
        clients[0].post("/me/password", data=wrong)
    assert clients[0].post("/me/password", data=wrong).status_code == 429
    assert clients[1].post("/me/password", data={**wrong, "present": PASSWORD}).status_code == 303


def test_the_list_finds_sorts_and_filters_people_by_number(app: HostedFlask, cast: Cast) -> None:
    assert "No e-mail" not in cast.client(app, "manager").get("/people").text
    for number in ("10", "9", "P-3"):
        add(app, cast, number=number, last_name=f"Number{number}")
    manager = cast.client(app, "manager")
    page = manager.get("/people?q=p%203").text
    assert "NumberP-3" in page and "Number10" not in page and "No e-mail" in page and "None" not in page
    page = manager.get("/people?state=unmailed&sort=number").text
    assert page.index("Number9") < page.index("Number10") < page.index("NumberP-3") and "Sanne" not in page
    assert manager.get("/people?sort=email").status_code == 200


def test_a_sheet_of_codes_for_who_never_came(app: HostedFlask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with db.scope(cast.academy.scope, commit=True):
        by = db.session.get_one(Member, cast.ids["manager"])
        for number in range(5):
            numbers.add_person(by, "Kim", f"Nr{number}", f"K{number}", ["participant"])
    manager = cast.client(app, "manager")
    assert "Start codes for this list" in manager.get("/people?state=unbegun").text
    monkeypatch.setattr(codes, "MOST_CARDS", 3)
    first = manager.post("/people/codes", data={"state": "unbegun", "days": "30"})
    second = manager.post("/people/codes", data={"days": "30"})
    assert [len(CODE.findall(one.text)) for one in (first, second)] == [3, 2]
    assert "Print this one, then ask for the next" in first.text
    third = manager.post("/people/codes", data={"days": "30", "q": "kim"})
    assert third.status_code == 303 and "state=unbegun" in third.headers["Location"]
    monkeypatch.setattr(codes, "MOST_CARDS", 500)
    everything = CODE.findall(manager.post("/people/codes", data={"days": "30", "again": "1"}).text)
    assert len(everything) == len(set(everything)) == 5
    with db.scope(cast.academy.scope, commit=True):
        begun = gerda("K4")
        begun.password_hash = "something"
        found = codes.who_gets_codes([begun.id], db.session.get_one(Member, cast.ids["manager"]), again=True)
        assert found == [], "who has a password keeps it; a new code is given on their own page"
    assert sign_in(cast.client(app, None), "K0", CODE.findall(first.text)[0]).status_code == 422
    assert sign_in(cast.client(app, None), "K0", everything[0]).status_code == 303


def test_T31_known_and_unknown_numbers_get_the_same_page_in_the_same_time(app: HostedFlask, cast: Cast) -> None:
    _, code = add(app, cast, number="BEGUN")
    begin(app, cast, code, "BEGUN")
    add(app, cast, number="WAITS")
    client, spent = cast.client(app, None), {"begun": [], "waits": [], "unknown": [], "mail": []}
    said = {"begun": "BEGUN", "waits": "WAITS", "unknown": "", "mail": cast.email("second")}
    pages = {plain(sign_in(cast.client(app, None), one, "BCDFGHJK2345"), one) for one in ("BEGUN", "WAITS", "NOBODY")}
    assert len(pages) == 1
    for turn in range(8):
        for name in spent:
            before = time.process_time()
            assert sign_in(client, said[name] or f"NOBODY{turn}", "BCDFGHJK2345").status_code == 422
            spent[name].append(time.process_time() - before)
    medians = {name: statistics.median(times) for name, times in spent.items()}
    assert max(medians.values()) < 1.4 * min(medians.values()), medians


def test_T31_numbers_are_counted_alike_whatever_their_case(app: HostedFlask, cast: Cast) -> None:
    client = cast.client(app, None)
    statuses = [sign_in(client, number, "not the password").status_code for number in ["n1", " N1", "N 1", "N1 "] * 3][:11]
    assert statuses == [422] * 10 + [429]


def test_nothing_is_mailed_to_nobody(app: HostedFlask, cast: Cast) -> None:
    _, code = add(app, cast)
    client = begin(app, cast, code)
    with db.scope(cast.academy.scope, commit=True):
        person, by = gerda(), db.session.get_one(Member, cast.ids["manager"])
        actions.mail_reset_link("", cast.academy.slug, "en")
        tell_all("academy_closing", "/own-work", day=clock.now())
        erasing.plan(person, by, cast.academy.slug)
        assert own_work(person)["personnel_number"] == "P1042"
        told = [letter.recipient for letter in db.session.query(Letter)]
        assert len(told) == len(cast.ids) and all(told)
    assert "You will be removed here on" in client.get("/").text, "who gets no mail reads it here"
    with db.scope(cast.academy.scope):
        person_id = gerda().id
    assert "has no e-mail address, so no mail says it" in cast.client(app, "manager").get(f"/people/{person_id}/erasure").text


def test_removing_somebody_without_mail_removes_them_alone(app: HostedFlask, cast: Cast) -> None:
    add(app, cast)
    with db.scope(cast.academy.scope, commit=True):
        before = count_in_frame(Member)
        counts = erasing.erase(gerda())
        db.session.flush()
        assert counts["members"] == counts["start_codes"] == 1
        assert count_in_frame(Member) == before - 1 and queries.member_by_number("P1042") is None


def count_in_frame(model: type[Member]) -> int:
    """Return how many rows there are, in the open frame."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_blocking_ends_every_way_in(app: HostedFlask, cast: Cast) -> None:
    manager, code = add(app, cast)
    with db.scope(cast.academy.scope):
        person: UUID = gerda().id
    where = sign_in(cast.client(app, None), "P1042", code).headers["Location"]
    manager.post(f"/people/{person}/removal")
    assert cast.client(app, None).get(where).status_code == 410
    assert sign_in(cast.client(app, None), "P1042", code).status_code == 422
    assert "P1042" in manager.get("/people/removals").text
    assert count(cast.academy.scope, MemberSession, MemberSession.member_id == person) == 0
