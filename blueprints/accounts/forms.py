"""Forms of the platform's account pages."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import Length, Optional, ValidationError

from blueprints.credentials import EmailForm, NameFields, NewPasswordFields, ProfileForm, stripped
from core.accounts.rules import LONGEST_ORGANISATION, LONGEST_PHONE, is_phone


class ContactFields(FlaskForm):  # type: ignore[misc]
    """For whom the account is, and where to call back; both may stay empty."""

    organisation = StringField(_l("Organisation"), [Optional(), Length(max=LONGEST_ORGANISATION)], filters=[stripped])
    phone = StringField(
        _l("Phone"), [Optional(), Length(max=LONGEST_PHONE)], filters=[stripped], description=_l("Only to call you back when you ask for help."),
        render_kw={"type": "tel", "inputmode": "tel"},
    )  # fmt: skip

    def validate_phone(self, field: StringField) -> None:
        """Refuse what cannot be dialled."""
        if field.data and not is_phone(field.data):
            raise ValidationError(_("This is no phone number. Write it like 020 123 45 67, or leave it out."))


class SignUpForm(ContactFields, NameFields, EmailForm, NewPasswordFields):
    """A new account. `shown` names the versions of the documents that the page pointed at."""

    wants_news = BooleanField(_l("Send me the newsletter, a few times a year; a mail asks to confirm it"))
    shown = HiddenField()


class AccountForm(ContactFields, ProfileForm):
    """What the holder of an account may change about themselves."""
