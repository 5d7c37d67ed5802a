"""The form by which somebody makes an agreement for an organisation."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired, Length

from blueprints.credentials import stripped
from core.legal.models import Version
from core.legal.rules import LONGEST, Signer


def _line(label: object, name: str, missing: object, **more: object) -> StringField:
    return StringField(label, [DataRequired(missing), Length(max=LONGEST[name])], filters=[stripped], **more)


class AgreementForm(FlaskForm):  # type: ignore[misc]
    """The organisation, who signs for it, and that they may. `version` says which text was read."""

    organisation = _line(_l("Organisation"), "organisation", _l("Fill in the organisation that the academy is of."))
    address = _line(_l("Address of the organisation"), "address", _l("Fill in street, number, postcode and place: a contract names its parties."))
    registration = StringField(
        _l("Registration number"), [Length(max=LONGEST["registration"])], filters=[stripped], description=_l("At the chamber of commerce, if it has one."),
    )  # fmt: skip
    function = _line(_l("Your function there"), "function", _l("Fill in what you are there, such as director or owner."))
    may_sign = BooleanField(
        _l("I may sign for this organisation, and I accept this agreement for it"),
        [DataRequired(_l("Tick this to open the academy. Ask somebody who may sign to do it, if you may not."))],
    )  # fmt: skip
    version = HiddenField()

    def signer(self, name: str) -> Signer:
        """Return for whom the agreement is made, and by whom."""
        return Signer(self.organisation.data or "", self.address.data or "", self.registration.data or "", name, self.function.data or "")

    def show_again(self, version: Version) -> None:
        """Say that the text changed while it was being read, and ask for the tick anew."""
        self.version.data, self.may_sign.data = str(version.id), False
        self.may_sign.errors = [_("The agreement was changed while you read it. Read what holds now, and tick again.")]
