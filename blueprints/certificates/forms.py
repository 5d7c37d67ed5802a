"""Forms of certificates."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from core.i18n import NAMES
from tenants.certificates import rules
from tenants.certificates.actions import MAX_REASON
from tenants.certificates.design_actions import DesignDraft


class DesignForm(FlaskForm):  # type: ignore[misc]
    """How certificates look and what they say."""

    title = StringField(_l("Heading"), [DataRequired(_l("Give the certificate a heading.")), Length(
        max=rules.MAX_TITLE, message=_l("Keep the heading under 80 signs."))])  # fmt: skip
    body = TextAreaField(
        _l("Text"), [DataRequired(_l("Write what the certificate says.")), Length(
            max=rules.MAX_BODY, message=_l("Keep the text under 1,000 signs."))],
        description=_l("These words are filled in: {name} {course} {date} {hours} {number}. An empty line begins a new "
                       "paragraph; one that asks for hours is left out where a course has none."),
        render_kw={"rows": 8},
    )  # fmt: skip
    signers = TextAreaField(
        _l("Signed by"), description=_l("One per line, at most three: name, role."), render_kw={"rows": 3},
    )
    orientation = SelectField(_l("Page"), choices=[("landscape", _l("Landscape")), ("portrait", _l("Portrait"))])
    language = SelectField(_l("Language of the certificate"), choices=list(NAMES.items()))
    valid_months = IntegerField(
        _l("Valid for (months)"), [Optional(), NumberRange(1, 240, _l("Give 1 to 240 months, or leave it empty."))],
        description=_l("Leave it empty when it is valid for ever."),
    )

    def validate_body(self, field: TextAreaField) -> None:
        """Refuse a named value that no certificate has."""
        wrong = rules.unknown_values(field.data or "")
        if wrong:
            raise ValidationError(_("%(word)s is not filled in. Use {name}, {course}, {date}, {hours} or {number}.",
                                    word=f"{{{wrong[0]}}}"))  # fmt: skip

    def validate_signers(self, field: TextAreaField) -> None:
        """Refuse more people than fit on the page."""
        found = rules.signers_of(field.data or "")
        if len(found) > rules.MAX_SIGNERS or any(len(one) > rules.MAX_SIGNER for pair in found for one in pair):
            raise ValidationError(_("Give at most three people, with at most 80 signs for a name or role."))

    def draft(self) -> DesignDraft:
        """Return what was filled in."""
        return DesignDraft(self.title.data or "", self.body.data or "", self.signers.data or "", self.orientation.data,
                           self.language.data, self.valid_months.data)  # fmt: skip


class CourseForm(FlaskForm):  # type: ignore[misc]
    """What a course gives when it is done."""

    design = SelectField(_l("Certificate when done"))
    hours = StringField(_l("Study hours"), description=_l(
        "How long the whole course takes, its sessions too, such as 12 or 12.5. They count in the study record of who finishes "
        "it, and may stand on the certificate."))  # fmt: skip
    earlier = BooleanField(_l("People who finished before get one too"))

    def validate_hours(self, field: StringField) -> None:
        """Refuse what is no number of hours."""
        try:
            rules.hours_of(field.data or "")
        except ValueError:
            raise ValidationError(_("Give 0.5 to 9999 hours, such as 12 or 12.5, or leave it empty.")) from None


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why a certificate ends."""

    reason = StringField(_l("Reason"), [DataRequired(_l("Write down why.")), Length(
        max=MAX_REASON, message=_l("Keep the reason under 500 signs."))],
        description=_l("Kept with the certificate. The public page does not show it."))  # fmt: skip


class GiveForm(FlaskForm):  # type: ignore[misc]
    """The day that certificates given by hand carry."""

    day = DateField(_l("Day on the certificate"), [InputRequired(_l("Give the day."))])


class SharingForm(FlaskForm):  # type: ignore[misc]
    """What whoever has the number may see."""

    share = RadioField(_l("Who has the number sees"), choices=[
        ("facts", _l("That it is genuine, the course and the day")), ("name", _l("That, and my name")), ("nothing", _l("Nothing")),
    ])  # fmt: skip


def course_choices(designs: list[Any]) -> list[tuple[str, str]]:
    """Return the designs to choose from, none first."""
    return [("", _("No certificate")), *((str(one.id), one.title) for one in designs)]
