"""The form of one organisation."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from blueprints.credentials import check_email, stripped
from core.accounts.rules import LONGEST_NAME
from tenants.organisations.actions import Facts
from tenants.organisations.rules import MAX_NAME, MAX_NOTE, MAX_PHONE, MAX_REFERENCE


class OrganisationForm(FlaskForm):  # type: ignore[misc]
    """Name and reference of an organisation, its contact person, and a note."""

    name = StringField(_l("Name"), [DataRequired(_l("Fill in the name of the organisation.")), Length(max=MAX_NAME)], filters=[stripped])
    reference = StringField(
        _l("Your reference"), [Length(max=MAX_REFERENCE)], filters=[stripped],
        description=_l("Your own number for it, such as a customer number. Files of people can name it too."),
    )  # fmt: skip
    contact_name = StringField(_l("Name of the contact person"), [Length(max=LONGEST_NAME * 2)], filters=[stripped])
    contact_email = StringField(
        _l("E-mail address of the contact person"), [check_email], filters=[stripped],
        render_kw={"type": "email", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"},
    )  # fmt: skip
    contact_phone = StringField(
        _l("Telephone number of the contact person"), [Length(max=MAX_PHONE)], filters=[stripped], render_kw={"type": "tel", "inputmode": "tel"}
    )
    note = TextAreaField(_l("Notes"), [Length(max=MAX_NOTE)], description=_l("Only managers and owners read it."), render_kw={"rows": 3})

    @property
    def facts(self) -> Facts:
        """Return what was filled in."""
        return Facts(**{name: getattr(self, name).data or "" for name in Facts.__dataclass_fields__})
