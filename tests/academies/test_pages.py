"""The pages on which academies are opened, looked after and closed, and who may see which."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask
from core import clock
from core.academies import queries
from core.academies.models import Academy, Closing
from core.audit.models import Event
from core.db import CORE, academy_scope, db
from core.owner import owner_connection
from jobs import academies as jobs
from tenants.closing.machine import close_academy
from tenants.mail.models import Letter
from tenants.provision import refill_spares
from tenants.resolve import resolver
from tests.academies.ends import end_all
from tests.academies.signed import Person, person
from tests.agreed import agree_form
from tests.browsing import client_on
from tests.doors import letters

LOOK = {"colour": "#7a3b1d", "language": "nl"}


def open_one(someone: Person, name: str = "Bakkerij Noord", slug: str = "bakkerij-noord") -> UUID:
    """Open an academy through the pages; return its id."""
    first = someone.browser.post("/academies/new", data={"name": name, "slug": slug})
    assert first.status_code == 303 and first.location.endswith("/academies/new/look"), first.status_code
    second = someone.browser.post("/academies/new/look", data=LOOK)
    assert second.status_code == 303 and second.location.endswith("/academies/new/agreement")
    third = someone.browser.post("/academies/new/agreement", data=agree_form())
    assert third.status_code == 303
    resolver.forget()  # tests use one address again and again; the platform lets it rest
    return UUID(third.location.split("/")[-2])


def the(academy_id: UUID) -> Academy:
    """Return the academy as it stands."""
    with db.scope(CORE):
        return db.session.get_one(Academy, academy_id)


def status(browser: FlaskClient, path: str) -> int:
    """Return the status of a page."""
    return browser.get(path).status_code


def test_owner_opens_an_academy_in_four_steps(owner: Person, app: HostedFlask) -> None:
    assert status(owner.browser, "/academies/new") == 200
    academy_id = open_one(owner)
    done = owner.browser.get(f"/academies/{academy_id}/opened")
    assert "Bakkerij Noord is open" in done.text and "bakkerij-noord.localhost" in done.text
    assert "form-action 'self' http://bakkerij-noord.localhost" in done.headers["Content-Security-Policy"]
    assert status(client_on(app, "bakkerij-noord.localhost"), "/sign-in") == 200
    assert "Bakkerij Noord" in owner.browser.get("/academies").text
    entry = owner.browser.post(f"/academies/{academy_id}/entries")
    assert entry.location.startswith("http://bakkerij-noord.localhost/entry/")


def test_sample_course_follows_as_a_job(owner: Person) -> None:
    number = the(open_one(owner)).number
    for _ in range(2):
        with db.scope(academy_scope(number), commit=True):
            jobs.sample_course()
    with db.scope(academy_scope(number)):
        rows = db.session.execute(sa.text("SELECT title, state FROM courses")).all()
    assert [tuple(row) for row in rows] == [("Zo werkt een cursus", "published")]


def test_page_waits_while_no_spare_is_ready(owner: Person) -> None:
    with owner_connection() as connection:
        connection.execute("UPDATE local.spares SET number = -number")
        academy_id = open_one(owner)
        connection.execute("UPDATE local.spares SET number = -number")
    waiting = owner.browser.get(f"/academies/{academy_id}/opened")
    assert "Making Bakkerij Noord ready" in waiting.text and 'http-equiv="refresh"' in waiting.text
    jobs.prepare(the(academy_id).number)
    assert "Bakkerij Noord is open" in owner.browser.get(f"/academies/{academy_id}/opened").text


@pytest.mark.parametrize(
    ("slug", "english", "dutch"),
    [("www", "kept for the platform", "gehouden voor het platform"), ("ab", "3 to 40", "3 tot 40"),
     ("taken-one", "is taken", "is al bezet"), ("", "Fill in an address", "Vul een adres in")],
)  # fmt: skip
def test_unfit_address_is_refused_in_both_languages(
    slug: str, english: str, dutch: str, owner: Person, app: HostedFlask
) -> None:
    open_one(owner, slug="taken-one")
    for someone, words in ((owner, english), (person(app, "nl"), dutch)):
        answer = someone.browser.post("/academies/new", data={"name": "Noord", "slug": slug})
        assert answer.status_code == 422 and words in answer.text


def test_address_is_checked_while_one_types(owner: Person, app: HostedFlask) -> None:
    free = owner.browser.get("/academies/address?slug=zorgplein")
    assert "zorgplein.localhost is free" in free.text and "<html" not in free.text
    open_one(owner, slug="zorgplein")
    taken = owner.browser.get("/academies/address?slug=zorgplein")
    assert "is taken" in taken.text and "Free: zorgplein-academy" in taken.text
    assert client_on(app, "localhost").get("/academies/address?slug=zorgplein").status_code in (302, 303)


def test_address_taken_between_the_steps_leads_back_to_the_first(owner: Person, stranger: Person) -> None:
    owner.browser.post("/academies/new", data={"name": "Noord", "slug": "noordzee"})
    with owner_connection():
        open_one(stranger, slug="noordzee")
    owner.browser.post("/academies/new/look", data=LOOK)
    late = owner.browser.post("/academies/new/agreement", data=agree_form())
    assert late.status_code == 422 and "This address is taken" in late.text


def test_double_submit_opens_one_academy(owner: Person) -> None:
    open_one(owner)
    assert owner.browser.post("/academies/new/agreement", data=agree_form()).location.endswith("/academies/new")
    with db.scope(CORE):
        assert len(queries.academies_of(owner.id)) == 1


def test_account_without_confirmed_address_opens_one_academy(app: HostedFlask, owner: Person) -> None:
    new = person(app, confirmed=False)
    open_one(new, slug="eerste-academie")
    assert status(new.browser, "/academies/new") == 422


def test_strangers_find_nothing_of_anothers_academy(owner: Person, stranger: Person, app: HostedFlask) -> None:
    academy_id = open_one(owner)
    nobody = client_on(app, "localhost")
    for path in ("", "/opened", "/closing", "/receipt", "/export.zip"):
        assert status(stranger.browser, f"/academies/{academy_id}{path}") == 404, path
        assert status(nobody, f"/academies/{academy_id}{path}") in (302, 303), path
    for path in ("/closing", "/closing/withdrawal", "/offers", "/departure"):
        assert stranger.browser.post(f"/academies/{academy_id}{path}").status_code == 404, path


def test_only_operators_reach_the_operators_pages(owner: Person, operator: Person, app: HostedFlask) -> None:
    academy_id = open_one(owner)
    pages = ["/operator/academies", "/operator/academies/new", f"/operator/academies/{academy_id}",
             f"/operator/academies/{academy_id}/closing"]  # fmt: skip
    for path in pages:
        assert status(owner.browser, path) in (403, 404), path
        assert status(operator.browser, path) == 200, path
    for path in ("suspension", "resumption", "owners", "closing/withdrawal"):
        assert owner.browser.post(f"/operator/academies/{academy_id}/{path}").status_code in (403, 404), path


def test_operator_sees_all_academies_with_counts_and_finds_them(owner: Person, operator: Person) -> None:
    open_one(owner, "Zorgplein Utrecht", "zorgplein")
    found = operator.browser.get("/operator/academies?q=zorgplein").text
    row = re.search(r"<tr><th.*?Zorgplein Utrecht.*?</tr>", found, re.DOTALL)
    assert row is not None and "Olga Visser" in row[0] and ">1</td>" in row[0].replace(" ", "").replace("\n", "")
    assert "Zorgplein" not in operator.browser.get("/operator/academies?q=%25x%25").text
    assert "Zorgplein" not in operator.browser.get("/operator/academies?q=zorgplein&state=suspended").text


def test_suspended_academy_shows_a_neutral_page_until_it_is_resumed(
    owner: Person, operator: Person, app: HostedFlask
) -> None:
    academy_id = open_one(owner)
    visitor = client_on(app, "bakkerij-noord.localhost")
    assert operator.browser.post(f"/operator/academies/{academy_id}/suspension", data={}).status_code == 422
    form = {"suspend-reason": "Unpaid since June"}
    assert operator.browser.post(f"/operator/academies/{academy_id}/suspension", data=form).status_code == 303
    resolver.forget()
    neutral = visitor.get("/sign-in")
    assert neutral.status_code == 503 and "Unpaid" not in neutral.text
    assert "Unpaid since June" in operator.browser.get(f"/operator/academies/{academy_id}").text
    assert "Unpaid" not in owner.browser.get(f"/academies/{academy_id}").text
    assert operator.browser.post(f"/operator/academies/{academy_id}/resumption").status_code == 303
    resolver.forget()
    assert visitor.get("/sign-in").status_code == 200
    with db.scope(CORE):
        acts = db.session.scalars(sa.select(Event.act).where(Event.number == the(academy_id).number).order_by(Event.id))
        assert [act for act in acts if "academy." in act][-2:] == ["academy.suspended", "academy.resumed"]


def test_operator_opens_an_academy_for_an_account(owner: Person, operator: Person) -> None:
    form = {"name": "Zorgplein", "slug": "zorgplein", "owner": "nobody@example.org", **LOOK}
    assert operator.browser.post("/operator/academies/new", data=form).status_code == 422
    assert operator.browser.post("/operator/academies/new", data=form | {"owner": owner.email}).status_code == 303
    with db.scope(CORE):
        assert [academy.slug for academy in queries.academies_of(owner.id)] == ["zorgplein"]


def test_operator_appoints_an_owner_when_the_owner_is_gone(owner: Person, stranger: Person, operator: Person) -> None:
    academy_id = open_one(owner)
    with owner_connection() as connection:
        connection.execute("DELETE FROM core.ownerships WHERE academy_id = %s", [academy_id])
    page = operator.browser.get(f"/operator/academies/{academy_id}").text
    assert "Its owner is gone" in page
    form = {"appoint-email": stranger.email, "appoint-reason": "The foundation wrote us a letter"}
    assert operator.browser.post(f"/operator/academies/{academy_id}/owners", data=form).status_code == 303
    assert status(stranger.browser, f"/academies/{academy_id}") == 200


def test_owner_reads_the_consequences_types_the_address_and_can_go_back(
    owner: Person, app: HostedFlask
) -> None:
    academy_id = open_one(owner)
    path = f"/academies/{academy_id}/closing"
    page = owner.browser.get(path).text
    assert "What is destroyed" in page and "For 30 days you can take it back" in page
    wrong = owner.browser.post(path, data={"typed": "bakkerij", "holder": str(owner.id)})
    assert wrong.status_code == 422 and the(academy_id).state == "active"
    assert owner.browser.post(path, data={"typed": "bakkerij-noord", "holder": str(owner.id)}).status_code == 303
    assert the(academy_id).state == "closing"
    resolver.forget()
    assert client_on(app, "bakkerij-noord.localhost").get("/sign-in").status_code == 200
    assert owner.browser.post(f"{path}/withdrawal").status_code == 303
    assert the(academy_id).state == "active"
    assert owner.browser.post(f"{path}/withdrawal").status_code == 422


def test_members_are_told_before_a_closing_and_when_it_is_undone(owner: Person) -> None:
    academy_id = open_one(owner)
    number = the(academy_id).number
    path = f"/academies/{academy_id}/closing"
    owner.browser.post(path, data={"typed": "bakkerij-noord", "holder": str(owner.id)})
    owner.browser.post(f"{path}/withdrawal")
    with owner_connection() as connection:
        work = dict(connection.execute("SELECT job, args FROM local.outbox WHERE number = %s", [number]).fetchall())
    with db.scope(academy_scope(number), commit=True):
        jobs.tell_members(**work["academies.tell_members"])
        jobs.tell_undone(**work["academies.tell_undone"])
    with db.scope(academy_scope(number)):
        told = list(db.session.scalars(sa.select(Letter).order_by(Letter.id)))
        assert [letter.kind for letter in told] == ["academy_closing", "closing_undone"]
        assert told[0].recipient == owner.email
        assert "http://bakkerij-noord.localhost/own-work" in (told[0].body_text or "")


def test_closed_academy_leaves_a_410_a_receipt_and_an_export_for_its_holder(
    owner: Person, stranger: Person, operator: Person, app: HostedFlask
) -> None:
    academy_id = open_one(owner)
    form = {"typed": "bakkerij-noord", "holder": str(owner.id), "days": "0"}
    assert operator.browser.post(f"/operator/academies/{academy_id}/closing", data=form).status_code == 303
    progress = owner.browser.get(f"/academies/{academy_id}/closing")
    assert "is being closed" in progress.text and 'http-equiv="refresh"' in progress.text
    with owner_connection() as connection:
        assert close_academy(connection, the(academy_id).number) == "done"
    resolver.forget()
    assert client_on(app, "bakkerij-noord.localhost").get("/").status_code == 410
    receipt = owner.browser.get(f"/academies/{academy_id}/receipt")
    assert "Bakkerij Noord is closed" in receipt.text and "Fetch the final export" in receipt.text
    export = owner.browser.get(f"/academies/{academy_id}/export.zip")
    assert export.status_code == 200 and int(export.headers["Content-Length"]) == len(export.data)
    with zipfile.ZipFile(io.BytesIO(export.data)) as pack:
        assert pack.testzip() is None and "tables/members.json" in pack.namelist()
    assert status(operator.browser, f"/academies/{academy_id}/receipt") == 200
    assert status(operator.browser, f"/academies/{academy_id}/export.zip") == 404
    assert status(stranger.browser, f"/academies/{academy_id}/export.zip") == 404
    assert owner.browser.post(f"/academies/{academy_id}/closing/withdrawal").status_code == 422


def test_owner_is_mailed_the_receipt_and_the_export_ends(owner: Person) -> None:
    academy_id = open_one(owner)
    owner.browser.post(f"/academies/{academy_id}/closing", data={"typed": "bakkerij-noord", "holder": str(owner.id)})
    with owner_connection() as connection, clock.shifted(timedelta(days=31)):
        close_academy(connection, the(academy_id).number)
    closing_id = closing_of(academy_id).id
    with db.scope(CORE, commit=True):
        jobs.tell_closed(str(closing_id))
    mail = letters(None, "academy_closed", owner.email)
    assert f"/academies/{academy_id}/receipt" in mail[0][2]
    with clock.shifted(timedelta(days=40)), db.scope(CORE, commit=True):
        jobs.end_export(str(closing_id))
    assert closing_of(academy_id).export_path is not None
    with clock.shifted(timedelta(days=62)), db.scope(CORE, commit=True):
        jobs.end_export(str(closing_id))
    assert closing_of(academy_id).export_path is None
    assert list((jobs.exports_dir()).glob(f"{closing_id}*")) == []
    assert owner.browser.get(f"/academies/{academy_id}/export.zip").status_code == 410


def test_address_of_a_closed_academy_rests(owner: Person) -> None:
    academy_id = open_one(owner)
    owner.browser.post(f"/academies/{academy_id}/closing", data={"typed": "bakkerij-noord", "holder": str(owner.id)})
    with owner_connection() as connection, clock.shifted(timedelta(days=31)):
        close_academy(connection, the(academy_id).number)
    again = owner.browser.post("/academies/new", data={"name": "Noord", "slug": "bakkerij-noord"})
    assert again.status_code == 422 and "had this address not long ago" in again.text


def test_overdue_closing_is_queued_again(owner: Person) -> None:
    academy_id = open_one(owner)
    owner.browser.post(f"/academies/{academy_id}/closing", data={"typed": "bakkerij-noord", "holder": str(owner.id)})
    number = the(academy_id).number
    with owner_connection() as connection:
        connection.execute("DELETE FROM local.outbox WHERE job = 'academies.close'")
    with clock.shifted(timedelta(days=31)), db.scope(CORE, commit=True):
        jobs.sweep_closings()
        jobs.sweep_closings()
    with owner_connection() as connection:
        rows = connection.execute("SELECT args FROM local.outbox WHERE job = 'academies.close'").fetchall()
    assert [row[0] for row in rows if row[0]["academy"] == number] == [{"academy": number}]


def test_owner_offers_ownership_and_the_last_one_cannot_leave(owner: Person, stranger: Person) -> None:
    academy_id = open_one(owner)
    assert owner.browser.post(f"/academies/{academy_id}/departure").status_code == 422
    form = {"email": stranger.email, "way": "beside"}
    assert owner.browser.post(f"/academies/{academy_id}/offers", data=form).status_code == 303
    mail = letters(None, "ownership", stranger.email)[0][2]
    link = re.search(r"/ownership/\S+", mail)
    assert link is not None and stranger.browser.post(link[0]).status_code == 303
    assert status(stranger.browser, f"/academies/{academy_id}") == 200
    assert owner.browser.post(f"/academies/{academy_id}/departure").status_code == 303
    assert status(owner.browser, f"/academies/{academy_id}") == 404


def closing_of(academy_id: UUID) -> Closing:
    """Return the academy's closing as it stands."""
    with db.scope(CORE):
        return db.session.scalars(sa.select(Closing).where(Closing.academy_id == academy_id)).one()


