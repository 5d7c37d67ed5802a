"""The demo world with an attack in front of every text that anybody could have written, in every column of both academies.

No list of fields can be forgotten here: the columns are walked, and what is stored is attacked where it is stored, past the
cleaning on the way in. T21: no page runs anything, and each column's attack was seen on a page. T30: no table that leaves
the product holds a formula.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import sessions
from core.academies.models import Academy
from core.db import CORE, AcademyBase, academy_scope, db
from core.sealed import Sealed
from core.sheets import FORMULA
from jobs.demo.cast import ACADEMIES
from tests.browser.pages import Found, walk
from tests.browser.site import Site
from tests.browser.test_walk import Door, site, world  # noqa: F401  its world and its servers
from tests.browser.test_xss import LOOK, bunch
from tests.browsing import client_on

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(900)]

# Words of the program, addresses and codes in capitals: texts that no person writes.
CODE = re.compile(
    r"[0-9a-f-]{8,}|[\d:.,T+Z -]+|\S+@\S+|(https?:/)?/\S*|[\w.-]+/[\w.+-]+|[a-z0-9_.-]+|#\w+|\S{100,}|[A-Z0-9-]{6,}", re.DOTALL
)
# Columns that hold one word of a person's, which looks like one of the program's; and those that hold no words of a person, or
# none that reach them unescaped (tests/outbox/test_letters.py attacks each letter where it is composed).
ALWAYS = {"bank_tags.name", "item_tags.name", "members.number"}
NEVER = {"letters.body_html", "members.email", "members.password_hash", "bank_import_rows.notes.what", "report_schedules.query", "report_files.query"}
# Attacked, and not on the pages that links lead to in the demo world; with where it is drawn, or why it is not.
UNSEEN = {
    "sessions.device": "only names of browsers that we know are said of it",
    "bank_items.words": "searched in", "bank_import_rows.words": "searched in",
    "bank_import_rows.tags": "drawn once it is in the bank", "bank_import_rows.content.prompt": "drawn once it is in the bank",
    "bank_import_rows.content.choices.text": "drawn once it is in the bank",
    "bank_import_rows.notes.facts.title": "the row says its title itself", "bank_imports.options.true_false": "words of the file's head",
    "bank_items.content.rule.alt": "drawn as in lessons, where it is seen", "bank_items.content.rule.areas.label": "drawn as in lessons",
    "bank_items.content.rule.text": "drawn as in lessons", "answers.given.places": "what is no longer offered is not drawn",
    "certificates.facts_json.title": "printed in the PDF", "reviews.text": "on the page of who got it; test_review_desk looks at it",
    "sittings.paper.title": "while somebody sits; test_sitting looks at it", "sittings.paper.intro.html": "while somebody sits",
    "sittings.paper.intro.markdown": "its HTML is drawn", "sittings.paper.questions.question.choices.feedback": "after the end, where the author shows it",
    "sittings.paper.questions.question.feedback_again": "after the end", "sittings.paper.questions.question.feedback_right": "after the end",
    "surveys.asked.questions.prompt": "drawn to who has finished a course", "organisations.plain_name": "compared with",
    "letters.subject": "in the mail itself", "letters.body_text": "in the mail itself",
}
MOST = 3
MORE = dict.fromkeys(("learning.lesson", "bank.show", "reviews.show", "exercises.show", "reports.person", "assessments.review", "assessments.person", "study.person"), 16)
RICH = ("learning.lesson", "courses.lesson", "reviews.show", "reports.person")


class Attacker:
    """Puts an attack with a mark of its own in front of every text, and remembers whose mark it is."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def mark_of(self, name: str) -> str:
        """Return the mark of a column, or of a key in its JSON."""
        for mark, known in self.names.items():
            if known == name:
                return mark
        mark = f"zq{len(self.names)}qz"
        self.names[mark] = name
        return mark

    def text(self, name: str, value: str) -> str:
        """Return the text with its attack in front, or as it is when no person wrote it."""
        if name in NEVER or not value.strip() or (CODE.fullmatch(value) and name not in ALWAYS):
            return value
        if value[:1] in "[{":
            try:
                return json.dumps(self.inside(name, json.loads(value)), ensure_ascii=False)
            except ValueError:
                pass
        mark = self.mark_of(name)
        return f"=1+1 {mark} {bunch(len(value) + int(mark[2:-2]), 260)} {value}"

    def inside(self, name: str, value: Any) -> Any:
        """Return the JSON with every text in it attacked."""
        if isinstance(value, str):
            return self.text(name, value)
        if isinstance(value, list):
            return [self.inside(name, one) for one in value]
        if isinstance(value, dict):
            return {key: self.inside(f"{name}.{key}" if re.fullmatch(r"[a-z_]+", key) else name, one) for key, one in value.items()}
        return value

    def attack(self, number: int) -> None:
        """Attack every row of an academy."""
        for mapper in AcademyBase.registry.mappers:
            with db.scope(academy_scope(number), commit=True):
                for row in db.session.scalars(sa.select(mapper.class_)).unique():
                    self.attack_row(mapper, row)

    def attack_row(self, mapper: Any, row: Any) -> None:
        """Attack the texts of a row."""
        table = mapper.local_table.name
        for column in mapper.columns:
            is_text = isinstance(column.type, sa.Text | sa.JSON) and not column.foreign_keys
            if is_text and column.table is mapper.local_table and not is_code(column):
                name = mapper.get_property_by_column(column).key
                before = getattr(row, name)
                after = self.inside(f"{table}.{name}", before)
                if after != before:
                    setattr(row, name, after)
        for one in vars(mapper.class_).values():
            if isinstance(one, Sealed):
                before = getattr(row, one.name)
                after = self.inside(f"{table}.{one.name}", before)
                if after != before:
                    setattr(row, one.name, after)


