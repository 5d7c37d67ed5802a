"""Forms about people of an academy."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from blueprints.credentials import NameFields, NewPasswordFields
from tenants.organisations.queries import Choices
from tenants.people import rules

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


class InviteForm(FlaskForm):  # type: ignore[misc]
    """Addresses, the roles that they get, and perhaps a course."""

    emails = TextAreaField(
        _l("E-mail addresses"), [DataRequired(_l("Fill in at least one e-mail address."))],
        description=_l("One per line, or with commas between them."), render_kw={"rows": 5, "spellcheck": "false"},
    )
    roles = RolesField(_l("Role"), [DataRequired(_l("Choose at least one role."))], default=["participant"])
    course_id = SelectField(_l("Course"), choices=[SelectChoice("", _l("No course yet"))], default="")
    organisation_id = SelectField(_l("Organisation"), choices=[SelectChoice("", _l("No organisation"))], default="")
    group_id = SelectField(_l("Group"), choices=[SelectChoice("", _l("No group"))], default="")

    def validate_emails(self, field: TextAreaField) -> None:
        """Refuse text that is no address, and more than a mail server would take at once."""
        found, wrong = rules.addresses(field.data or "")
        if wrong:
            raise ValidationError(_("These are not whole e-mail addresses: %(list)s. Write them like name@example.com.",
                                    list=", ".join(wrong[:5])))  # fmt: skip
        if len(found) > rules.MOST_INVITED_AT_ONCE:
            raise ValidationError(_("Invite at most %(most)d people at once.", most=rules.MOST_INVITED_AT_ONCE))

    def offer_courses(self, courses: list[tuple[str, str]]) -> None:
        """Let one of these courses be chosen, or none."""
        self.course_id.choices = [SelectChoice("", _("No course yet")), *(SelectChoice(*pair) for pair in courses)]

    def offer_places(self, choices: Choices, must_group: bool) -> None:
        """Let one of these organisations be chosen, or none; and one of these groups, or none unless they must."""
        self.organisation_id.choices = or_none(_("No organisation"), choices.organisations)
        self.group_id.choices = or_none(_("Choose a group") if must_group else _("No group"), choices.groups)
        if must_group:
            self.group_id.validators = [DataRequired(_l("Choose one of your groups. The people that you invite join it."))]

    @property
    def found(self) -> list[str]:
        """Return the addresses."""
        return rules.addresses(self.emails.data or "")[0]


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
