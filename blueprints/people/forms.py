"""Forms about people of an academy."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import IntegerField, PasswordField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from blueprints.credentials import NameFields, NewPasswordFields, SignInForm, email_field, stripped
from core.accounts.rules import LONGEST_EMAIL, LONGEST_NAME
from tenants.organisations.queries import Choices
from tenants.people import rules
from tenants.people.codes import LASTS_DAYS
from tenants.people.models import Member

ROLE_NAMES = {
    "participant": _l("Participant"), "trainer": _l("Trainer"), "author": _l("Author"), "manager": _l("Manager"),
    "owner": _l("Owner"),
}  # fmt: skip
ROLE_HINTS = {
    "participant": _l("takes courses"),
    "trainer": _l("follows participants and answers them"),
    "author": _l("writes courses"),
    "manager": _l("invites people and changes settings"),
}
ORDER = ("participant", "trainer", "author", "manager", "owner")


class JoinForm(NameFields, NewPasswordFields):
    """What somebody who accepts an invitation tells."""


class RolesField(SelectMultipleField):
    """A list of checkboxes, one per role that the present manager may give."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def offer(self, roles: frozenset[str]) -> None:
        """Let exactly these roles be chosen."""
        self.choices = [SelectChoice(role, ROLE_NAMES[role]) for role in ORDER if role in roles]


def note_field() -> TextAreaField:
    """Return a field for words of one's own in the mail."""
    return TextAreaField(
        _l("Your own words"),
        [Length(max=rules.LONGEST_NOTE, message=_l("Keep your text under %(most)d signs.", most=rules.LONGEST_NOTE))],
        description=_l("They stand in the mail as a quotation of yours. Plain text: web addresses in it become no links."),
        render_kw={"rows": 4},
    )  # fmt: skip


def roles_field(label: Any = None) -> RolesField:
    """Return checkboxes for the roles that somebody gets."""
    return RolesField(label or _l("Role"), [DataRequired(_l("Choose at least one role."))], default=["participant"])


class CourseField(FlaskForm):  # type: ignore[misc]
    """Perhaps a course to begin with."""

    course_id = SelectField(_l("Course"), choices=[SelectChoice("", _l("No course yet"))], default="")

    def offer_courses(self, courses: list[tuple[str, str]]) -> None:
        """Let one of these courses be chosen, or none."""
        self.course_id.choices = [SelectChoice("", _("No course yet")), *(SelectChoice(*pair) for pair in courses)]

    @property
    def course(self) -> UUID | None:
        """Return the chosen course, or None."""
        return UUID(self.course_id.data) if self.course_id.data else None


class PlaceFields(CourseField):
    """Perhaps a course, an organisation that they come from and a group to be in."""

    organisation_id = SelectField(_l("Organisation"), choices=[SelectChoice("", _l("No organisation"))], default="")
    group_id = SelectField(_l("Group"), choices=[SelectChoice("", _l("No group"))], default="")

    def offer_places(self, choices: Choices, must_group: bool) -> None:
        """Let one of these organisations be chosen, or none; and one of these groups, or none unless they must."""
        self.organisation_id.choices = or_none(_("No organisation"), choices.organisations)
        self.group_id.choices = or_none(_("Choose a group") if must_group else _("No group"), choices.groups)
        if must_group:
            self.group_id.validators = [DataRequired(_l("Choose one of your groups. The people that you invite join it."))]


class InviteForm(PlaceFields):
    """Addresses, the roles that they get, perhaps a course, and words of one's own."""

    emails = TextAreaField(
        _l("E-mail addresses"), [DataRequired(_l("Fill in at least one e-mail address."))],
        description=_l("One per line, or with commas between them."), render_kw={"rows": 5, "spellcheck": "false"},
    )
    roles = roles_field()
    note = note_field()

    def validate_emails(self, field: TextAreaField) -> None:
        """Refuse text that is no address, and more than a mail server would take at once."""
        found, wrong = rules.addresses(field.data or "")
        if wrong:
            raise ValidationError(_("These are not whole e-mail addresses: %(list)s. Write them like name@example.com.",
                                    list=", ".join(wrong[:5])))  # fmt: skip
        if len(found) > rules.MOST_INVITED_AT_ONCE:
            raise ValidationError(_("Invite at most %(most)d people at once.", most=rules.MOST_INVITED_AT_ONCE))

    @property
    def found(self) -> list[str]:
        """Return the addresses."""
        return rules.addresses(self.emails.data or "")[0]


