"""What people read of the declarations: tables in kinds, a name for each personal column, how long and what removing does.

The declarations say the rest: tests/member_privacy fails on a table, column, time or outcome without words here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l

from core.db import academy_metadata
from tenants.erasure import reach

Words = object


@dataclass(frozen=True)
class Kind:
    """One kind of data: what it is, why it is kept, and the tables that hold it."""

    title: Words
    why: Words
    tables: tuple[str, ...]


@dataclass(frozen=True)
class Kept:
    """One kind as a member reads it: how many rows there are of theirs, what stands in them, how long, and what removing does."""

    kind: Kind
    number: int
    labels: list[Words] = field(default_factory=list)
    times: list[Words] = field(default_factory=list)
    outcomes: list[Words] = field(default_factory=list)


KINDS = (
    Kind(_l("Who you are"), _l("To know you, to let you in and to show you to the people you learn with."), ("members", "member_roles", "photos")),
    Kind(_l("Signing in"), _l("To keep you signed in on your devices, and to let you set a password or another address."),
         ("sessions", "tokens", "start_codes", "asks", "calendar_feeds")),
    Kind(_l("How you joined"), _l("To invite you, and to decide whether you can join."),
         ("invitations", "joinings", "join_uses", "entry_requests", "people_imports", "people_import_rows")),
    Kind(_l("Courses and progress"), _l("To let you go on where you stopped, and to show you and your trainers how far you are."),
         ("enrolments", "path_members", "progress", "ticks", "approvals", "reminders")),
    Kind(_l("Answers"), _l("To check what you answered and to show it to you again."), ("answers", "attempts")),
    Kind(_l("Tests"), _l("To mark your tests and to prove the result."), ("sittings", "sitting_answers", "sitting_allowances")),
    Kind(_l("Handed-in work and feedback"), _l("So that others can look at your work and say something about it."),
         ("hand_ins", "hand_in_files", "hand_in_messages", "reviews", "saved_phrases", "stand_ins")),
    Kind(_l("Certificates and results from elsewhere"), _l("To prove what you learned."),
         ("certificates", "past_results", "past_import_rows", "certificate_designs")),
    Kind(_l("Sessions with a trainer"), _l("To keep a seat for you and to note who was there."), ("seats", "session_trainers")),
    Kind(_l("Groups and organisation"), _l("To bring you together with the people you learn with."),
         ("group_members", "group_trainers", "seen_groups", "organisation_members", "organisations")),
    Kind(_l("Messages"), _l("To bring your messages to the people you write to, and to keep talks safe."),
         ("rooms", "messages", "room_stands", "reactions", "attachments", "mentions", "member_blocks", "message_reports")),
    Kind(_l("Surveys with your name"), _l("To hear what you think of a course. Anonymous surveys keep nothing about you."),
         ("survey_done", "survey_sheets")),
    Kind(_l("Mail and notifications"), _l("To tell you what happens, in the way that you chose."),
         ("letters", "notices", "notice_choices", "notice_times", "push_browsers")),
    Kind(_l("Reports that you made"), _l("To make the reports that you asked for."), ("report_files", "report_schedules")),
    Kind(_l("Requests about your data"), _l("To do what you ask about your data, and to show that it was answered in time."), ("privacy_requests",)),
    Kind(_l("What you did as staff"), _l("To account for what was changed in the academy, by whom and when."), ("audit", "erasures")),
)  # fmt: skip

# By column; `table.column` where the same word means something else there.
LABELS: dict[str, Words] = {
    "account_id": _l("Your account on the platform"), "visited_at": _l("Last visit"), "email": _l("E-mail address"),
    "number": _l("Personnel number"), "first_name": _l("First name"), "last_name": _l("Last name"), "device": _l("Device"),
    "new_email": _l("New e-mail address"), "recipient": _l("E-mail address"), "subject": _l("Subject"), "body_text": _l("Text of the mail"),
    "body_html": _l("Text of the mail"), "calendar": _l("Calendar invitation"), "unsubscribe": _l("Address to stop mail"),
    "zone": _l("Time zone"), "read_at": _l("When you read it"), "done_at": _l("When you finished"), "endpoint": _l("Address of your browser"),
    "public_key": _l("Key of your browser"), "secret": _l("Key of your browser"), "query": _l("Filters of the report"),
    "saved_phrases.text": _l("Phrases that you saved"), "news_at": _l("Which news of a course you read"), "lesson_id": _l("Lesson where you stopped"),
    "active_at": _l("When you last learned"), "reason": _l("Reason"), "answer": _l("What staff answered"), "said": _l("Your row in an imported file"),
    "file_name": _l("Name of a file"), "hold_reason": _l("Why messages are kept longer"), "is_right": _l("Whether it was right"),
    "given": _l("What you chose or wrote"), "state": _l("How far it is"), "certificates.number": _l("Certificate number"),
    "past_results.number": _l("Certificate number"), "earned_at": _l("When you earned it"), "issued_on": _l("Day of issue"),
    "expires_on": _l("Valid until"), "valid_until": _l("Valid until"), "name": _l("Name"), "facts_json": _l("What stands on the certificate"),
    "old_number": _l("Earlier certificate number"), "badge": _l("Digital badge"), "handed_in_at": _l("When you handed it in"),
    "seen_at": _l("When you looked at the feedback"), "hand_ins.text": _l("What you wrote"), "body": _l("What you wrote"),
    "organisation": _l("Organisation"), "place": _l("Place in the lesson"), "part": _l("How much you saw"), "percent": _l("Result"),
    "redone_at": _l("When you did it again"), "read_number": _l("How far you read"), "attendance": _l("Whether you were there"),
    "minutes": _l("Study time"), "extra_minutes": _l("Extra time"), "factor": _l("Extra time"), "extra_attempts": _l("Extra attempts"),
    "points": _l("Points"), "is_passed": _l("Whether you passed"), "note": _l("Note"), "items": _l("What you ticked"),
    "hand_in_messages.text": _l("Messages about your work"), "finished_on": _l("When you finished"), "title": _l("What you did"),
    "result": _l("Result"), "sign": _l("Your reaction"), "verdict": _l("Verdict"), "levels": _l("Levels in the rubric"),
    "reviews.text": _l("Feedback"), "given_points": _l("Points"), "late": _l("What came too late"), "contact_name": _l("Name"),
    "contact_email": _l("E-mail address"), "contact_phone": _l("Phone number"), "signers": _l("Your name as a signer"),
    "words": _l("What you asked"), "checked": _l("How the academy made sure that it was you"), "privacy_requests.answer": _l("What the academy answered"),
    "actor_id": _l("A number without your name"), "member_id": _l("A number without your name"), "asked_by": _l("A number without your name"),
}  # fmt: skip

TIMES: dict[str, Words] = {
    "academy": _l("as long as you are in this academy"), "row": _l("as long as you are in this academy"), "7 days": _l("7 days"),
    "30 days": _l("30 days"), "35 days": _l("35 days"), "180 days": _l("180 days"), "7 years": _l("7 years"),
    "session": _l("until you sign out"), "token": _l("until the link is used or too old"), "request": _l("until the request is handled"),
    "invitation": _l("until the invitation is used or too old"), "until the job has run": _l("some minutes"),
    "until it is gone": _l("until you switch it off"), "until it is emptied": _l("until somebody empties it"),
    "while it is held": _l("as long as the academy has a reason, which the talk shows"),
}  # fmt: skip

OUTLIVES = _l("as long as the academy is here")
DESTROYED = _l("It is destroyed.")
# What stays when somebody is removed, by table, and why.
STAYS: dict[str, Words] = {
    "audit": _l("The number stays without your name, because the academy must account for what was done."),
    "erasures": _l("A receipt stays, with a number without your name: it proves that you were removed."),
    "reviews": _l("Feedback that you gave as a trainer stays without your name."),
}


def kinds_of(numbers: Mapping[str, int]) -> list[Kept]:
    """Return every kind with the number of rows by table added up, those with something first."""
    found = [_kept(kind, sum(numbers.get(name, 0) for name in kind.tables)) for kind in KINDS]
    return sorted(found, key=lambda one: one.number == 0)


def personal(name: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield (column, its declaration) for what is personal in the table; keys of the look-up are not said apart."""
    for column in academy_metadata.tables[name].columns:
        if column.info["personal"] != "none" and not column.name.endswith("_index"):
            yield column.name.removesuffix("_sealed"), dict(column.info)


