"""Imports and exports through their pages: a look first, all or nothing, large files in the background, hostile ones harmless."""

from __future__ import annotations

import datetime
import io
import re
import time
import zipfile
from uuid import UUID, uuid4

import openpyxl
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask
from core import queue
from core.db import db
from jobs import bank as jobs
from jobs import perform
from tenants.audit.models import Event
from tenants.bank import importing, queries, uploads
from tenants.bank.formats.question import Unreadable
from tenants.bank.formats.reading import read_file
from tenants.bank.models import BankImport, BankImportRow, BankItem
from tenants.files import storage
from tenants.files.models import File
from tests.bank.others import sample
from tests.cast import Cast
from tests.courses.writing import member

MANY = "\n\n".join(f"::Q{n}::What is {n} loaves + 1? {{=yes {n} ~no ~perhaps}}" for n in range(2_000)).encode()
SHOUT = '<p onclick="x()">Which <script>window.ran=1</script>flour?</p><img src="https://evil.example/t.gif" onerror="x()">'
HOSTILE = (f'<quiz><question type="truefalse"><name><text>&lt;script&gt;x&lt;/script&gt;</text></name><questiontext format="html">'
           f'<text><![CDATA[{SHOUT}]]></text></questiontext><answer fraction="100"><text>true</text></answer>'
           f'<answer fraction="0"><text>false</text></answer></question></quiz>').encode()  # fmt: skip


@pytest.fixture
def browser(app: HostedFlask, cast: Cast) -> FlaskClient:
    return cast.client(app, "author")


def send(browser: FlaskClient, data: bytes, name: str = "bread.gift", **more: str) -> str:
    """Upload a file; return where its report stands."""
    sent = browser.post("/bank/imports/new", data={"file": (io.BytesIO(data), name), "language": "en", "format": "", "tags": "", **more})
    assert sent.status_code == 302, sent.text
    return sent.headers["Location"]


def stored(cast: Cast, model: type = BankItem) -> int:
    """Return how many rows the academy has."""
    with db.scope(cast.academy.scope):
        return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_a_small_file_is_looked_at_and_then_put_in_the_bank_once(browser: FlaskClient, cast: Cast) -> None:
    here = send(browser, sample("bread.xml"), "bread.xml", tags="Bread, New", language="nl")
    page = browser.get(here).text
    assert "Moodle XML" in page and "Images are left out" in page and "Line by line" in page
    assert stored(cast) == 0, "nothing before it is confirmed"
    assert "bread.xml" in browser.get("/bank").text, "the upload waits"
    shares = [browser.get(f"{here}?fate={fate}").text.count('scope="row"') for fate in ("whole", "changed", "left")]
    assert sum(shares) == browser.get(here).text.count('scope="row"') and all(shares)
    for _ in range(2):
        assert "11 questions are in the bank." in browser.post(f"{here}/confirmation", follow_redirects=True).text
    assert stored(cast) == 11
    with db.scope(cast.academy.scope):
        items = queries.all_items(member(cast, "author"), queries.Filter(tag="bread"))
        assert len(items) == 11 and {item.language for item in items} == {"nl"}
        said = next(item for item in items if item.kind == "truefalse").question["choices"]
        assert [choice["text"] for choice in said] == ["Waar", "Niet waar"]
        assert len(db.session.scalars(sa.select(Event).where(Event.act == "bank.imported")).all()) == 1
    browser.post(f"{here}/removal")
    assert browser.get(here).status_code == 404 and stored(cast) == 11 and stored(cast, BankImportRow) == 0


