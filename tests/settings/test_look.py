"""Managers change name, colour and language; everybody sees it at once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core.academies.models import Academy
from core.db import CORE, db
from tenants.audit.models import Event
from tests.cast import Cast

LOOK = {"name": "Bakers", "colour": "#C0392B", "language": "en"}


def test_a_manager_repaints_the_academy(app: HostedFlask, cast: Cast) -> None:
    browser = cast.client(app, "manager")
    assert browser.get("/settings").status_code == 200
    assert browser.post("/settings", data=LOOK | {"slug": "stolen", "state": "closed"}).status_code == 302
    page = browser.get("/settings").text
    assert "Bakers" in page and "/theme/c0392b-" in page
    with db.scope(CORE):
        row = db.session.scalars(sa.select(Academy).where(Academy.number == cast.academy.number)).one()
        assert (row.name, row.colour, row.language, row.slug, row.state) == (
            "Bakers", "#c0392b", "en", cast.academy.slug, "active"
        )  # fmt: skip
    with db.scope(cast.academy.scope):
        assert db.session.scalars(sa.select(Event)).one().actor_id == cast.ids["manager"]


@pytest.mark.parametrize("wrong", [{"colour": "red"}, {"colour": "#12345g"}, {"name": " "}, {"name": "x" * 81}, {"language": "xx"}])
def test_a_wrong_value_is_said_and_what_was_typed_stays(app: HostedFlask, cast: Cast, wrong: dict[str, str]) -> None:
    page = cast.client(app, "owner").post("/settings", data=LOOK | {"name": "Kept"} | wrong)
    assert page.status_code == 422
    assert "name" in wrong or "Kept" in page.text
    with db.scope(CORE):
        row = db.session.scalars(sa.select(Academy).where(Academy.number == cast.academy.number)).one()
        assert row.name.startswith("Academy")


@pytest.mark.parametrize("who", ["participant", "trainer", "author"])
def test_others_may_not(app: HostedFlask, cast: Cast, who: str) -> None:
    assert cast.client(app, who).get("/settings").status_code == 403
    assert cast.client(app, who).post("/settings", data=LOOK).status_code == 403
