"""docs/privacy-promises.md holds every sentence of the privacy policy, each with the tests that prove it; none is missing, none is old."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from core import clock
from core.accounts.models import Account
from core.db import CORE, db
from core.legal.reading import drafts
from core.mail import inbound
from core.mail.actions import write_letter
from core.mail.models import InboundMail, Letter
from jobs.privacy import run_letters
from tests.conftest import Platform
from tests.doors import PASSWORD, new_account
from tests.privacy.people import everything

HOUSE = Path(__file__).resolve().parents[2]
LINE = re.compile(r"- (?P<sentence>.+)\n(?P<tests>(?:  - `[^`]+`\n)+)")


def sentences(language: str = "en") -> list[str]:
    """Return the sentences of the newest privacy policy, without what only draws them."""
    markdown = next(one for twins in reversed(drafts()) for one in twins if one.name == "privacy" and one.language == language).markdown
    found = []
    for part in re.split(r"\n\s*\n|\n(?=- )", markdown):
        if part.startswith("#"):
            continue
        plain = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", part.removeprefix("- ")).replace("**", "")
        found += [one for one in re.split(r"(?<=[.!?])\s+(?=[A-ZÉ{])", " ".join(plain.split())) if one]
    return found


def promised() -> list[tuple[str, list[str]]]:
    """Return each promise of the document with its tests."""
    text = (HOUSE / "docs" / "privacy-promises.md").read_text()
    return [(line["sentence"], re.findall(r"`([^`]+)`", line["tests"])) for line in LINE.finditer(text)]


def test_every_sentence_of_the_policy_stands_there_in_order() -> None:
    assert [sentence for sentence, _ in promised()] == sentences()


def test_both_languages_have_as_many_sentences() -> None:
    assert len(sentences("nl")) == len(sentences("en"))


def test_every_promise_names_tests_that_there_are() -> None:
    for sentence, tests in promised():
        for one in tests:
            path, _, name = one.partition("::")
            assert (HOUSE / path).is_file(), (sentence, path)
            assert re.search(rf"^def {re.escape(name)}\(", (HOUSE / path).read_text(), re.MULTILINE), (sentence, one)


def test_a_password_is_kept_as_a_fingerprint_only(platform: Platform) -> None:
    account = new_account()
    with db.scope(CORE):
        kept = db.session.get_one(Account, account.id).password_hash
    assert kept is not None and kept.startswith("$argon2id$") and PASSWORD not in everything()


def test_mail_goes_after_35_days_and_what_came_in_ninety_days_after_it_was_dealt_with(platform: Platform) -> None:
    with db.scope(CORE, commit=True):
        letter_id = write_letter("pia@example.org", "account_erasure_undone", "en", name="Pia", day=clock.now(), url="https://x.localhost/").id
        rows = [InboundMail(why="unclear", sender="pia@example.org", sender_name="Pia", subject="S", body="B", handled_at=at) for at in (clock.now(), None)]
        db.session.add_all(rows)
        db.session.flush()
        handled, open_ = (row.id for row in rows)

    def left(days: int) -> tuple[bool, bool, bool]:
        with clock.shifted(timedelta(days=days)), db.scope(CORE, commit=True):
            run_letters()
            inbound.sweep()
        with db.scope(CORE):
            there = set(db.session.scalars(sa.select(InboundMail.id)))
            return db.session.get(Letter, letter_id) is not None, handled in there, open_ in there

    assert left(34) == (True, True, True)
    assert left(36) == (False, True, True)
    assert left(91) == (False, False, True)
    assert left(400) == (False, False, False), "what nobody dealt with goes after a year"