def test_two_thousand_questions_are_read_in_the_background(browser: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.monotonic()
    here = send(browser, MANY)
    assert time.monotonic() - began < 2, "the author does not wait"
    page = browser.get(here).text
    assert f'hx-get="{here}/reading"' in page and "being read" in page and "<progress" in page and "confirmation" not in page
    assert "is not read yet" in browser.post(f"{here}/confirmation", follow_redirects=True).text
    assert "being read" in browser.get("/bank").text and stored(cast, File) == 1
    seen: list[str] = []
    keep = uploads.proceed

    def watched(*args: object) -> bool:
        part = browser.get(f"{here}/reading")
        assert "HX-Refresh" not in part.headers
        seen.append(part.text)
        return keep(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(uploads, "proceed", watched)
    perform.drain(most=20)
    assert [re.findall(r'value="(\d+)" max="(\d+)"', page) for page in seen[1:]] == [[(str(n), "2000")] for n in range(250, 2000, 250)]
    page = browser.get(here).text
    assert "Put 2000 questions in the bank" in page and browser.get(f"{here}/reading").headers["HX-Refresh"] and "1-100 of 2000" in page
    assert stored(cast) == 0 and stored(cast, File) == 0, "the file goes when it was read"
    browser.post(f"{here}/confirmation")
    assert stored(cast) == 2_000
    assert "of 2000" in browser.get("/bank").text


def test_reading_begins_again_after_a_worker_died_and_ends_after_a_deletion(browser: FlaskClient, cast: Cast) -> None:
    key = UUID(send(browser, MANY).rsplit("/", 1)[1])
    for _ in range(2):
        with db.scope(cast.academy.scope, commit=True):
            source = uploads.begin(key)
            assert source is not None
            rows = importing.report_rows(read_file(source.data, source.name)[1], source.options)
            assert uploads.proceed(key, "gift", rows[:250], 0, 2_000)
            assert not uploads.proceed(key, "gift", rows[:250], 0, 2_000), "another worker was here"
    assert stored(cast, BankImportRow) == 250
    jobs.read(str(key), cast.academy.number)
    assert stored(cast, BankImportRow) == 2_000
    gone = send(browser, MANY)
    browser.post(f"{gone}/removal")
    jobs.read(gone.rsplit("/", 1)[1], cast.academy.number)
    assert stored(cast, File) == 0 and stored(cast, BankImport) == 1
    with db.scope(cast.academy.scope):
        assert list(storage.stored_ids()) == []
    with db.scope(cast.academy.scope, commit=True):
        queue.later("bank.forget", import_id=key)
    perform.drain(most=20)
    assert stored(cast, BankImport) == 0 and stored(cast, BankImportRow) == 0


@pytest.mark.parametrize("crash", [False, True])
def test_a_large_file_that_cannot_be_read_says_why(
    browser: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch, crash: bool
) -> None:
    if crash:
        monkeypatch.setattr(uploads, "read_file", lambda *_args: 1 / 0)
    here = send(browser, b"<quiz><question>" + b"x" * 40_000, "broken.xml")
    perform.drain(most=20)
    page = browser.get(here).text
    assert ("We could not read this file" if crash else "breaks off near line 1") in page and "Choose another file" in page
    assert "cannot be read" in browser.get("/bank").text
    assert browser.post(f"{here}/confirmation").status_code != 500
    assert stored(cast) == stored(cast, File) == stored(cast, BankImportRow) == 0


def bomb(entity: str = "") -> bytes:
    """Return XML whose entities would grow, or read a file."""
    grown = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY e0 "ha">{entity or grown}]><quiz>&e9;</quiz>'.encode()


def workbook(inside: dict[str, bytes]) -> bytes:
    """Return a small workbook with parts added."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as packed:
        for name, content in inside.items():
            packed.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(("make", "name", "code"), [
    (bomb, "a.xml", "entities"), (lambda: bomb('<!ENTITY e9 SYSTEM "file:///etc/passwd">'), "a.xml", "entities"),
    (lambda: b"<quiz>" + b"<a>" * 50_000, "a.xml", "too_nested"),
    (lambda: workbook({"xl/media/a": bytes(130 * 1024 * 1024)}), "a.xlsx", "too_large"),
    (lambda: workbook({f"xl/media/{n}": b"" for n in range(2_100)}), "a.xlsx", "too_large"),
    (lambda: b"PK\x03\x04" + b"junk" * 99, "a.xlsx", "broken_sheet"),
    (lambda: b"Q {=" + b"{1:SA:" * 200_000, "a.gift", ""), (lambda: b"::" * 400_000, "a.gift", ""),
    (lambda: b'<quiz><question type="cloze"><questiontext format="plain_text"><text>' + b"{1:SA:{" * 50_000 + b"</text></questiontext></question></quiz>", "a.xml", ""),
])  # fmt: skip
def test_hostile_files_cost_little_and_bring_nothing(make, name: str, code: str) -> None:  # type: ignore[no-untyped-def]
    data = make()
    began = time.monotonic()
    try:
        reading = read_file(data, name)[1]
    except Unreadable as why:
        assert why.code == code or not code
    else:
        assert not code and reading.questions == []
    assert time.monotonic() - began < 4


def test_scripts_and_remote_images_do_not_come_over(browser: FlaskClient, cast: Cast) -> None:
    here = send(browser, HOSTILE, "<script>x.xml")
    page = browser.get(here).text
    assert "Scripts or hidden commands are left out." in page and "Images are left out: 1" in page
    browser.post(f"{here}/confirmation")
    with db.scope(cast.academy.scope):
        item = queries.all_items(member(cast, "author"), queries.Filter())[0]
        key, prompt = item.id, item.question["prompt"]
    assert prompt == "Which flour?"
    for path in (here, "/bank", f"/bank/{key}", f"/bank/{key}/preview", "/bank/export"):
        found = browser.get(path).text
        assert "evil.example" not in found and "<script>x" not in found and "onclick" not in found, path


def test_an_unreadable_upload_keeps_the_form(browser: FlaskClient, cast: Cast) -> None:
    sent = browser.post("/bank/imports/new", data={"file": (io.BytesIO(bomb()), "a.xml"), "language": "nl", "format": "", "tags": "kept"})
    assert sent.status_code == 422 and "declares entities" in sent.text and 'value="kept"' in sent.text
    assert browser.post("/bank/imports/new", data={"language": "nl"}).status_code == 422
    assert stored(cast, BankImport) == 0


@pytest.mark.parametrize(("form", "begins"), [("gift", "//"), ("moodle_xml", "<?xml")])
def test_what_goes_out_comes_in_again(browser: FlaskClient, cast: Cast, form: str, begins: str) -> None:
    browser.post(f"{send(browser, sample('bread.xml'), 'bread.xml')}/confirmation")
    page = browser.get(f"/bank/export?format={form}").text
    number = int(re.findall(r"Download (\d+) question", page)[0])
    assert number == (9 if form == "gift" else 11), page
    file = browser.get(f"/bank/export/file?format={form}&kind=single")
    assert file.status_code == 200 and "attachment" in file.headers["Content-Disposition"]
    whole = browser.get(f"/bank/export/file?format={form}").data
    assert len(read_file(whole, "x.xml" if form == "moodle_xml" else "x.gift")[1].questions) == number


def test_imports_of_another_academy_are_not_found(app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    mine, theirs = casts
    here = send(theirs.client(app, "author"), sample("bread.xml"), "bread.xml")
    browser = mine.client(app, "owner")
    for path in (here, f"/bank/imports/{uuid4()}"):
        assert browser.get(path).status_code == 404
        assert browser.post(f"{path}/confirmation").status_code == 404 and browser.post(f"{path}/removal").status_code == 404
    assert stored(theirs, BankImport) == 1


def test_losses_of_a_workbook_and_of_moodle_are_said_in_sentences(browser: FlaskClient) -> None:
    book = openpyxl.Workbook()
    book.active.append(["question", "answer 1", "answer 2", "right", "answer 1"])
    book.active.append(["Which?", datetime.date(2024, 2, 1), "x", 1, "twice", "spare"])
    book.create_sheet("Notes").append(["words"])
    out = io.BytesIO()
    book.save(out)
    page = browser.get(send(browser, out.getvalue(), "x.xlsx")).text
    for sentence in ("made a day or a time of a cell", "Left out: Notes", "The first one counts: answer 1", "columns without a name are left out: 1"):
        assert sentence in page, sentence
    xml = (b'<quiz><question type="category"><category><text>top/Bread</text></category><info><text>About</text></info></question>'
           b'<question type="truefalse"><name><text>n</text></name><questiontext><text>q</text></questiontext><defaultgrade>2.50</defaultgrade>'
           b'<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question></quiz>')  # fmt: skip
    page = browser.get(send(browser, xml, "x.xml")).text
    assert "It was worth 2.5 points." in page and "The description of a category is left out." in page


def test_a_file_that_breaks_the_reader_is_refused_with_what_to_do(browser: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise RecursionError

    monkeypatch.setattr(uploads, "read_file", broken)
    sent = browser.post("/bank/imports/new", data={"file": (io.BytesIO(b"Q {T}"), "a.txt"), "language": "en", "format": "", "tags": "kept"})
    assert sent.status_code == 422 and "We could not read this file." in sent.text and 'value="kept"' in sent.text
    assert stored(cast, BankImport) == 0