def is_code(column: Any) -> bool:
    """Return whether the database takes only words of the program in the column."""
    checks = [str(one.sqltext) for one in column.table.constraints if isinstance(one, sa.CheckConstraint)]
    return any(re.search(rf"\b{column.name} (in|~|=)", text) for text in checks)


class Reader:
    """A client that remembers what it read."""

    def __init__(self, client: Any) -> None:
        self.client, self.pages, self.sheets = client, dict[str, str](), dict[str, Any]()

    def get(self, path: str) -> Any:
        """Return the answer."""
        try:
            answer = self.client.get(path)
        except Exception as error:  # the page fell over what somebody wrote
            raise AssertionError(path) from error
        if answer.mimetype == "text/html":
            self.pages[path] = answer.text
        elif answer.mimetype == "text/csv" or "spreadsheetml" in answer.mimetype:
            self.sheets[path] = answer
        return answer


@pytest.fixture(scope="module")
def attacked(world: list[Door]) -> Iterator[Attacker]:  # noqa: F811
    """Attack both demo academies."""
    attacker = Attacker()
    with db.scope(CORE, commit=True):
        numbers = [db.session.scalars(sa.select(Academy.number).where(Academy.slug == one.slug)).one() for one in ACADEMIES]
        for row in db.session.scalars(sa.select(Academy)):
            row.name = attacker.text("academies.name", row.name)
    for number in numbers:
        attacker.attack(number)
    yield attacker


@pytest.fixture(scope="module")
def read(app: HostedFlask, world: list[Door], attacked: Attacker) -> list[tuple[Door, Found, Reader]]:  # noqa: F811
    """Return what each door leads to, a few pages of each kind."""
    return [(door, *read_as(app, door)) for door in world]


def read_as(app: HostedFlask, door: Door) -> tuple[Found, Reader]:
    """Return what somebody reaches by links, with every page."""
    client = client_on(app, door.host)
    client.set_cookie("lang", door.language, domain=door.host)
    if door.token:
        client.set_cookie(sessions.cookie_name(), door.token, domain=door.host)
    reader = Reader(client)
    found = walk(app, reader, door.host, door.side, ["/", "/sign-in", "/me"], most=MOST, more=MORE)  # type: ignore[arg-type]
    return found, reader