def test_a_closing_does_not_lift_a_suspension(owner: Person, operator: Person, app: HostedFlask) -> None:
    """An owner may close a suspended academy; while it waits, and after an undo, it is as suspended as before."""
    academy_id = open_one(owner)
    visitor, closing = client_on(app, "bakkerij-noord.localhost"), f"/academies/{academy_id}/closing"
    operator.browser.post(f"/operator/academies/{academy_id}/suspension", data={"suspend-reason": "Unpaid since June"})
    assert owner.browser.post(closing, data={"typed": "bakkerij-noord", "holder": str(owner.id)}).status_code == 303
    resolver.forget()
    assert visitor.get("/sign-in").status_code == 503
    assert "stays suspended" in owner.browser.get(closing).text
    assert "Enter the academy" not in owner.browser.get(f"/academies/{academy_id}").text
    assert owner.browser.post(f"{closing}/withdrawal").status_code == 303
    resolver.forget()
    assert visitor.get("/sign-in").status_code == 503
    assert the(academy_id).state == "suspended"
    assert "Unpaid since June" in operator.browser.get(f"/operator/academies/{academy_id}").text


def test_an_academy_that_waits_to_be_closed_can_be_suspended_and_resumed(
    owner: Person, operator: Person, app: HostedFlask
) -> None:
    academy_id = open_one(owner)
    visitor, page = client_on(app, "bakkerij-noord.localhost"), f"/operator/academies/{academy_id}"
    owner.browser.post(f"/academies/{academy_id}/closing", data={"typed": "bakkerij-noord", "holder": str(owner.id)})
    for act, words, status_then in (("suspension", ">Resume<", 503), ("resumption", "suspend-reason", 200)):
        assert operator.browser.post(f"{page}/{act}", data={"suspend-reason": "Fraud"}).status_code == 303
        resolver.forget()
        assert visitor.get("/sign-in").status_code == status_then
        assert words in operator.browser.get(page).text
        again = operator.browser.post(f"{page}/{act}", data={"suspend-reason": "Fraud"})
        assert again.status_code == 422 and "is in another state" in again.text
    assert the(academy_id).state == "closing"


