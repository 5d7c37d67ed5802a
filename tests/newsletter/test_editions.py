"""Write, preview, plan and send a newsletter: to each subscriber once, in their language."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock
from core.db import CORE, db
from core.mail.models import Letter
from core.newsletter import actions, editions, queries
from core.newsletter.models import Delivery, Edition, Subscriber
from jobs import newsletter as jobs
from tests.academies.signed import Person, person
from tests.newsletter.test_list import HostClient, confirmed, letters, stranger

assert stranger

WORDS = {"subject_nl": "Nieuws", "body_nl": "# Drie dingen\n\nLees [meer](https://kweek.example/nl) hier.", "subject_en": "News", "body_en": "Read <b>this</b>.\n\n[Go](https://kweek.example/en)"}


@pytest.fixture
def operator(app: HostedFlask) -> Person:
    return person(app, first_name="Iris", is_operator=True)


@pytest.fixture(autouse=True)
def empty(app: HostedFlask) -> None:
    """Begin with nobody on the list."""
    with db.scope(CORE, commit=True):
        db.session.execute(sa.delete(Subscriber))


def written(operator: Person, **more: str) -> str:
    """Write a newsletter; return its path."""
    path = operator.browser.post("/operator/newsletter/new").location
    assert operator.browser.post(path, data={**WORDS, **more}).status_code == 303
    return path


def the(path: str) -> Edition:
    with db.scope(CORE):
        row = queries.edition(UUID(path.rsplit("/", 1)[1]))
        db.session.expunge(row)
        return row


def send(path: str) -> None:
    """Do what the worker would do until nothing is left."""
    for _ in range(9):
        with db.scope(CORE, commit=True):
            if not editions.send_batch(UUID(path.rsplit("/", 1)[1])):
                return
    raise AssertionError("it never ends")


def test_each_subscriber_gets_it_once_in_their_language(operator: Person, stranger: HostClient, monkeypatch: pytest.MonkeyPatch) -> None:
    dutch, english = [confirmed(stranger, language="nl") for _ in range(2)], [confirmed(stranger) for _ in range(3)]
    gone = confirmed(stranger)
    with db.scope(CORE, commit=True):
        actions.leave(queries.by_email(gone), "link")
    monkeypatch.setattr(editions, "BATCH", 2)
    path = written(operator)
    assert operator.browser.post(f"{path}/plan", data={"now": "1"}).status_code == 303
    send(path)
    send(path)
    for email in dutch:
        assert [one[1] for one in letters(None, "newsletter", email)] == ["Nieuws"]
    for email in english:
        assert [one[1] for one in letters(None, "newsletter", email)] == ["News"]
    assert letters(None, "newsletter", gone) == []
    row = the(path)
    assert row.state == "sent" and row.audience == 5
    page = operator.browser.get(path).text
    assert "5 of 5" in page and "Left the list since" in page


def test_its_letters_carry_a_link_that_leaves_at_once(operator: Person, stranger: HostClient) -> None:
    email = confirmed(stranger)
    path = written(operator)
    operator.browser.post(f"{path}/plan", data={"now": "1"})
    send(path)
    with db.scope(CORE):
        letter = db.session.scalars(sa.select(Letter).where(Letter.kind == "newsletter").order_by(Letter.id.desc())).first()
        assert letter.unsubscribe and letter.unsubscribe in letter.body_text and "&lt;b&gt;this&lt;/b&gt;" in letter.body_html
        url = letter.unsubscribe
    stranger.post("/" + url.split("/", 3)[3])
    with db.scope(CORE):
        assert queries.by_email(email).state == "left" and queries.left_since(queries.edition(UUID(path.rsplit("/", 1)[1]))) == 1


def test_a_job_that_dies_between_two_batches_begins_where_it_stopped(operator: Person, stranger: HostClient, monkeypatch: pytest.MonkeyPatch) -> None:
    emails = [confirmed(stranger) for _ in range(4)]
    monkeypatch.setattr(editions, "BATCH", 2)
    path = written(operator)
    operator.browser.post(f"{path}/plan", data={"now": "1"})
    number = UUID(path.rsplit("/", 1)[1])
    with db.scope(CORE, commit=True):
        assert editions.send_batch(number)
    with pytest.raises(RuntimeError), db.scope(CORE, commit=True):
        editions.send_batch(number)
        raise RuntimeError("killed before the commit")
    with db.scope(CORE):
        assert queries.written(number) == {number: 2}
    send(path)
    assert [len(letters(None, "newsletter", email)) for email in emails] == [1, 1, 1, 1]
    with db.scope(CORE):
        assert db.session.scalar(sa.select(sa.func.count()).where(Delivery.edition_id == number)) == 4


def test_a_plan_waits_and_can_be_withdrawn(operator: Person, stranger: HostClient) -> None:
    email = confirmed(stranger)
    path = written(operator)
    assert operator.browser.post(f"{path}/plan", data={"at": "2020-01-01T10:00"}).status_code == 422
    assert operator.browser.post(f"{path}/plan", data={"at": "2099-01-01T10:00"}).status_code == 303
    assert the(path).planned_at.hour == 9, "10:00 in Amsterdam"
    send(path)
    assert letters(None, "newsletter", email) == []
    assert operator.browser.post(f"{path}/withdrawal").status_code == 303
    with db.scope(CORE, commit=True):
        db.session.execute(sa.update(Edition).where(Edition.id == UUID(path.rsplit("/", 1)[1])).values(planned_at=clock.now() - timedelta(days=1)))
    send(path)
    assert letters(None, "newsletter", email) == [] and the(path).state == "draft"


def test_nothing_unwritten_is_sent_and_nothing_sent_is_changed(operator: Person, stranger: HostClient) -> None:
    email = confirmed(stranger)
    empty = operator.browser.post("/operator/newsletter/new").location
    operator.browser.post(f"{empty}/plan", data={"now": "1"})
    assert the(empty).state == "draft"
    path = written(operator, subject_nl="", body_nl="")
    operator.browser.post(f"{path}/plan", data={"now": "1"})
    send(path)
    assert len(letters(None, "newsletter", email)) == 1
    operator.browser.post(path, data={**WORDS, "subject_en": "Changed"})
    operator.browser.post(f"{path}/removal")
    assert the(path).subject_en == "News" and the(path).state == "sent"


def test_two_operators_notice_each_other(operator: Person) -> None:
    path = written(operator)
    state = the(path).changed_at.isoformat()
    assert operator.browser.post(path, data={**WORDS, "subject_en": "One", "seen": state}).status_code == 303
    page = operator.browser.post(path, data={**WORDS, "subject_en": "Two", "seen": state})
    assert page.status_code == 422 and "Two" in page.text and "Someone else changed" in page.text
    assert the(path).subject_en == "One"


def test_the_preview_and_the_try_look_as_it_will_arrive(operator: Person) -> None:
    path = written(operator)
    page = operator.browser.get(f"{path}/preview/nl")
    assert "Hallo Iris," in page.text and "frame-src 'self'" in page.headers["Content-Security-Policy"]
    html = operator.browser.get(f"{path}/preview/nl/html")
    assert "<h2" in html.text and "default-src 'none'" in html.headers["Content-Security-Policy"]
    assert operator.browser.post(f"{path}/tests").status_code == 303
    assert len(letters(None, "newsletter", operator.email)) == 2
    with db.scope(CORE):
        assert list(queries.written(UUID(path.rsplit("/", 1)[1])).values()) == [0]


def test_the_job_comes_again_while_there_are_more(operator: Person, stranger: HostClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        confirmed(stranger)
    monkeypatch.setattr(editions, "BATCH", 1)
    path = written(operator)
    operator.browser.post(f"{path}/plan", data={"now": "1"})
    asked: list[str] = []
    monkeypatch.setattr(jobs.queue, "later", lambda name, **_more: asked.append(name))
    with db.scope(CORE, commit=True):
        jobs.send(path.rsplit("/", 1)[1])
    assert "newsletter.send" in asked
