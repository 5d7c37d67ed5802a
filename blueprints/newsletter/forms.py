"""Forms of the newsletter."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from blueprints.credentials import EmailForm, stripped
from blueprints.moments import MomentForm
from core.accounts import rules
from core.i18n import NAMES as LANGUAGES
from core.i18n import language

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


class PlanForm(MomentForm):
    """When it is to be sent, in Dutch time."""

    PAST = _l("This moment is past. Choose a later one, or send it now.")
