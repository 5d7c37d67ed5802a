"""Forms of the newsletter."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, ValidationError

from blueprints.credentials import EmailForm, stripped
from core import clock
from core.accounts import rules
from core.i18n import NAMES as LANGUAGES
from core.i18n import language

ZONE = ZoneInfo("Europe/Amsterdam")
MOST_SUBJECT, MOST_BODY = 150, 20_000


class SubscribeForm(EmailForm):
    """An address, a first name if somebody likes to be greeted by it, and the language of the newsletter."""

    first_name = StringField(_l("First name"), [Length(max=rules.LONGEST_NAME)], filters=[stripped])
    language = RadioField(_l("Language"), choices=[SelectChoice(*pair) for pair in LANGUAGES.items()], default=language)


class EditionForm(FlaskForm):  # type: ignore[misc]
    """A newsletter in both languages; `seen` is the state that the page showed."""

    subject_nl = StringField(_l("Subject in Dutch"), [Length(max=MOST_SUBJECT)], filters=[stripped])
    body_nl = TextAreaField(_l("Text in Dutch"), [Length(max=MOST_BODY)], render_kw={"rows": 14})
    subject_en = StringField(_l("Subject in English"), [Length(max=MOST_SUBJECT)], filters=[stripped])
    body_en = TextAreaField(_l("Text in English"), [Length(max=MOST_BODY)], render_kw={"rows": 14})
    seen = HiddenField()

    def refuse_stale(self) -> None:
        """Say that somebody else saved meanwhile; what was typed stays."""
        self.subject_nl.errors = [_("Someone else changed this newsletter meanwhile. What you typed is still here; save once more to replace theirs.")]


class PlanForm(FlaskForm):  # type: ignore[misc]
    """When it is to be sent, in Dutch time."""

    at = DateTimeLocalField(
        _l("Day and time"), [DataRequired(_l("Choose a day and a time."))], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        description=_l("In the time of Amsterdam."),
    )  # fmt: skip

    def validate_at(self, field: DateTimeLocalField) -> None:
        """Refuse a moment that is past."""
        if field.data and self.moment <= clock.now():
            raise ValidationError(_("This moment is past. Choose a later one, or send it now."))

    @property
    def moment(self) -> datetime:
        """Return the moment that was chosen."""
        chosen: datetime = self.at.data.replace(tzinfo=ZONE)
        return chosen.astimezone(clock.now().tzinfo)

