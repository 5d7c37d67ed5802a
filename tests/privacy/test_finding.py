"""T56 for the platform: every table and column that is about somebody is shown, taken along, and goes or says why it stays."""

from __future__ import annotations

from typing import Any

import pytest
from markupsafe import Markup

from blueprints.hosts import HostedFlask
from blueprints.privacy.words import FIELDS, MACHINE, REASONS, RULES, TOLD, WHYS
from core.db import CoreBase, core_metadata
from core.privacy import erasing, finding, rules
from jobs.privacy import RUNNERS

MAPPED: dict[str, Any] = {mapper.local_table.name: mapper.class_ for mapper in CoreBase.registry.mappers}


def columns(table: str) -> list[tuple[str, dict[str, Any]]]:
    """Return (name, declaration) of a table's columns as finding shows them."""
    found = [(column.name.removesuffix("_sealed"), column.info) for column in MAPPED[table].__table__.columns]
    return [(name, info) for name, info in found if not info["purpose"].startswith("find the row by")]


def test_T56_every_table_of_the_platform_is_somebodys_or_says_why_not() -> None:
    tables = {table.name for table in core_metadata.sorted_tables}
    assert set(finding.SOURCES) | set(finding.NOT_THEIRS) == tables and not set(finding.SOURCES) & set(finding.NOT_THEIRS)


def test_T56_no_table_that_is_nobodys_has_a_personal_column_or_names_an_account() -> None:
    said = {"editions.made_by"}  # an operator who wrote a newsletter; forgotten with the account
    for table in finding.NOT_THEIRS:
        for name, info in columns(table):
            assert info["personal"] == "none", f"{table}.{name}"
        named = {f"{table}.{key.parent.name}" for key in core_metadata.tables[f"core.{table}"].foreign_keys if key.column.table.name == "accounts"}
        assert named <= said, named


def test_T56_every_column_that_is_about_somebody_is_shown_with_a_label() -> None:
    assert set(TOLD) == set(finding.SOURCES)
    missed = [f"{table}.{name}" for table in finding.SOURCES for name, _ in columns(table) if name not in FIELDS and name not in MACHINE]
    assert missed == [], "give the column a label in blueprints/privacy/words.py, or say there that only the machine needs it"
    assert not set(FIELDS) & MACHINE
    hidden = [f"{table}.{name}" for table in finding.SOURCES for name, info in columns(table) if info["personal"] == "content" and name in MACHINE - {"body_html", "mail_id"}]
    assert hidden == [], "content is shown to whom it is about"


def test_T56_what_goes_is_declared_to_go_and_what_stays_says_why() -> None:
    for table in finding.SOURCES:
        for name, info in columns(table):
            if info["personal"] == "none":
                continue
            stays = info["on_erasure"].startswith("keep: ")
            assert stays or table not in erasing.STAY, f"{table}.{name} says that it goes, and its table stays"
            assert info["retention"], f"{table}.{name}"


def test_T56_every_reference_to_an_account_is_cut_or_goes() -> None:
    for table in core_metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == "accounts":
                assert key.ondelete in ("CASCADE", "SET NULL") and (key.ondelete == "CASCADE" or key.parent.nullable), f"{table.name}.{key.parent.name}"


def test_every_rule_runs_or_waits_for_its_table_and_has_words() -> None:
    names = {rule.name for rule in rules.RULES}
    assert set(RUNNERS) == names - {"invoices", "invoices_oss"} and set(RULES) == names
    assert set(REASONS) == set(rules.REASONS) and set(WHYS) == set(rules.WHYS)
    assert all(bool(rule.months) != bool(rule.days) for rule in rules.RULES)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_words_are_plain(app: HostedFlask, language: str) -> None:
    with app.test_request_context(headers={"Accept-Language": language}):
        for told in TOLD.values():
            for words in (told.title, told.why, told.kept, told.end):
                assert str(words) and Markup.escape(str(words)) == str(words).replace("'", "&#39;")
