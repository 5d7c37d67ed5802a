"""The agreement on processing: before an academy is entered, by somebody who may sign, on paper with both parties."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import clock
from core.academies.queries import academy_by_id, academy_by_number
from core.accounts.models import Account
from core.db import CORE, db
from core.legal import actions, printing, queries
from core.legal.models import Acceptance, Version
from core.owner import connect, owner_connection
from jobs.academy_commands import open_one as open_by_command
from tenants.close import ask_closing
from tenants.closing.machine import close_academy
from tests.academies.ends import end_all
from tests.academies.signed import Person, person
from tests.academies.test_pages import open_one
from tests.agreed import AGREE, SIGNER, agree, agree_form
from tests.conftest import Platform
from tests.doors import letters
from tests.legal.versions import loaded
from tests.opened import Opened

LOOK = {"colour": "#7a3b1d", "language": "nl"}


@pytest.fixture
def owner(app: HostedFlask) -> Iterator[Person]:
    """Return an owner, signed in."""
    one = person(app)
    yield one
    end_all(one.id)


def acceptance_of(academy_id: UUID) -> Acceptance:
    with db.scope(CORE):
        found = queries.agreement_of(academy_by_id(academy_id)).acceptance
        assert found is not None
        return found


def test_an_academy_opens_with_its_agreement_and_not_without(owner: Person) -> None:
    owner.browser.post("/academies/new", data={"name": "Bakkerij Noord", "slug": "noord-met"})
    owner.browser.post("/academies/new/look", data=LOOK)
    page = owner.browser.get("/academies/new/agreement").text
    assert 'value="Bakkerij Noord"' in page and "article 28" in page
    for missing in ("organisation", "address", "function", "may_sign"):
        form = agree_form() | {missing: ""}
        if missing == "may_sign":
            del form["may_sign"]
        answer = owner.browser.post("/academies/new/agreement", data=form)
        assert answer.status_code == 422 and (missing == "address" or AGREE["address"] in answer.text), missing
    with db.scope(CORE):
        assert db.session.scalar(sa.text("SELECT count(*) FROM core.academies WHERE slug = 'noord-met'")) == 0
    academy_id = open_one(owner, slug="noord-met")
    row = acceptance_of(academy_id)
    with db.scope(CORE):
        assert actions.signer_of(db.session.get_one(Acceptance, row.id)) == SIGNER and row.account_id == owner.id
    shown = owner.browser.get(f"/academies/{academy_id}").text
    assert "Bakkerij Noord B.V." in shown and f"/agreements/{row.id}.pdf" in shown


def test_a_text_that_changed_meanwhile_is_read_again_before_it_opens(owner: Person) -> None:
    owner.browser.post("/academies/new", data={"name": "Bakkerij Noord", "slug": "noord-later"})
    owner.browser.post("/academies/new/look", data=LOOK)
    form = agree_form()
    with loaded("processing"):
        answer = owner.browser.post("/academies/new/agreement", data=form)
        assert answer.status_code == 422 and "changed while you read it" in answer.text and AGREE["address"] in answer.text
        with db.scope(CORE):
            assert db.session.scalar(sa.text("SELECT count(*) FROM core.academies WHERE slug = 'noord-later'")) == 0


def test_the_third_step_without_the_first_two_begins_at_the_beginning(owner: Person) -> None:
    assert owner.browser.get("/academies/new/agreement").location.endswith("/academies/new")
    owner.browser.post("/academies/new", data={"name": "Bakkerij Noord", "slug": "noord-vroeg"})
    assert owner.browser.post("/academies/new/agreement", data=agree_form()).location.endswith("/academies/new/look")


def test_what_an_operator_opens_waits_until_its_owner_accepts(owner: Person, app: HostedFlask) -> None:
    operator = person(app, is_operator=True)
    form = {"name": "Bakkerij Zuid", "slug": "zuid-wacht", "owner": owner.email, **LOOK}
    made = operator.browser.post("/operator/academies/new", data=form)
    academy_id = UUID(made.location.split("/")[-1])
    assert len(letters(None, "agreement_wanted", owner.email)) == 1
    assert "Agreement waits" in owner.browser.get("/academies").text
    assert "The agreement waits" in operator.browser.get(f"/operator/academies/{academy_id}").text
    assert "Bakkerij Zuid" in operator.browser.get("/operator/legal").text
    held = owner.browser.post(f"/academies/{academy_id}/entries", data={"next": "/courses"})
    assert held.status_code == 303 and held.location == f"/academies/{academy_id}/agreement?next=/courses"
    page = owner.browser.get(held.location).text
    assert "once somebody who may sign" in page and "Later" not in page
    done = owner.browser.post(held.location, data=agree_form())
    assert done.status_code == 303 and done.location == "/academies?enter=zuid-wacht&next=/courses"
    assert "zuid-wacht" in owner.browser.post(f"/academies/{academy_id}/entries").location
    assert owner.browser.get(f"/academies/{academy_id}/agreement").status_code == 302, "there is nothing more to agree"


def test_what_the_command_line_opens_waits_too(owner: Person, capsys: pytest.CaptureFixture[str]) -> None:
    open_by_command(argparse.Namespace(name="Bakkerij West", owner=owner.email, slug="west-wacht", colour="#7a3b1d", language="nl"))
    assert "accepted the agreement" in capsys.readouterr().out
    with db.scope(CORE):
        academy = db.session.scalars(sa.select(queries.Academy).where(queries.Academy.slug == "west-wacht")).one()
        assert queries.agreement_of(academy).is_missing
    assert len(letters(None, "agreement_wanted", owner.email)) == 1


def test_an_academy_from_before_the_first_version_can_put_it_off_for_thirty_days(academy: Opened, platform: Platform) -> None:
    with connect(platform.owner_url) as superior:
        superior.execute("DELETE FROM core.legal_acceptances WHERE number = %s", [academy.number])
        superior.execute("UPDATE core.academies SET made_at = now() - interval '1 year' WHERE number = %s", [academy.number])
    with db.scope(CORE):
        stands = queries.agreement_of(academy_by_number(academy.number))
        assert stands.asked is not None and not stands.is_missing
        with clock.shifted(timedelta(days=31)):
            assert queries.agreement_of(academy_by_number(academy.number)).is_missing


def test_a_major_change_is_asked_again_of_the_owner_and_members_notice_nothing(owner: Person) -> None:
    academy_id = open_one(owner, slug="noord-nieuw")
    with loaded("processing"):
        assert "The agreement changed" in owner.browser.get(f"/academies/{academy_id}").text
        assert "noord-nieuw" in owner.browser.post(f"/academies/{academy_id}/entries").location
        page = owner.browser.get(f"/academies/{academy_id}/agreement").text
        assert "You can decide until" in page and "/legal/processing/changes/1/2" in page
        assert owner.browser.post(f"/academies/{academy_id}/agreement", data=agree_form()).status_code == 303
        with db.scope(CORE):
            assert len(queries.acceptances_for(academy_by_id(academy_id).number)) == 2


def test_two_owners_who_accept_at_once_make_one_agreement(owner: Person) -> None:
    academy_id = open_one(owner, slug="noord-twee")
    with loaded("processing") as version_id:
        for _ in range(2):
            with db.scope(CORE, commit=True):
                agree(academy_by_id(academy_id), db.session.get_one(Account, owner.id))
        with db.scope(CORE):
            assert db.session.scalar(sa.select(sa.func.count()).select_from(Acceptance).where(Acceptance.version_id == version_id)) == 1


def test_the_paper_names_both_parties_and_is_for_owners_and_operators(owner: Person, app: HostedFlask) -> None:
    academy_id = open_one(owner, slug="noord-papier")
    row = acceptance_of(academy_id)
    answer = owner.browser.get(f"/academies/{academy_id}/agreements/{row.id}.pdf")
    assert answer.status_code == 200 and answer.mimetype == "application/pdf" and answer.data.startswith(b"%PDF-1.7")
    assert "noord-papier" in answer.headers["Content-Disposition"]
    stranger, operator = person(app), person(app, is_operator=True)
    assert stranger.browser.get(f"/academies/{academy_id}/agreements/{row.id}.pdf").status_code == 404
    assert operator.browser.get(f"/operator/academies/{academy_id}/agreements/{row.id}.pdf").status_code == 200
    other = open_one(owner, slug="noord-ander")
    assert owner.browser.get(f"/academies/{other}/agreements/{row.id}.pdf").status_code == 404, "another academy's"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_paper_holds_every_word_of_the_text_and_the_sub_processors(academy: Opened, language: str) -> None:
    with db.scope(CORE):
        version, others = queries.current("processing"), queries.current("subprocessors")
        row = db.session.scalars(sa.select(Acceptance).where(Acceptance.number == academy.number)).one()
        db.session.expunge(row)
        row.language = language
        pages = dict.fromkeys(("cookies_page", "subprocessors_page", "privacy_page", "terms_page", "processing_page"), "/x")
        places = {**queries.places(), **pages}
        data = json.loads(printing.page_data(row, SIGNER, version, version.text(language), others.text(language), places))
        made = printing.agreement(row, SIGNER, version, version.text(language), others.text(language), places)
    assert made.startswith(b"%PDF")
    assert data["controller"][0] == SIGNER.organisation and data["processor"][0] == "Kweek" and data["signer"] == "Olga Visser, directeur"
    words = " ".join(run[0] for text in data["texts"] for block in text["blocks"] for run in block["runs"])
    for text in (version.text(language), others.text(language)):
        for line in text.markdown.splitlines():
            first = line.lstrip("#-* 0123456789.").split("{")[0].split("[")[0].split("**")[0].strip()
            assert first[:40] in words, line


def test_the_proof_of_a_closed_academy_ends_in_five_years(owner: Person) -> None:
    academy_id = open_one(owner, slug="noord-dicht")
    with db.scope(CORE, commit=True):
        academy = academy_by_id(academy_id)
        number = academy.number
        ask_closing(academy, owner.id, 0)
    with owner_connection() as connection:
        close_academy(connection, number)
    with db.scope(CORE):
        row, version = queries.acceptances_for(number)[0]
        assert isinstance(version, Version) and row.ends_at is not None
        assert timedelta(days=5 * 365) <= row.ends_at - clock.now() <= timedelta(days=5 * 365 + 3)
