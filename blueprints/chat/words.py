"""Sentences of the chat: why one cannot write, what a room is called, what was said last; and the number in the navigation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup

from blueprints.chat.blueprint import chat
from blueprints.chat.files import carried_words
from blueprints.home.nav import counted
from blueprints.me import me
from core import clock
from core.errors import KweekError, TooMany
from core.figures import Figure
from core.i18n import format_clock, format_day, zone
from tenants.chat import announcing, people, queries, rules
from tenants.chat.models import Message, Room
from tenants.chat.queries import Listed, Named
from tenants.chat.reading import Seen
from tenants.chat.rules import MAX_BODY, SIGNS
from tenants.chat.unread import unread_figure
from tenants.chat.words import html_of, plain_of
from tenants.courses.models import Course
from tenants.people.models import Member

SPOKEN_SIGNS = {"👍": _l("Thumbs up"), "❤️": _l("Heart"), "😊": _l("Smile"), "👏": _l("Applause"), "✅": _l("Done"), "❓": _l("Question")}
chat.app_template_global("plain_words")(plain_of)
chat.app_template_global("zone")(zone)


@chat.app_template_global()
def chat_signs() -> tuple[str, ...]:
    """Return the signs that one can put under a message."""
    return SIGNS


def sign_words(sign: str) -> str:
    """Return what a sign says, for those who hear the page."""
    return str(SPOKEN_SIGNS.get(sign, sign))


def said_words(one: Seen) -> Markup:
    """Return what was said, as HTML that was cleaned."""
    names = [name for person in one.named for name in (person.name, person.first_name or "")]
    return Markup(html_of(one.message.body or "", names))  # noqa: S704  cleaned by html_of


def removed_words(message: Message) -> str:
    """Return why there are no words."""
    if message.sender_id is None:
        return _("Removed, because this person has left.")
    if message.removed_by is not None and message.removed_by != message.sender_id:
        return _("Removed by a moderator.")
    return _("This message was removed.")


def room_name(one: Named) -> str:
    """Return what the room is called for the one who looks."""
    return one.title or _("Former participant")


def last_words(one: Listed) -> str:
    """Return the last words of a room in one line, with who said them where that is not clear."""
    if one.last is None:
        return _("Nobody wrote anything yet.")
    words = removed_words(one.last) if one.last.removed_at else plain_of(one.last.body or "", 90) or carried_words(one.last)
    if one.last.sender_id == me().id:
        return _("You: %(words)s", words=words)
    if one.room.kind == "direct" or one.last_by is None:
        return words
    return _("%(name)s: %(words)s", name=one.last_by.first_name, words=words)


def moment_words(moment: datetime) -> str:
    """Return the hour of today, "Yesterday", or the day."""
    here = ZoneInfo(zone())
    days = (clock.now().astimezone(here).date() - moment.astimezone(here).date()).days
    if days <= 0:
        return format_clock(moment)
    return _("Yesterday") if days == 1 else format_day(moment)


def day_words(day: Any) -> str:
    """Return "Today", "Yesterday", or the day."""
    today = clock.now().astimezone(ZoneInfo(zone())).date()
    if day == today:
        return _("Today")
    return _("Yesterday") if day == today - timedelta(days=1) else format_day(day)


def silent_words(why: str) -> str:
    """Return why one can read here and not write."""
    return {
        "peers off": _("Here only trainers write. You can read along."),
        "direct off": _("Messages between two people are switched off in this academy. What was said stays to be read."),
        "blocked": _("You blocked this person. Unblock them to write again."),
        "apart": _("You cannot write to this person now. What was said stays to be read."),
        "left": _("This person has left the academy. What was said stays to be read."),
    }.get(why, _("You can read here, and not write."))


def refusal(error: KweekError) -> str:
    """Return what is wrong with what somebody wanted to say, and what to do."""
    if isinstance(error, TooMany):
        return _("That is a lot at once. Wait a few seconds and send it again; your words stay here.")
    return {
        "empty message": _("Write something first, then send it."),
        "message too long": _("A message has at most %(most)d characters. Send it in two parts.", most=MAX_BODY),
        "sent already": _("This message was sent already. Open the room again to see it."),
        "report open": _("Somebody asked a moderator to look at this message. Until that is done it cannot be changed or removed."),
        "room held": _("The messages in this room are being kept as they are. Until that ends none can be changed or removed."),
        "no such sign": _("This sign cannot be put here. Reload the page and choose one from the list."),
        "too much work": _("This academy asked for a great deal of work at once. Wait a few minutes and try again."),
    }.get(str(error)) or silent_words(str(error))


def outcome_words(state: str) -> str:
    """Return what a moderator decided."""
    return {"removed": _("Removed"), "warned": _("Warned"), "dismissed": _("Let stand")}.get(state, _("Waiting"))


def kind_words(one: Named) -> str:
    """Return where something was said, without the names of who talks there."""
    if one.room.kind == "direct":
        return _("From a talk between two people")
    if one.room.kind == "lesson":
        return _("From a question at a lesson")
    return _("From %(name)s", name=one.title)


def kind_title(kind: str) -> str:
    """Return what a kind of room is called."""
    return {"direct": _("Talks between two people"), "lesson": _("Questions at lessons"), "course": _("Rooms of courses"), "group": _("Rooms of groups")}[kind]


def months_words(months: int) -> str:
    """Return for how long messages are kept."""
    if months == 0:
        return _("For ever")
    if months % 12:
        return ngettext("%(num)d month", "%(num)d months", months)
    return ngettext("%(num)d year", "%(num)d years", months // 12)


def may_write_to(other: Member) -> bool:
    """Return whether the person may write to somebody by themselves."""
    return queries.may_reach(me(), other)


def writes_to(member_id: UUID) -> bool:
    """Return whether the person may write to the member with this id by themselves."""
    other = queries.who(member_id)
    return other is not None and queries.may_reach(me(), other)


def talks_in_course(course_id: UUID) -> bool:
    """Return whether the person is in the room of a course."""
    return people.talks_in_course(me(), course_id)


def talks_in_group(group_id: UUID) -> bool:
    """Return whether the person is in the room of a group."""
    return people.talks_in_group(me(), group_id)


def may_announce(course: Course) -> bool:
    """Return whether the person may announce something to everybody in the course."""
    return announcing.may_announce(me(), course)


def max_message() -> int:
    """Return how long a message may be."""
    return MAX_BODY


def room_is_taught(room: Room) -> bool:
    """Return whether the person talks along as the trainer of the course."""
    return rules.is_staff(me()) and not people.takes(me(), room.course_id)


for words in (kind_title, months_words, may_write_to, writes_to, talks_in_course, talks_in_group, may_announce, outcome_words, kind_words, max_message, room_is_taught, sign_words, said_words, removed_words, room_name, last_words, moment_words, day_words, silent_words):
    chat.app_template_global()(words)


def count_unread(roles: frozenset[str]) -> Figure:
    """Return the number of messages that wait for the person."""
    return unread_figure(me())


counted("chat.index", count_unread, _l("unread messages"))
