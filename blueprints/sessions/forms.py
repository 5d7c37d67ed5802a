"""The form of a session."""

from __future__ import annotations

from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from blueprints.sessions.words import AHEAD_WORDS
from tenants.sessions.actions import MAX_LINE, MAX_NOTE, MAX_REASON, MAX_URL, Draft
from tenants.sessions.models import MAX_PLACES, LiveSession

LINE = Length(max=MAX_LINE, message=_l("Keep it under 200 signs."))
AHEADS = [(str(minutes), words) for minutes, words in AHEAD_WORDS.items()]


class SessionForm(FlaskForm):  # type: ignore[misc]
    """When, where, for whom, how many."""

    title = StringField(_l("Title"), [DataRequired(_l("Give it a title.")), LINE])
    course_id = SelectField(_l("For whom"), description=_l("Only they see the session and can sign up."))
    day = DateField(_l("Day"), [DataRequired(_l("Choose a day."))])
    begins = TimeField(_l("From"), [InputRequired(_l("Say when it starts, such as 09:30."))])
    ends = TimeField(_l("Until"), [InputRequired(_l("Say when it ends, such as 11:00."))],
                     description=_l("By the clock of the academy. A time before the start is on the next day."))  # fmt: skip
    kind = RadioField(_l("Where"), choices=[("classroom", _l("In a classroom")), ("online", _l("Online"))],
                      default="classroom")  # fmt: skip
    place = StringField(_l("Room or building"), [LINE])
    address = StringField(_l("Address"), [LINE])
    join_url = StringField(
        _l("Link to the online room"), [Length(max=MAX_URL, message=_l("This link is too long."))],
        description=_l("Only people with a seat see it, from 30 minutes before the start."),
        render_kw={"inputmode": "url", "spellcheck": "false"},
    )
    places = IntegerField(
        _l("Places"), [Optional(), NumberRange(1, MAX_PLACES, _l("Give a number from 1 to 2000, or leave it empty."))],
        description=_l("Empty: no limit. When it is full, people wait in line."),
    )
    signup_ahead = SelectField(_l("Sign-up is open"), choices=AHEADS, default="0")
    leave_ahead = SelectField(_l("A seat can be given up"), choices=AHEADS, default="1440")
    trainers = SelectMultipleField(_l("Led by"))
    study_minutes = IntegerField(
        _l("Study minutes"), [Optional(), NumberRange(0, 1440, _l("Give minutes from 0 to 1440."))],
        description=_l("Counted for who was there. Empty: as long as the session lasts."),
    )
    note = TextAreaField(_l("What to know or bring"), [Length(max=MAX_NOTE, message=_l("Keep it under 4000 signs."))])
    reason = TextAreaField(_l("Why is it moved"), [Length(max=MAX_REASON, message=_l("Keep it under 1000 signs."))],
                           description=_l("Needed when time or place changes. Everybody on the list gets it by mail."),
                           render_kw={"rows": 2})  # fmt: skip

    def draft(self, zone: str) -> Draft:
        """Return what was filled in; times by the clock of `zone`."""
        return Draft(
            self.title.data, self.kind.data, zone, self.day.data, self.begins.data, self.ends.data,
            UUID(self.course_id.data) if self.course_id.data else None, self.place.data or "", self.address.data or "",
            self.join_url.data or "", self.note.data or "", self.places.data, int(self.signup_ahead.data),
            int(self.leave_ahead.data), self.study_minutes.data, [UUID(one) for one in self.trainers.data or []],
        )  # fmt: skip


def facts_of(session: LiveSession) -> dict[str, object]:
    """Return what the form shows of a session that is to be changed."""
    names = ("title", "kind", "place", "address", "join_url", "note", "places", "study_minutes")
    return {
        **{name: getattr(session, name) for name in names},
        "course_id": str(session.course_id or ""), "day": session.starts_wall.date(),
        "begins": session.starts_wall.time(), "ends": session.ends_wall.time(),
        "signup_ahead": str(session.signup_ahead), "leave_ahead": str(session.leave_ahead),
        "trainers": [str(one) for one in session.trainer_ids],
    }
