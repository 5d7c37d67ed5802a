"""Texts come from files, once, and stay as they came."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from core import clock
from core.academies.models import Ownership
from core.academies.queries import academy_by_number
from core.db import CORE, db
from core.legal import actions, queries
from core.legal.models import Acceptance, Version
from core.legal.reading import BadText, drafts, read
from core.legal.rules import NAMES, PLACE
from core.mail.models import Letter
from core.outbox.models import Work
from core.owner import connect
from jobs.legal import announce
from jobs.privacy import run_acceptances as sweep
from tests.agreed import agreement_for
from tests.conftest import Platform
from tests.doors import new_account
from tests.legal.versions import loaded, next_drafts, number_of
from tests.opened import Opened

WHOLE = "---\ntitle: T\nupdated: 2026-12-01\nchange: major\nnotice_days: 30\nsummary: S\n---\nWords.\n"


def test_every_document_stands_in_both_languages_with_known_places() -> None:
    found = drafts()
    assert {twins[0].name for twins in found} == set(NAMES)
    known = set(queries_places())
    for draft in (one for twins in found for one in twins):
        assert set(PLACE.findall(draft.markdown)) <= known, draft.name
        assert draft.title and draft.summary and "—" not in draft.markdown


def queries_places() -> dict[str, str]:
    return {**queries.places(), **dict.fromkeys(("cookies_page", "subprocessors_page", "privacy_page", "terms_page", "processing_page"), "")}


def test_the_twins_have_the_same_headings_and_items() -> None:
    for twins in drafts():
        shapes = {tuple(line.split(" ")[0] for line in one.markdown.splitlines() if line.startswith(("#", "- "))) for one in twins}
        assert len(shapes) == 1, twins[0].name


@pytest.mark.parametrize(("name", "text", "words"), [
    ("terms-0.nl.md", WHOLE, "call it"), ("other-1.nl.md", WHOLE, "call it"), ("terms-1.de.md", WHOLE, "call it"),
    ("terms-1.nl.md", "Words.", "none of"), ("terms-1.nl.md", WHOLE.replace("summary: S\n", ""), "say summary"),
    ("terms-1.nl.md", WHOLE.replace("major", "big"), "change is one of"), ("terms-1.nl.md", WHOLE.replace("2026-12-01", "soon"), "terms-1.nl.md"),
    ("terms-1.nl.md", WHOLE.replace("notice_days: 30", "notice_days: many"), "terms-1.nl.md"),
])  # fmt: skip
def test_a_bad_file_is_refused_with_what_to_mend(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(BadText, match=words):
        read(tmp_path / name)


def test_a_version_needs_its_twin_with_the_same_facts_and_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "terms-1.nl.md").write_text(WHOLE)
    with pytest.raises(BadText, match="in each of"):
        drafts(tmp_path)
    (tmp_path / "terms-1.en.md").write_text(WHOLE.replace("major", "minor"))
    with pytest.raises(BadText, match="differ"):
        drafts(tmp_path)
    for language in ("nl", "en"):
        (tmp_path / f"terms-1.{language}.md").rename(tmp_path / f"terms-3.{language}.md")
        (tmp_path / f"terms-3.{language}.md").write_text(WHOLE)
    with pytest.raises(BadText, match="no version 2"):
        drafts(tmp_path)


def test_loading_again_changes_nothing_and_another_text_under_a_number_is_refused(platform: Platform) -> None:
    with db.scope(CORE, commit=True):
        assert actions.load(drafts()) == []
    for language in (0, 1):
        changed = drafts()
        changed[0][language] = replace(changed[0][language], markdown="Something else.\n")
        with pytest.raises(BadText, match="the next number"), db.scope(CORE):
            actions.load(changed)


def test_a_new_version_holds_after_its_notice_and_the_first_at_once(platform: Platform) -> None:
    with db.scope(CORE):
        assert all(one.in_force_at <= clock.now() for one in db.session.scalars(sa.select(Version).where(Version.number == 1)))
    with loaded("terms", notice_days=30) as version_id, db.scope(CORE):
        assert queries.current("terms").number == number_of(version_id) - 1
        coming = queries.coming("terms")
        assert coming is not None and coming.id == version_id
        with clock.shifted(timedelta(days=30, minutes=1)):
            assert queries.current("terms").id == version_id and queries.coming("terms") is None


def test_owners_hear_once_of_a_version_however_often_the_work_is_done(academy: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    accounts = [new_account(language=language) for language in ("nl", "en", "nl")]
    stranger = new_account()
    with db.scope(CORE, commit=True):
        found = academy_by_number(academy.number)
        db.session.add_all(Ownership(academy_id=found.id, account_id=one.id) for one in accounts)
    with loaded("subprocessors", notice_days=30) as version_id:
        run_all(version_id)
        with db.scope(CORE):
            told = [(one.recipient, one.subject) for one in db.session.scalars(sa.select(Letter).where(Letter.kind == "legal_change"))]
            mine = [one for one in told if one[0] in {account.email for account in accounts}]
            assert len(mine) == 3 and stranger.email not in {one[0] for one in told}
            assert {subject.split(" ")[0] for _, subject in mine} == {"Subverwerkers", "Sub-processors"}
            assert db.session.get_one(Version, version_id).announced_at is not None


def run_all(version_id: object) -> None:
    """Do the announcements that wait for the version, one after the other, each as a worker would."""
    for _ in range(20):
        with db.scope(CORE):
            waiting = [one for one in db.session.scalars(sa.select(Work).where(Work.job == "legal.announce", Work.done_at.is_(None)))
                       if one.args["version_id"] == str(version_id)]  # fmt: skip
            args = [(one.id, dict(one.args)) for one in waiting]
        if not args:
            return
        for work_id, values in args:
            with db.scope(CORE, commit=True):
                announce(**values)
                db.session.get_one(Work, work_id).done_at = clock.now()
    raise AssertionError("the announcements do not end")


def test_cookies_are_not_announced_and_a_first_version_neither(platform: Platform) -> None:
    with loaded("cookies") as version_id, db.scope(CORE):
        named = {one.args["version_id"] for one in db.session.scalars(sa.select(Work).where(Work.job == "legal.announce"))}
        firsts = db.session.scalars(sa.select(Version.id).where(Version.number == 1)).all()
        assert not named & {str(one) for one in (version_id, *firsts)}


def test_what_was_accepted_can_be_added_to_and_not_changed(academy: Opened) -> None:
    for change in (sa.delete(Acceptance), sa.update(Acceptance).values(sha256="other"), sa.update(Acceptance).values(account_id=None)):
        with db.scope(CORE), pytest.raises(sa.exc.ProgrammingError) as refused:
            db.session.execute(change)
        assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)


def test_a_proof_goes_five_years_after_its_end(academy: Opened, platform: Platform) -> None:
    account = new_account()
    with db.scope(CORE, commit=True):
        row = agreement_for(academy.number)
        db.session.add(row)
        db.session.flush()
        row_id = row.id
        actions.end_of_account(account.id)
    with connect(platform.owner_url) as owner:
        owner.execute("UPDATE core.legal_acceptances SET ends_at = %s WHERE id = %s", [clock.now() + timedelta(days=5 * 365 + 1), row_id])

    def left() -> tuple[bool, int]:
        with db.scope(CORE):
            mine = db.session.scalar(sa.select(sa.func.count()).select_from(Acceptance).where(Acceptance.account_id == account.id))
            return db.session.get(Acceptance, row_id) is not None, mine or 0

    with clock.shifted(timedelta(days=5 * 365 - 5)):
        sweep()
    assert left() == (True, 2)
    with clock.shifted(timedelta(days=5 * 365 + 3)):
        sweep()
    assert left() == (False, 0)


def test_a_draft_for_tests_is_the_next_number(platform: Platform) -> None:
    assert [one.number for one in next_drafts("terms")] == [2, 2]