def test_T21_an_attack_in_every_column_runs_on_no_page(
    browser: Any, read: list[tuple[Door, Found, Reader]], attacked: Attacker, site: Site  # noqa: F811
) -> None:
    wrong, seen, looked = [], set[str](), defaultdict[str, int](int)
    for door, reached, reader in read:
        wrong += [f"{door.host} as {door.role}: {one}" for one in reached.broken]
        for text in reader.pages.values():
            seen |= set(re.findall(r"zq\d+qz", text))
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        origin = f"http://{door.host}:{site.port}"
        cookies = {"lang": door.language} | ({sessions.cookie_name(): door.token} if door.token else {})
        context.add_cookies([{"name": name, "value": value, "url": origin} for name, value in cookies.items()])
        page, said = context.new_page(), list[str]()
        page.on("console", lambda message, said=said: said.append(message.text) if "Content Security" in message.text else None)
        page.on("request", lambda asked, said=said: said.append(asked.url) if "evil" in asked.url else None)
        page.on("dialog", lambda dialog, said=said: (said.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error, said=said: said.append(str(error)))
        for endpoint, some in reached.paths.items():
            for path in [one for one in some if one in reader.pages][: 1 + (endpoint in RICH)]:
                if endpoint.startswith(("dev.", "mailbox.")) or looked[f"{door.side} {endpoint}"] >= 2 * (1 + (endpoint in RICH)):
                    continue
                looked[f"{door.side} {endpoint}"] += 1
                said.clear()
                page.goto(f"{origin}{path}")
                page.wait_for_timeout(60)
                found = page.evaluate(LOOK)
                if found != {"ran": 0, "handlers": [], "addresses": [], "strange": [], "counted": False} or said:
                    wrong.append(f"{door.host}{path} as {door.role}: {found} {said}")
        context.close()
    assert wrong == [], "\n".join(wrong)
    assert len(looked) > 70, len(looked)
    unseen = {name for mark, name in attacked.names.items() if mark not in seen}
    assert sorted(unseen - set(UNSEEN)) == [], "these were attacked and are on no page: say where they are drawn, or why not"
    assert len(seen) > 60, sorted(attacked.names.values())


def test_T30_no_table_that_leaves_the_product_holds_a_formula(app: HostedFlask, read: list[tuple[Door, Found, Reader]]) -> None:
    sheets: dict[str, Any] = {}
    came: set[str] = set()
    for door, _reached, reader in read:
        sheets |= {f"{door.host}{path}": answer for path, answer in reader.sheets.items()}
        routes = app.side_maps[door.side].bind(door.host)
        came |= {routes.match(path.split("?")[0], method="GET")[0] for path in reader.sheets}
    named = {rule.endpoint for rule in app.side_maps["academy"].iter_rules() if "GET" in (rule.methods or ()) and re.search(r"csv|xlsx|template", rule.rule)}
    assert named and named <= came, f"nobody came to {sorted(named - came)}"
    cells = [(path, one) for path, answer in sheets.items() for one in cells_of(answer)]
    evil = [(path, one) for path, one in cells if one.lstrip().startswith(FORMULA)]
    assert evil == []
    assert sum("=1+1" in one for _path, one in cells) > 20, "no attack came into a table"
    assert {path.rsplit(".", 1)[-1].split("?")[0] for path in sheets} >= {"csv", "xlsx"}


def cells_of(answer: Any) -> list[str]:
    """Return the texts of a CSV file's cells; of an XLSX file's only formulas, for its texts are texts."""
    if answer.mimetype == "text/csv":
        rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
        return [one for row in rows for one in row if not re.fullmatch(r"-?\d+([.,]\d+)?", one)]
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    return [str(cell.value) if cell.data_type == "f" else f"'{cell.value}" for cell in found]