@pytest.mark.parametrize(("language", "words"), [("en", "only the platform can take it back"), ("nl", "alleen het platform")])
def test_what_the_platform_closes_only_the_platform_takes_back(
    operator: Person, app: HostedFlask, language: str, words: str
) -> None:
    with owner_connection() as connection:
        refill_spares(connection, 1)
    owner = person(app, language)
    academy_id = open_one(owner)
    form = {"typed": "bakkerij-noord", "holder": str(owner.id), "days": "30"}
    assert operator.browser.post(f"/operator/academies/{academy_id}/closing", data=form).status_code == 303
    page = owner.browser.get(f"/academies/{academy_id}/closing").text
    assert words in page and "closing/withdrawal" not in page
    refused = owner.browser.post(f"/academies/{academy_id}/closing/withdrawal")
    assert refused.status_code == 422 and words in refused.text
    assert the(academy_id).state == "closing"
    assert operator.browser.post(f"/operator/academies/{academy_id}/closing/withdrawal").status_code == 303
    assert the(academy_id).state == "active"
    end_all(owner.id)


def test_members_read_in_the_academy_that_it_closes(owner: Person, app: HostedFlask) -> None:
    academy_id = open_one(owner)
    entry = owner.browser.post(f"/academies/{academy_id}/entries").location.removeprefix("http://bakkerij-noord.localhost")
    inside = client_on(app, "bakkerij-noord.localhost")
    inside.get(entry)
    assert "closes on" not in inside.get("/", follow_redirects=True).text
    owner.browser.post(f"/academies/{academy_id}/closing", data={"typed": "bakkerij-noord", "holder": str(owner.id)})
    resolver.forget()
    page = inside.get("/", follow_redirects=True).text
    assert "Bakkerij Noord closes on" in page and 'href="/own-work"' in page