def label_of(table: str, column: str) -> Words:
    """Return what people call the column. Raises KeyError for one without words."""
    return LABELS[f"{table}.{column}"] if f"{table}.{column}" in LABELS else LABELS[column]


def _kept(kind: Kind, number: int) -> Kept:
    said = [(name, column, facts) for name in kind.tables for column, facts in personal(name)]
    labels = _once(label_of(name, column) for name, column, _ in said)
    return Kept(kind, number, labels, _times(kind), _outcomes(kind))


def _times(kind: Kind) -> list[Words]:
    """Return how long it stays, by the declarations: rows of one's own go with the person, others with the academy."""
    told = [(name, str(facts["retention"])) for name in kind.tables for _, facts in personal(name)]
    told += [(name, "row") for name in kind.tables if name in reach.own_tables() and not any(personal(name))]
    return _once(OUTLIVES if time == "academy" and name not in reach.own_tables() else TIMES[time] for name, time in told)


def _outcomes(kind: Kind) -> list[Words]:
    """Return what removing does: rows of one's own are destroyed whole; of the rest a reason says what stays."""
    gone = [DESTROYED] if any(name in reach.own_tables() or name not in STAYS for name in kind.tables) else []
    return gone + [STAYS[name] for name in kind.tables if name in STAYS]


def _once(words: Iterator[Words]) -> list[Words]:
    """Return the words in their order, each once as it reads now."""
    return list({str(one): one for one in words}.values())
