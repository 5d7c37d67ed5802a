"""Anonymous surveys: nothing in the database leads from an answer to a person, and few answers stay hidden."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock
from core.db import academy_metadata, db
from tenants.audit.models import Event
from tenants.surveys import results
from tenants.surveys.models import Survey, SurveyBallot, SurveyDone, SurveySheet, SurveyVoice
from tests.courses.writing import member
from tests.surveys.asking import count, form_of
from tests.surveys.conftest import Asked

TABLES = ("surveys", "survey_box", "survey_voices")


def send(app: HostedFlask, asked: Asked, who: str, **answers: Any) -> Any:
    return asked.cast.client(app, who).post(asked.url, data=form_of(asked.body, **answers))


def one_survey() -> Survey:
    return db.session.scalars(sa.select(Survey)).one()


def test_the_schema_holds_no_link_and_no_time() -> None:
    for name in ("survey_box", "survey_voices"):
        table = academy_metadata.tables[name]
        assert {key.column.table.name for column in table.columns for key in column.foreign_keys} == {"surveys"}
        kinds = {column.name: str(column.type) for column in table.columns}
        assert kinds.pop("month") == "DATE" and not any("TIME" in kind for kind in kinds.values())
    done = academy_metadata.tables["survey_done"]
    assert {column.name for column in done.columns} == {"survey_id", "member_id"}


def test_the_page_promises_it_in_words(app: HostedFlask, asked: Asked) -> None:
    page = asked.cast.client(app, "participant").get(f"/learn/{asked.course}/{asked.lesson}").text
    assert "This survey is anonymous" in page and "without any link to you" in page and "I learned something" in page


def test_an_answer_is_kept_once_and_thanked_for(app: HostedFlask, asked: Asked) -> None:
    assert send(app, asked, "participant", words="More salt").status_code == 302
    assert send(app, asked, "participant", words="Twice").status_code == 302
    page = asked.cast.client(app, "participant").get(f"/learn/{asked.course}/{asked.lesson}").text
    assert "You answered this survey" in page and "Send answers" not in page
    assert "Send answers" in asked.cast.client(app, "second").get(f"/learn/{asked.course}/{asked.lesson}").text
    with db.scope(asked.cast.academy.scope):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(SurveyBallot)) == 1
        assert db.session.scalars(sa.select(SurveyDone.member_id)).all() == [asked.cast.ids["participant"]]
        acts = set(db.session.scalars(sa.select(Event.act).where(Event.actor_id == asked.cast.ids["participant"])))
        assert acts == set(), "the audit says nothing of it"


def test_ids_hold_no_time(app: HostedFlask, asked: Asked) -> None:
    for who in asked.people[:5]:
        send(app, asked, who)
    with db.scope(asked.cast.academy.scope):
        assert {one.id.version for one in db.session.scalars(sa.select(SurveyBallot))} == {4}
    count()
    with db.scope(asked.cast.academy.scope):
        assert {one.id.version for one in db.session.scalars(sa.select(SurveyVoice))} == {4}


def test_four_answers_wait_and_the_fifth_shows_all(app: HostedFlask, asked: Asked) -> None:
    trainer = asked.cast.client(app, "trainer")
    for number, who in enumerate(asked.people[:5], start=1):
        send(app, asked, who, words=f"Secret {number}")
        count()
        with db.scope(asked.cast.academy.scope):
            survey_id = one_survey().id
        page, table = trainer.get(f"/surveys/{survey_id}").text, trainer.get(f"/surveys/{survey_id}/results.csv").text
        shown = number == 5
        assert ("Secret" in page) is shown and ("Secret" in table) is shown and ("<svg class=\"bar-chart\"" in page) is shown
    assert "five people have answered" not in page and "Net promoter score 100" in page and "Average 4.0" in page
    send(app, asked, asked.people[5], words="Late one")
    count()
    page = trainer.get(f"/surveys/{survey_id}").text
    assert "Late one" not in page and "1 answer waits" in page and "6 people answered" in page


def test_no_transaction_place_or_order_leads_from_a_voice_to_a_person(app: HostedFlask, asked: Asked) -> None:
    for number, who in enumerate(asked.people):
        send(app, asked, who, words=f"word {number}")
    count()
    with db.scope(asked.cast.academy.scope):
        def stamps(table: str) -> set[str]:
            return set(db.session.scalars(sa.text(f"SELECT xmin::text FROM {table} WHERE :all"), {"all": True}))

        assert not stamps("survey_voices") & stamps("survey_done"), "who reads xmin joins nothing"
        assert len(stamps("survey_done")) == 10 and len(stamps("survey_voices")) <= 2
        open_ = asked.body["questions"][4]["id"]
        rows = db.session.execute(sa.text("SELECT id, question_id::text FROM survey_voices WHERE :all ORDER BY ctid"), {"all": True})
        order = [row[0] for row in rows if row[1] == open_]
        said = {voice.id: voice.words for voice in db.session.scalars(sa.select(SurveyVoice))}
        written = [said[one] for one in order]
        assert sorted(written) == [f"word {n}" for n in range(10)] and written != [f"word {n}" for n in range(10)]
        assert db.session.scalars(sa.select(SurveyBallot)).all() == []
        assert one_survey().counted == 10


def test_the_answers_of_one_person_are_not_together(app: HostedFlask, asked: Asked) -> None:
    for who in asked.people[:5]:
        send(app, asked, who, words="x")
    count()
    with db.scope(asked.cast.academy.scope):
        rows = list(db.session.execute(sa.text("SELECT question_id FROM survey_voices WHERE :all ORDER BY ctid"), {"all": True}).scalars())
    runs = [rows[n : n + 5] for n in range(0, 25, 5)]
    assert len(rows) == 25 and not all(len(set(run)) == 5 for run in runs)


def test_texts_are_sealed(app: HostedFlask, asked: Asked) -> None:
    for who in asked.people[:5]:
        send(app, asked, who, words="plaintext-mark")
    for _ in range(2):
        with db.scope(asked.cast.academy.scope):
            for table in TABLES:
                rows = db.session.execute(sa.text(f"SELECT t::text FROM {table} t WHERE :all"), {"all": True}).scalars().all()
                assert not any("plaintext-mark" in row or b"plaintext-mark".hex() in row for row in rows)
        count()


def test_a_question_that_four_answered_stays_hidden(app: HostedFlask, asked: Asked) -> None:
    for number, who in enumerate(asked.people[:7]):
        send(app, asked, who, words="Only four of us" if number < 4 else "")
    count()
    with db.scope(asked.cast.academy.scope):
        found = results.results_of(member(asked.cast, "trainer"), one_survey(), "Europe/Amsterdam")
        survey_id = one_survey().id
    assert [outcome.is_hidden for outcome in found.outcomes] == [False, False, False, False, True]
    page = asked.cast.client(app, "trainer").get(f"/surveys/{survey_id}").text
    assert "Only four" not in page and "Not shown" in page


def test_months_are_shown_apart_only_when_each_has_five(app: HostedFlask, asked: Asked) -> None:
    for who in asked.people[:5]:
        send(app, asked, who, score=5, words="first")
    count()
    with clock.shifted(timedelta(days=32)):
        for who in asked.people[5:]:
            send(app, asked, who, score=1, words="second" if who != asked.people[9] else "")
        count()
    with db.scope(asked.cast.academy.scope):
        survey, trainer = one_survey(), member(asked.cast, "trainer")
        whole = results.results_of(trainer, survey, "Europe/Amsterdam")
        assert len(whole.spans) == 2
        early, late = (results.results_of(trainer, survey, "Europe/Amsterdam", span[0]) for span in whole.spans)
        survey_id = survey.id
    assert [bar.number for bar in early.outcomes[0].bars] == [0, 0, 0, 0, 5]
    assert [bar.number for bar in late.outcomes[0].bars] == [5, 0, 0, 0, 0]
    assert not whole.outcomes[4].is_hidden and early.outcomes[4].is_hidden and late.outcomes[4].is_hidden
    page = asked.cast.client(app, "trainer").get(f"/surveys/{survey_id}?from={whole.spans[0][0]}")
    assert page.status_code == 200 and 'aria-current="page"' in page.text and "second" not in page.text.replace("seconds", "")


@pytest.mark.parametrize("asked", ["named"], indirect=True)
def test_a_named_survey_says_so_and_keeps_the_name(app: HostedFlask, asked: Asked) -> None:
    page = asked.cast.client(app, "participant").get(f"/learn/{asked.course}/{asked.lesson}").text
    assert "Your name stands with your answers" in page and "anonymous" not in page.lower()
    send(app, asked, "participant", words="=HYPERLINK(evil)", helped=(0, 2))
    assert send(app, asked, "participant", words="twice").status_code == 302
    with db.scope(asked.cast.academy.scope):
        sheet = db.session.scalars(sa.select(SurveySheet)).one()
        assert sheet.member_id == asked.cast.ids["participant"] and "HYPERLINK" in (sheet.given or "")
        assert db.session.scalars(sa.select(SurveyDone)).all() == []
        survey_id = one_survey().id
    trainer = asked.cast.client(app, "trainer")
    page = trainer.get(f"/surveys/{survey_id}").text
    assert "Sanne de Wit" in page and "HYPERLINK" in page and "1 person answered" in page
    table = trainer.get(f"/surveys/{survey_id}/results.csv")
    assert table.mimetype == "text/csv" and "'=HYPERLINK(evil)" in table.text and "Text; Talking" in table.text


def test_ten_at_once_are_counted_once_each(app: HostedFlask, asked: Asked) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(10) as pool:
        codes = list(pool.map(lambda who: send(app, asked, who).status_code, asked.people * 2))
    assert set(codes) == {302}
    count()
    with db.scope(asked.cast.academy.scope):
        assert one_survey().counted == 10
        assert db.session.scalar(sa.select(sa.func.count()).select_from(SurveyVoice)) == 40
