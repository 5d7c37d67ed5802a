"""Forms and answers that signing in on the platform and in an academy have in common."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, ValidationError

from core import access, cookies, sessions
from core.accounts import rules
from core.i18n import NAMES as LANGUAGE_NAMES
from core.i18n import language
from core.urls import safe_next
from tenants.people.rules import holds_citizen_number

WEAK = {
    "short": _l("Use at least 10 characters. Four short words are easy to remember."),
    "long": _l("Use at most 200 characters."),
    "common": _l("Many people use this password, so it is easy to guess. Choose another one."),
    "personal": _l("Your name or e-mail address is easy to guess. Choose another password."),
}


def stripped(text: str | None) -> str | None:
    """Return the text without spaces around it."""
    return text.strip() if text else text


def email_field(label: Any = None) -> StringField:
    """Return a field for one e-mail address."""
    return StringField(
        label or _l("E-mail address"), filters=[stripped],
        validators=[DataRequired(_l("Fill in your e-mail address.")), check_email],
        render_kw={"type": "email", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"},
    )  # fmt: skip


def check_email(form: FlaskForm, field: StringField) -> None:
    """Refuse what cannot be an address."""
    if field.data and not rules.is_email(rules.clean_email(field.data)):
        raise ValidationError(_l("This is not a whole e-mail address. Write it like name@example.com."))


def check_no_citizen_number(form: FlaskForm, field: StringField) -> None:
    """Refuse a citizen service number, which nobody here may keep."""
    if holds_citizen_number(field.data or ""):
        raise ValidationError(_l("This looks like a citizen service number (BSN). It may not be kept here: take it out."))


class NameFields(FlaskForm):  # type: ignore[misc]
    """First and last name."""

    first_name = StringField(
        _l("First name"), [DataRequired(_l("Fill in your first name.")), Length(max=rules.LONGEST_NAME), check_no_citizen_number],
        filters=[stripped],
    )
    last_name = StringField(
        _l("Last name"), [DataRequired(_l("Fill in your last name.")), Length(max=rules.LONGEST_NAME), check_no_citizen_number],
        filters=[stripped],
    )


class EmailForm(FlaskForm):  # type: ignore[misc]
    """Only an address: to get a mail."""

    email = email_field()


def new_password_field(label: Any) -> PasswordField:
    """Return a field for a password that somebody chooses."""
    hint = _l("At least 10 characters. A few words in a row are fine.")
    return PasswordField(label, [DataRequired(_l("Choose a password."))], description=hint)


class NewPasswordFields(FlaskForm):  # type: ignore[misc]
    """A new password, held against what is easy to guess about this person."""

    password = new_password_field(_l("Password"))
    person_email = ""
    person_name = ""

    def validate_password(self, field: PasswordField) -> None:
        """Refuse a weak password, and say what would be better."""
        email = self.email.data if "email" in self and self.email.data else self.person_email
        name = self.person_name
        if "first_name" in self:
            name = f"{self.first_name.data or ''} {self.last_name.data or ''}"
        weakness = rules.password_weakness(field.data or "", email, name)
        if weakness is not None:
            raise ValidationError(WEAK[weakness])


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Address and password; `next` is where the person was going."""

    email = email_field()
    password = PasswordField(_l("Password"), [DataRequired(_l("Fill in your password.")), Length(max=1000)])
    next = HiddenField()

    def refuse(self) -> None:
        """Say that the two do not go together, and not which one is wrong."""
        self.password.errors = [_l("This e-mail address and password do not go together. Check them, "
                                   "or set a new password.")]  # fmt: skip


class NewPasswordForm(NewPasswordFields):
    """A new password after a link from a mail."""


class ChangePasswordForm(NewPasswordFields):
    """The present and a new password."""

    present = PasswordField(_l("Present password"), [DataRequired(_l("Fill in your present password."))])
    password = new_password_field(_l("New password"))

    def refuse(self) -> None:
        """Say that the present password is another one."""
        self.present.errors = [_l("This is not your present password. Try again, or sign out and set a new one.")]


class ConfirmForm(FlaskForm):  # type: ignore[misc]
    """The password that was chosen at sign-up: it shows that the mailbox and the account are of one person."""

    password = PasswordField(_l("Password"), [DataRequired(_l("Fill in your password.")), Length(max=1000)])

    def refuse(self) -> None:
        """Say that the password is another one."""
        self.password.errors = [_l("This is not the password that was chosen for this account. Try again, "
                                   "or set a new password.")]  # fmt: skip


class ChangeEmailForm(FlaskForm):  # type: ignore[misc]
    """A new address; the password shows that it is really the person."""

    email = email_field(_l("New e-mail address"))
    present = PasswordField(_l("Password"), [DataRequired(_l("Fill in your password."))])

    def refuse(self) -> None:
        """Say that the password is another one."""
        self.present.errors = [_l("This is not your password. Try again.")]


class ProfileForm(NameFields):
    """What people may change about themselves."""

    language = SelectField(_l("Language"), choices=[SelectChoice(*pair) for pair in LANGUAGE_NAMES.items()])
    scheme = RadioField(
        _l("Appearance"),
        choices=[SelectChoice("auto", _l("Like my device")), SelectChoice("light", _l("Light")),
                 SelectChoice("dark", _l("Dark"))],
        default="auto",
    )

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if not self.is_submitted() and self.language.data not in LANGUAGE_NAMES:
            self.language.data = language()


def page(template: str, form: FlaskForm | None = None, **values: Any) -> tuple[str, int]:
    """Return the page, with 422 when it shows a form that was refused."""
    refused = form is not None and request.method == "POST"
    return render_template(template, form=form, **values), 422 if refused else 200


def link_is_dead(template: str, **values: Any) -> tuple[str, int]:
    """Return the page about a link that was used, withdrawn or has expired."""
    return render_template(template, **values), 410


def here(endpoint_url: str, message: Any = None) -> AnyResponse:
    """Redirect (303, so that a reload does not send the form again) and confirm what happened."""
    if message is not None:
        flash(message, "success")
    return redirect(endpoint_url, 303)


def let_in(token: str, next_path: str | None, default: str = "/") -> AnyResponse:
    """Give the browser its new session and go where the person was going (T26)."""
    sessions.give_cookie(token)
    access.person_changed()
    return redirect(safe_next(next_path, default), 303)


def let_out(url: str) -> AnyResponse:
    """Take the session cookie from the browser and go to `url`."""
    sessions.take_cookie()
    access.person_changed()
    return redirect(url, 303)


def device() -> str:
    """Return what this request says of its device."""
    return request.headers.get("User-Agent", "")


def device_name(agent: str | None) -> str:
    """Return `Firefox on Windows` for a stored device."""
    browser, system = rules.device_parts(agent or "")
    if browser and system:
        return str(_("%(browser)s on %(system)s", browser=browser, system=system))
    return browser or system or str(_("Unknown device"))


def address() -> str:
    """Return the network address of this request, for counting only."""
    return request.remote_addr or "unknown"


def remember_looks(url: str, language: str | None, scheme: str, message: Any = None) -> Response:
    """Return a redirect that also sets the cookies by which pages before sign-in look the same."""
    response = make_response(here(url, message))
    cookies.put(response, cookies.LANGUAGE, language or "")
    cookies.put(response, cookies.SCHEME, scheme)
    return response
