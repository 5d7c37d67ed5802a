"""The public page tells what the holder agreed to, and nothing of any other number."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from blueprints.hosts import HostedFlask
from core import clock
from core.db import db
from tenants.certificates import actions
from tenants.certificates.models import Certificate
from tenants.certificates.numbers import new_number
from tests.cast import Cast, make_cast
from tests.certificates.giving import Given
from tests.courses.writing import member
from tests.opened import Opened

Finish = Callable[[], Certificate]


def asked(app: HostedFlask, cast: Cast, number: str, language: str = "en") -> tuple[int, str]:
    client = cast.client(app, None)
    client.set_cookie("lang", language, domain=cast.host)
    answer = client.get(f"/verify/{number}")
    assert "noindex" in answer.headers["X-Robots-Tag"] and 'content="noindex' in answer.text
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    return answer.status_code, answer.text


def test_a_valid_one_shows_course_day_and_academy_but_no_name(app: HostedFlask, given: Given, finish: Finish) -> None:
    one = finish()
    status, page = asked(app, given.cast, one.number)
    assert status == 200 and "Medication safety" in page and "valid today" in page and f"Academy {given.cast.academy.number}" in page
    assert "Sanne" not in page and "de Wit" not in page and str(one.id) not in page and str(given.cast.ids["participant"]) not in page


def test_the_name_only_when_the_holder_shows_it(app: HostedFlask, given: Given, finish: Finish) -> None:
    one = finish()
    with given.inside():
        actions.share(given.certificate(one.id), "name")
    assert "Sanne de Wit" in asked(app, given.cast, one.number)[1]


def test_it_is_found_however_it_is_typed(app: HostedFlask, given: Given, finish: Finish) -> None:
    number = finish().number
    for typed in (number.lower(), number.replace("-", ""), number.replace("-", " ")):
        assert asked(app, given.cast, typed)[0] == 200
    answer = given.cast.client(app, None).get("/verify", query_string={"number": f" {number.lower()} "}, follow_redirects=True)
    assert answer.status_code == 200 and "valid today" in answer.text
    assert "Twelve signs" in given.cast.client(app, None).get("/verify").text


def test_hidden_wrong_and_never_given_numbers_look_the_same(app: HostedFlask, given: Given, finish: Finish) -> None:
    one = finish()
    with given.inside():
        actions.share(given.certificate(one.id), "nothing")
    pages = []
    for number in (one.number, new_number(), "2222-2222-2223", "%2e%2e", "x" * 300):
        status, page = asked(app, given.cast, number)
        pages.append((status, re.sub(r'(value|href)="[^"]*"', "", page)))
    assert {status for status, _ in pages} == {404} and len({page for _, page in pages}) == 1
    assert "Medication" not in pages[0][1] and "knows no certificate" in pages[0][1]


@pytest.mark.parametrize(("act", "words"), [("revoke", "took it back"), ("replace", "replaced by a newer one")])
def test_an_ended_one_says_so_without_its_reason(app: HostedFlask, given: Given, finish: Finish, act: str, words: str) -> None:
    one = finish()
    with given.inside():
        fresh = getattr(actions, act)(given.certificate(one.id), "The secret reason", member(given.cast, "owner"))
    status, page = asked(app, given.cast, one.number)
    assert status == 200 and words in page and "secret reason" not in page
    if fresh is not None:
        assert fresh.number not in page


def test_an_expired_one_says_so(app: HostedFlask, given: Given, finish: Finish) -> None:
    number = finish().number
    with clock.shifted(timedelta(days=1000)):
        assert "not valid any more" in asked(app, given.cast, number)[1]


def test_it_speaks_dutch_and_english(app: HostedFlask, given: Given, finish: Finish) -> None:
    number = finish().number
    assert 'lang="nl"' in asked(app, given.cast, number, "nl")[1] and 'lang="en"' in asked(app, given.cast, number, "en")[1]


def test_the_other_academy_knows_nothing_of_it(app: HostedFlask, given: Given, finish: Finish, other: Opened) -> None:
    number = finish().number
    assert asked(app, make_cast(other), number)[0] == 404


def test_who_tries_numbers_is_stopped(app: HostedFlask, given: Given, finish: Finish) -> None:
    number, client = finish().number, given.cast.client(app, None)
    seen = [client.get(f"/verify/{new_number()}").status_code for _ in range(61)]
    assert seen[:60] == [404] * 60 and seen[60] == 429
    answer = client.get(f"/verify/{number}")
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0


def test_what_is_typed_is_shown_as_text(app: HostedFlask, given: Given) -> None:
    _, page = asked(app, given.cast, '"><script>alert(1)<script>')
    assert "<script>alert" not in page
    with given.inside(commit=False):
        assert db.session.is_active
