"""Who is mailed of a message that they did not read: once, with its words, and nobody to whom it is no news."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core import config as configuration
from core.db import db
from jobs.mail import ways_of
from tenants.chat import announcing, queries, standing
from tenants.mail.models import Letter
from tests.cast import Cast, make_cast
from tests.chat.talking import Talk, leave_course, say, write_talk
from tests.conftest import Platform
from tests.courses.writing import member
from tests.doors import letters
from tests.notifications.telling import at, forget_work, notices, stay_signed_in, work
from tests.opened import Opened

NOON, TOLD, EARLY, DUE = (f"2027-01-12T12:{rest}" for rest in ("00:00", "00:07", "04:55", "05:20"))
ANSWERED = "Your answer to this mail is placed in the conversation."


@pytest.fixture
def cast(academy: Opened) -> Cast:
    """Return the people of the academy, who have been here for long; nothing waits."""
    forget_work()
    cast = make_cast(academy)
    stay_signed_in(cast)
    return cast


@pytest.fixture
def talk(cast: Cast) -> Talk:
    """Have a course with rooms."""
    talk = write_talk(cast)
    forget_work()
    return talk


@pytest.fixture
def answered(platform: Platform) -> Iterator[None]:
    """Have a mailbox that takes answers."""
    configuration.use(configuration.load(platform.environ(IMAP_URL="imap://post:secret@127.0.0.1:1/INBOX", MAIL_INBOX="post@kweek.example")))
    yield
    configuration.use(configuration.load(platform.environ()))


def work_at(*moments: str) -> None:
    """Do the work that is due at each of these moments."""
    for moment in moments:
        with at(moment):
            work()


def mailed(cast: Cast, who: str) -> list[str]:
    """Return the texts of the letters that told somebody of messages, the oldest first."""
    return [text for _, _, text in letters(cast.academy, "notice", cast.email(who))]


def told(cast: Cast) -> set[tuple[str, str]]:
    """Return (who, kind) of each notice of the chat."""
    names = {member_id: who for who, member_id in cast.ids.items()}
    return {(names[one.member_id], one.kind) for one in notices(cast) if one.kind in ("message", "mention")}


def test_what_is_not_read_in_five_minutes_is_mailed_once_with_its_words(cast: Cast, talk: Talk, answered: None) -> None:
    with at(NOON):
        say(cast, "participant", talk.direct, "Are you there?\nBring flour.")
    work_at(TOLD, EARLY)
    assert mailed(cast, "second") == []
    work_at(DUE, "2027-01-12T12:15:00", "2027-01-12T18:00:00", "2027-01-13T08:00:00")
    [text] = mailed(cast, "second")
    assert "> Are you there?\n> Bring flour." in text and ANSWERED in text
    assert mailed(cast, "participant") == [] and told(cast) == {("second", "message")}
    with db.scope(cast.academy.scope):
        ways = ways_of(db.session.scalars(sa.select(Letter).where(Letter.kind == "notice")).one())
    assert ways.thread == f"room.{talk.direct}" and (ways.reply_to or "").startswith(f"post+r{cast.academy.number}.")


def test_without_a_mailbox_no_letter_says_that_it_may_be_answered(cast: Cast, talk: Talk) -> None:
    with at(NOON):
        say(cast, "participant", talk.direct, "Are you there?")
    work_at(TOLD, DUE)
    [text] = mailed(cast, "second")
    assert "> Are you there?" in text and ANSWERED not in text
    with db.scope(cast.academy.scope):
        assert ways_of(db.session.scalars(sa.select(Letter).where(Letter.kind == "notice")).one()).reply_to is None


def test_more_words_are_no_second_mail_until_the_first_was_read(cast: Cast, talk: Talk, app: HostedFlask) -> None:
    with at(NOON):
        say(cast, "participant", talk.direct, "First")
    work_at(TOLD, DUE)
    with at("2027-01-12T12:10:00"):
        say(cast, "participant", talk.direct, "Second")
    work_at("2027-01-12T12:10:07", "2027-01-12T12:15:20")
    assert len(mailed(cast, "second")) == 1
    with at("2027-01-12T12:20:00"):
        assert cast.client(app, "second").get(f"/messages/{talk.direct}").status_code == 200
        say(cast, "participant", talk.direct, "Third")
    work_at("2027-01-12T12:20:07", "2027-01-12T12:25:20")
    assert len(mailed(cast, "second")) == 2
    assert "> Third" in mailed(cast, "second")[1] and "Second" not in mailed(cast, "second")[1], "what was read is no news"


def test_who_opens_the_room_in_time_is_not_mailed_and_the_bell_is_still(cast: Cast, talk: Talk, app: HostedFlask) -> None:
    with at(NOON):
        say(cast, "participant", talk.direct, "Coffee?")
    work_at(TOLD)
    with at("2027-01-12T12:02:00"):
        browser = cast.client(app, "second")
        assert browser.get("/notifications/count").json == {"unread": 1}
        browser.get(f"/messages/{talk.direct}")
        assert browser.get("/notifications/count").json == {"unread": 0}
    work_at(DUE)
    assert mailed(cast, "second") == [] and all(one.read_at is not None for one in notices(cast, "second"))


def turn_away(cast: Cast, talk: Talk, how: str) -> None:
    """Let `second` leave the course, mute its room, or block who speaks there."""
    if how == "left":
        leave_course(cast, "second", talk.course)
        return
    with db.scope(cast.academy.scope, commit=True):
        person = member(cast, "second")
        if how == "muted":
            standing.set_stand(person, queries.room_for(person, talk.room), is_muted=True)
        else:
            standing.block(person, member(cast, "participant"))


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("how", ["left", "muted", "blocked"])
def test_who_left_muted_or_blocked_is_told_nothing(cast: Cast, talk: Talk, how: str, when: str) -> None:
    with at(NOON):
        say(cast, "participant", talk.room, "Who brings flour, @Yusuf Demir?")
        if when == "before":
            turn_away(cast, talk, how)
    work_at(TOLD)
    assert told(cast) == (set() if when == "before" else {("second", "mention")})
    if when == "after":
        turn_away(cast, talk, how)
    work_at(DUE, "2027-01-13T08:00:00")
    assert mailed(cast, "second") == [] and letters(cast.academy, "digest") == []


def test_in_the_room_of_a_course_only_who_is_named_is_told(cast: Cast, talk: Talk) -> None:
    with at(NOON):
        say(cast, "participant", talk.room, "Good morning all")
        say(cast, "participant", talk.room, "Who brings flour, @Yusuf Demir?")
        say(cast, "participant", talk.room, "And sugar")
    work_at(TOLD, DUE)
    assert told(cast) == {("second", "mention")}
    [text] = mailed(cast, "second")
    assert "> Who brings flour" in text and "sugar" not in text


@pytest.mark.parametrize(("who", "readers"), [("trainer", {"participant", "second"}), ("manager", {"participant", "second", "trainer"})])
def test_an_announcement_reaches_everybody_of_the_course(cast: Cast, talk: Talk, who: str, readers: set[str]) -> None:
    with at(NOON), db.scope(cast.academy.scope, commit=True):
        announcing.announce(member(cast, who), talk.course, "No lesson on Friday", uuid4())
    work_at(TOLD, DUE)
    assert told(cast) == {(reader, "message") for reader in readers}
    for reader in readers:
        [text] = mailed(cast, reader)
        assert "> No lesson on Friday" in text
