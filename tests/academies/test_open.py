"""Opening an academy: whole at once from a spare, later by a job without one, refused for a bad name."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
import sqlalchemy as sa

from core import keystore
from core.academies import queries
from core.academies.actions import SlugRefused
from core.academies.models import Academy, Ownership, RestingSlug
from core.accounts.models import Account
from core.db import CORE, academy_scope, db
from core.errors import Refused
from core.owner import owner_connection
from tenants.closing.machine import close_academy
from tenants.opening import open_academy, prepare_academy
from tenants.people.models import Member
from tenants.provision import refill_spares
from tests.academies.ends import end_all
from tests.conftest import Platform
from tests.life.lives import account


@pytest.fixture
def owner_id(platform: Platform) -> Iterator[UUID]:
    """Return an account; the academies that the test opened are taken away at the end."""
    one = account(f"olga-{UUID.__name__}-{id(platform)}-{next(_count)}@people.example")
    yield one
    end_all(one)


_count = iter(range(10_000))


def opened(owner_id: UUID, slug: str, name: str = "Bakkerij Noord") -> int:
    """Return the number of a newly opened academy."""
    with db.scope(CORE, commit=True):
        return open_academy(name, slug, db.session.get_one(Account, owner_id), "#7a3b1d", "nl").number


def test_academy_from_a_spare_is_whole_at_once(owner_id: UUID) -> None:
    with owner_connection() as owner:
        refill_spares(owner, 1)
    number = opened(owner_id, "bakkerij-noord")
    assert keystore.exists(f"ac_{number}")
    with db.scope(academy_scope(number)):
        member = db.session.scalars(sa.select(Member)).unique().one()
        assert member.account_id == owner_id and member.email is not None and member.email.startswith("olga-")
        assert member.roles == {"owner", "manager", "author", "trainer"}
    with db.scope(CORE):
        academy = queries.academy_by_slug("bakkerij-noord")
        assert queries.is_ready(academy)
        assert [ownership.account_id for ownership in academy.owners] == [owner_id]
        assert db.session.scalar(sa.text("SELECT 1 FROM local.spares WHERE number = :n"), {"n": number}) is None
        acts = db.session.scalars(sa.text("SELECT act FROM core.audit WHERE number = :n"), {"n": number}).all()
        assert acts == ["academy.opened"]


def test_academy_without_a_spare_is_prepared_by_a_job(owner_id: UUID) -> None:
    with owner_connection() as owner:
        owner.execute("UPDATE local.spares SET number = -number")
        number = opened(owner_id, "bakkerij-zuid")
        owner.execute("UPDATE local.spares SET number = -number")
        with db.scope(CORE):
            assert not queries.is_ready(queries.academy_by_number(number))
            waiting = sa.text("SELECT args FROM local.outbox WHERE job = 'academies.prepare' AND done_at IS NULL")
            assert {"academy": number} in db.session.scalars(waiting).all()
        for _ in range(2):
            prepare_academy(owner, number)
    with db.scope(academy_scope(number)):
        assert len(db.session.scalars(sa.select(Member)).unique().all()) == 1


def test_nothing_is_kept_of_an_opening_that_fails(owner_id: UUID) -> None:
    with owner_connection() as owner:
        refill_spares(owner, 1)
        spares = owner.execute("SELECT count(*) FROM local.spares").fetchone()
        with db.scope(CORE):
            open_academy("Half", "half-open", db.session.get_one(Account, owner_id), "#7a3b1d", "nl")
        assert owner.execute("SELECT count(*) FROM local.spares").fetchone() == spares
    with db.scope(CORE):
        assert db.session.scalar(sa.select(Academy).where(Academy.slug == "half-open")) is None


@pytest.mark.parametrize(
    ("slug", "problem"),
    [("ab", "shape"), ("Zorg", "shape"), ("zorg--plus", "shape"), ("xn--zorg", "shape"), ("-zorg", "shape"),
     ("www", "reserved"), ("admin", "reserved"), ("adrnin", "alike"), ("kweek-hulp", "alike"), ("kvveek", "alike")],
)  # fmt: skip
def test_unfit_subdomains_are_refused(slug: str, problem: str, owner_id: UUID) -> None:
    with pytest.raises(SlugRefused) as refused:
        opened(owner_id, slug)
    assert refused.value.problem == problem


def test_taken_alike_and_resting_subdomains_are_refused(owner_id: UUID) -> None:
    opened(owner_id, "zorgplein")
    with pytest.raises(SlugRefused, match="taken"):
        opened(owner_id, "zorgplein")
    with pytest.raises(SlugRefused, match="alike"):
        opened(owner_id, "z0rgp1ein")
    with db.scope(CORE, commit=True):
        db.session.add(RestingSlug(slug="oude-school", number=999_999, until=sa.func.now() + sa.text("interval '1 day'")))
    with pytest.raises(SlugRefused, match="resting"):
        opened(owner_id, "oude-school")


def test_two_people_who_want_the_same_name_at_once_get_it_once(owner_id: UUID) -> None:
    with owner_connection() as owner:
        refill_spares(owner, 4)

    def want(_: int) -> str:
        try:
            opened(owner_id, "gewild")
        except SlugRefused as refused:
            return refused.problem
        return "opened"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(want, range(4))) == ["opened", "taken", "taken", "taken"]
    with db.scope(CORE):
        count = sa.select(sa.func.count()).select_from(Ownership).where(Ownership.account_id == owner_id)
        assert db.session.scalar(count) == 1


@pytest.mark.parametrize("name", ["", "A", " Bakkerij", "B" * 81, "Bak\nkerij"])
def test_unfit_names_are_refused(name: str, owner_id: UUID) -> None:
    with pytest.raises(Refused):
        opened(owner_id, "bakkerij-west", name)


def test_suggested_subdomain_is_free(owner_id: UUID) -> None:
    opened(owner_id, "cafe-de-brug", "Café de Brug")
    with db.scope(CORE):
        assert queries.suggest_slug("Café de Brug", "Kweek") == "cafe-de-brug-academy"
        assert queries.suggest_slug("東京", "Kweek") == ""


def test_academy_closed_before_it_was_prepared_ends_closed(owner_id: UUID) -> None:
    from tests.life.lives import closing_row
    from tests.opened import Opened

    with owner_connection() as owner:
        owner.execute("UPDATE local.spares SET number = -number")
        number = opened(owner_id, "te-snel")
        owner.execute("UPDATE local.spares SET number = -number")
        from tests.life.lives import ask

        ask(Opened(number, "te-snel"))
        assert close_academy(owner, number) == "done"
        prepare_academy(owner, number)
        assert owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [f"ac_{number}"]).fetchone() is None
    assert closing_row(Opened(number, "te-snel"))["step"] == "done"
