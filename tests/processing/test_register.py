"""The registers of processing follow the tables, and are read by who may read them."""

from __future__ import annotations

import csv
import io

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core.academies.models import Academy
from core.audit.models import Event
from core.db import CORE, db
from core.models import core_metadata, local_metadata
from core.processing.activities import ACTIVITIES, RETENTION
from core.processing.register import activity_of, entries, is_personal, tables
from core.sheets import MARK
from tenants.models import academy_metadata
from tests.academies.signed import Person, person
from tests.browsing import client_on
from tests.cast import Cast


def every_table() -> list[tuple[str, sa.Table]]:
    return list(tables())


def test_every_table_of_the_installation_is_found() -> None:
    declared = {table.fullname for metadata in (core_metadata, local_metadata, academy_metadata) for table in metadata.tables.values()}
    assert {table.fullname for _feature, table in every_table()} == declared


def test_every_table_belongs_to_an_activity() -> None:
    homeless = [f"{feature}:{table.name}" for feature, table in every_table() if activity_of(feature, table.name) is None]
    assert homeless == [], "say in core/processing/activities.py which activity these are part of"


def test_every_personal_column_stands_in_exactly_one_line_of_the_registers() -> None:
    wanted = sorted(f"{table.name}.{column.name}" for _feature, table in every_table() for column in table.columns if is_personal(column))
    listed = sorted(field for role in ("controller", "processor") for entry in entries(role) for field in entry.fields)  # type: ignore[arg-type]
    assert listed == wanted and len(wanted) > 100


def test_a_table_nobody_spoke_of_would_be_noticed() -> None:
    assert activity_of("core.unheard", "things") is None
    assert activity_of("core.newsletter", "anything") is not None


def test_each_feature_is_part_of_one_activity_on_its_own_side() -> None:
    features = [feature for one in ACTIVITIES for feature in one.features]
    assert len(features) == len(set(features))
    for one in ACTIVITIES:
        side = "core." if one.role == "controller" else "tenants."
        assert all(feature.startswith(side) for feature in one.features), one.name


def test_every_term_of_retention_has_words() -> None:
    terms = {str(column.info["retention"]) for _feature, table in every_table() for column in table.columns if is_personal(column)}
    assert sorted(terms - set(RETENTION)) == [], "give these a sentence in core/processing/activities.py"


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix(MARK))))


def test_an_operator_reads_both_registers_and_takes_them_along(operator: Person, cast: Cast) -> None:
    own, theirs = operator.browser.get("/operator/processing").text, operator.browser.get("/operator/processing/academies").text
    assert "Newsletter" in own and "subscribers.email_sealed" in own and "hand_ins.text_sealed" not in own
    assert "Messages between people" in theirs and "messages.body_sealed" in theirs and "subscribers." not in theirs
    with db.scope(CORE):
        name = db.session.scalars(sa.select(Academy.name).where(Academy.number == cast.academy.number)).one()
    assert name in theirs
    answer = operator.browser.get("/operator/processing/processor.csv")
    assert answer.mimetype == "text/csv" and name in [row[0] for row in rows(answer.text) if row]
    first = rows(operator.browser.get("/operator/processing/controller.csv").text)
    assert first[0][0] == "Activity" and "Accounts" in [row[0] for row in first] and all(len(row) == len(first[0]) for row in first)
    assert operator.browser.get("/operator/processing/else.csv").status_code == 404
    with db.scope(CORE):
        acts = db.session.scalars(sa.select(Event.facts).where(Event.act == "register of processing exported", Event.actor_id == operator.id)).all()
        assert sorted(one["role"] for one in acts) == ["controller", "processor"]


def test_it_is_there_in_dutch(app: HostedFlask, cast: Cast) -> None:
    page = person(app, language="nl", is_operator=True).browser.get("/operator/processing").text
    assert "Verwerkingsregister" in page and "Nieuwsbrief" in page and "Legal basis" not in page


@pytest.mark.parametrize("path", ["/operator/processing", "/operator/processing/academies", "/operator/processing/controller.csv"])
def test_nobody_else_reads_the_registers_of_the_platform(app: HostedFlask, path: str) -> None:
    assert person(app).browser.get(path).status_code in (403, 404)
    assert client_on(app, "localhost").get(path).status_code in (302, 401)


@pytest.mark.parametrize("who", ["owner", "manager"])
def test_owner_and_manager_get_a_beginning_of_their_own_register(app: HostedFlask, cast: Cast, who: str) -> None:
    browser = cast.client(app, who)
    page = browser.get("/settings/processing").text
    assert "messages.body_sealed" in page and "subscribers." not in page
    assert "Messages between people" in [row[0] for row in rows(browser.get("/settings/processing.csv").text)]
    assert "/settings/processing" in browser.get("/settings").text


@pytest.mark.parametrize("who", ["participant", "trainer", "author"])
@pytest.mark.parametrize("path", ["/settings/processing", "/settings/processing.csv", "/settings/monitoring"])
def test_others_do_not(app: HostedFlask, cast: Cast, who: str, path: str) -> None:
    assert cast.client(app, who).get(path).status_code in (403, 404)


def test_the_sheet_for_the_works_council_follows_the_settings(app: HostedFlask, cast: Cast) -> None:
    browser = cast.client(app, "owner")
    assert states(browser.get("/settings/monitoring").text)["Who is here"] == "On"
    assert browser.post("/settings/messages", data={"peers": "y", "receipts": "y"}).status_code < 400
    now = states(browser.get("/settings/monitoring").text)
    assert (now["Who is here"], now["Who is writing"], now["Who has read a message"], now["Time per person"]) == ("Off", "Off", "On", "On")


def states(page: str) -> dict[str, str]:
    """Return each feature of the sheet and whether it is on."""
    found = {}
    for part in page.split('<th scope="row"')[1:]:
        name, rest = part.split(">", 1)[1].split("</th>", 1)
        found[name.strip()] = "Off" if ">Off</span>" in rest else "On" if "On</span>" in rest else "?"
    return found
