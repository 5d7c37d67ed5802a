"""Forms of requests for a demo."""

from __future__ import annotations

from uuid import uuid4

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from blueprints.credentials import email_field, stripped
from blueprints.moments import MomentForm
from core import clock
from core.accounts.rules import LONGEST_NAME, LONGEST_ORGANISATION, LONGEST_PHONE, is_phone
from core.config import config
from core.leads import rules
from core.leads.actions import MOST_NOTE
from core.leads.rules import Asked


class DemoForm(FlaskForm):  # type: ignore[misc]
    """Who asks, for whom, and one free question. `website` is a trap that nobody sees or hears; `shown` says, signed, when the
    form was shown; `form_id` makes one request of a form that is sent twice."""

    name = StringField(
        _l("Your name"), [DataRequired(_l("Fill in your name, so that we know whom to ask for.")), Length(max=LONGEST_NAME)], filters=[stripped],
    )  # fmt: skip
    email = email_field(_l("Work e-mail address"))
    organisation = StringField(
        _l("Organisation"), [DataRequired(_l("Fill in the organisation that you ask for.")), Length(max=LONGEST_ORGANISATION)], filters=[stripped],
    )  # fmt: skip
    phone = StringField(_l("Phone"), [Optional(), Length(max=LONGEST_PHONE)], filters=[stripped], description=_l("Only if you would rather be called."))
    question = TextAreaField(
        _l("What would you like to see?"), [Length(max=rules.LONGEST_QUESTION, message=_l("Use at most 2,000 characters. Tell us the rest at the demo."))],
        render_kw={"rows": 4},
    )  # fmt: skip
    website = StringField()
    shown = HiddenField()
    form_id = HiddenField()

    def validate_phone(self, field: StringField) -> None:
        """Refuse what cannot be dialled."""
        if field.data and not is_phone(field.data):
            raise ValidationError(_("This is no phone number. Write it like 020 123 45 67, or leave it out."))

    @property
    def seconds(self) -> float | None:
        """Return for how long somebody had the form before them; None when that cannot be said."""
        found = rules.seconds_since(self.shown.data or "", clock.now(), config().secret_key)
        return found if found is not None and found <= rules.LONGEST_S else None

    @property
    def asked(self) -> Asked:
        """Return what was typed."""
        return Asked(self.name.data or "", self.email.data or "", self.organisation.data or "", self.phone.data or "",
                     self.question.data or "", self.website.data or "")  # fmt: skip

    def begin(self) -> None:
        """Note that the form is shown now, and name it."""
        self.shown.data = rules.stamp(clock.now(), config().secret_key)
        self.form_id.data = self.form_id.data or str(uuid4())


class NoteForm(FlaskForm):  # type: ignore[misc]
    """What was said or agreed."""

    text = TextAreaField(_l("Your note"), [DataRequired(_l("Write something down first.")), Length(max=MOST_NOTE)], render_kw={"rows": 3})


class PlanForm(MomentForm):
    """When the demo is, in Dutch time."""
