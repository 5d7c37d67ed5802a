"""Forms about academies."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from blueprints.academies.words import SLUG_PROBLEMS
from blueprints.credentials import email_field, stripped
from core.academies import queries, rules
from core.config import config
from core.i18n import NAMES as LANGUAGES

MAX_REASON = 500


def lowered(text: str | None) -> str | None:
    """Return the text in small letters without spaces around it."""
    return text.strip().lower() if text else text


class NamesForm(FlaskForm):  # type: ignore[misc]
    """Name and address of a new academy."""

    name = StringField(_l("Name of the academy"), [DataRequired(_l("Fill in a name."))], filters=[stripped],
                       render_kw={"maxlength": 80})  # fmt: skip
    slug = StringField(
        _l("Address"), [DataRequired(_l("Fill in an address."))], filters=[lowered],
        render_kw={"autocapitalize": "none", "spellcheck": "false", "maxlength": 40},
    )  # fmt: skip

    def validate_name(self, field: StringField) -> None:
        """Refuse a name that is too short, too long or not printable."""
        if field.data and not rules.is_name(field.data):
            raise ValidationError(_("Use 2 to 80 letters, digits and signs."))

    def validate_slug(self, field: StringField) -> None:
        """Refuse an address that cannot be had."""
        problem = queries.slug_problem(field.data, config().platform_name) if field.data else None
        if problem is not None:
            raise ValidationError(SLUG_PROBLEMS[problem])

    def refuse_slug(self, problem: str) -> None:
        """Say why the address cannot be had."""
        self.slug.errors = [SLUG_PROBLEMS[problem]]  # type: ignore[index]


class LookForm(FlaskForm):  # type: ignore[misc]
    """Colour and language of an academy."""

    colour = StringField(_l("Brand colour"), [DataRequired(_l("Choose a colour."))], filters=[lowered],
                         default="#2f5bb7")  # fmt: skip
    language = RadioField(_l("Language"), choices=[SelectChoice(*pair) for pair in LANGUAGES.items()], default="nl",
                          validators=[DataRequired(_l("Choose a language."))])  # fmt: skip

    def validate_colour(self, field: StringField) -> None:
        """Refuse what is not a colour."""
        if field.data and not rules.is_colour(field.data):
            raise ValidationError(_("Write the colour as # and six digits, such as #2f5bb7."))


class OperatorOpenForm(NamesForm, LookForm):
    """A new academy, opened by an operator for somebody who has an account."""

    owner = email_field(_l("E-mail address of the owner"))

    def refuse_owner(self) -> None:
        """Say that nobody has an account with this address."""
        self.owner.errors = [_("There is no account with this address. Let them sign up first.")]


class OfferForm(FlaskForm):  # type: ignore[misc]
    """Who else may own the academy, beside the present owner or instead."""

    email = email_field()
    way = RadioField(
        _l("What should happen?"), default="beside",
        choices=[SelectChoice("beside", _l("They become owner beside me")),
                 SelectChoice("instead", _l("I hand the academy over: they become owner instead of me"))],
    )  # fmt: skip


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why an operator does something that members notice."""

    reason = TextAreaField(
        _l("Reason"), [DataRequired(_l("Write down why. It is kept with the academy.")), Length(max=MAX_REASON)],
        filters=[stripped], render_kw={"rows": 3},
    )  # fmt: skip


class AppointForm(ReasonForm):
    """Whom an operator makes owner of an academy whose owner is gone."""

    email = email_field(_l("E-mail address of the new owner"))


class CloseForm(FlaskForm):  # type: ignore[misc]
    """The consequences are read and the address is typed."""

    typed = StringField(_l("Type the address of the academy"), [DataRequired(_l("Type the address."))],
                        filters=[lowered], render_kw={"autocomplete": "off", "autocapitalize": "none",
                                                      "spellcheck": "false"})  # fmt: skip
    holder = SelectField(_l("Who may fetch the final export"))

    def __init__(self, slug: str, holders: list[tuple[str, str]], **kw: Any) -> None:
        super().__init__(**kw)
        self.slug = slug
        self.holder.choices = [SelectChoice(*pair) for pair in holders]

    def validate_typed(self, field: StringField) -> None:
        """Refuse anything but the academy's own address."""
        if field.data and field.data != self.slug:
            raise ValidationError(_("This is not the address of this academy. Type %(slug)s.", slug=self.slug))


class OperatorCloseForm(CloseForm):
    """An operator also says how many days remain to undo it."""

    days = IntegerField(
        _l("Days to undo"),
        [InputRequired(_l("Fill in a number of days.")),
         NumberRange(0, rules.LONGEST_UNDO_DAYS, _l("Choose 0 to 90 days."))],
    )  # fmt: skip