def name_field(label: Any, needed: Any = None) -> StringField:
    """Return a field for a part of somebody else's name."""
    checks = [DataRequired(needed)] if needed else []
    return StringField(label, [*checks, Length(max=LONGEST_NAME)], filters=[stripped], render_kw={"autocomplete": "off"})


class CorrectForm(FlaskForm):  # type: ignore[misc]
    """An open invitation, to be mended."""

    email = email_field()
    first_name = name_field(_l("First name"))
    last_name = name_field(_l("Last name"))
    roles = roles_field()
    note = note_field()


class TextForm(FlaskForm):  # type: ignore[misc]
    """The words that every invitation carries."""

    note = note_field()


class RemindForm(FlaskForm):  # type: ignore[misc]
    """How long an invitation waits before it is sent again."""

    days = IntegerField(_l("Waits longer than so many days"), [NumberRange(1, 90, _l("Give a number of days from 1 to 90."))], default=7)


class DaysField(FlaskForm):  # type: ignore[misc]
    """How long a start code works."""

    days = SelectField(_l("The start code works for"), coerce=int, default=30)

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.days.choices = [SelectChoice(days, ngettext("%(num)d day", "%(num)d days", days)) for days in LASTS_DAYS]


def number_field(*checks: Any) -> StringField:
    """Return a field for a personnel number."""
    return StringField(_l("Personnel number"), checks, filters=[stripped],
                       render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"})  # fmt: skip


class NumberForm(FlaskForm):  # type: ignore[misc]
    """The personnel number of one member."""

    number = number_field()

    def validate_number(self, field: StringField) -> None:
        """Refuse what cannot be a number."""
        if field.data and not rules.is_number(rules.clean_number(field.data)):
            raise ValidationError(_("A personnel number has letters and digits, at most %(most)d, and no @.",
                                    most=rules.LONGEST_NUMBER))  # fmt: skip
        if rules.is_citizen_number(rules.clean_number(field.data or "")):
            raise ValidationError(_("This looks like a citizen service number (BSN). The law does not let a course keep it. Use another number, such as the one of the payroll."))

    def refuse(self, known: Member | None) -> None:
        """Say whose number it is already; None: somebody of whom the person who asks may not know."""
        if known is None:
            words = _("Somebody here has this number already. Check it.")
        elif known.is_active:
            words = _("%(name)s has this number already. Check it.", name=known.name)
        else:
            words = _("%(name)s has this number and is blocked. Let them in again, or use another number.", name=known.name)
        self.number.errors = [words]


class AddForm(NumberForm, PlaceFields, DaysField):
    """Somebody without e-mail."""

    first_name = name_field(_l("First name"), _l("Fill in the first name."))
    last_name = name_field(_l("Last name"), _l("Fill in the last name."))
    number = number_field(DataRequired(_l("Fill in the personnel number.")))
    roles = roles_field()


class AddressForm(FlaskForm):  # type: ignore[misc]
    """An address for somebody whom mail does not reach."""

    email = email_field()


class MemberSignInForm(SignInForm):
    """Address or personnel number, and password or start code."""

    email = StringField(
        _l("E-mail address"), [DataRequired(_l("Fill in your e-mail address or personnel number.")), Length(max=LONGEST_EMAIL)],
        filters=[stripped], render_kw={"autocapitalize": "none", "spellcheck": "false"},
    )  # fmt: skip
    password = PasswordField(_l("Password"), [DataRequired(_l("Fill in your password.")), Length(max=1000)])

    def name_numbers(self) -> None:
        """Say that a personnel number does too."""
        self.email.label.text = _("E-mail address or personnel number")
        self.password.label.text = _("Password or start code")

    def refuse(self, is_late: bool = False) -> None:
        """Say that the two do not go together and not which one is wrong; or, to who has it, that a code is too old."""
        if is_late:
            self.password.errors = [_("This start code no longer works. Ask who gave it to you for a new one.")]
        else:
            self.password.errors = [_("These two do not go together. Check both, or set a new password.")]


def or_none(none: str, pairs: list[tuple[UUID, str]]) -> list[SelectChoice]:
    """Return choices: nothing, or one of these."""
    return [SelectChoice("", none), *(SelectChoice(str(key), name) for key, name in pairs)]


def preselected() -> dict[str, str]:
    """Return the organisation and the group that the address chooses beforehand."""
    return {f"{name}_id": str(chosen) for name in ("organisation", "group") if (chosen := request.args.get(name, type=UUID))}


def chosen_id(field: SelectField) -> UUID | None:
    """Return the id that was chosen, or None."""
    return UUID(field.data) if field.data else None


class RolesForm(FlaskForm):  # type: ignore[misc]
    """The roles of one member."""

    roles = RolesField(_l("Roles"))
