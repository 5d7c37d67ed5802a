"""Making the agreement on processing for an organisation: the text with its places filled in, and the form below it."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired, Length

from blueprints.credentials import stripped
from core.accounts.models import Account
from core.errors import Refused
from core.i18n import language
from core.legal import queries, rules
from core.legal.models import Version, Words
from core.legal.rules import LONGEST, OF_ACADEMIES, Signer
from tenants.courses.markup import html_of


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


def shown(form: AgreementForm) -> Version:
    """Return the version that the form showed. Raises Refused when it holds no longer."""
    version = queries.current(OF_ACADEMIES)
    if form.version.data != str(version.id):
        raise Refused("legal version")
    return version


def agreement_page(template: str, form: AgreementForm, person: Account, **values: Any) -> tuple[str, int]:
    """Return a page with the text of the agreement and the form below it; 422 when the form was refused."""
    version = queries.current(OF_ACADEMIES)
    form.version.data = str(version.id)
    words = version.text(language())
    refused = bool(form.errors)
    return render_template(template, form=form, version=version, words=words, html=html(words), person=person, **values), 422 if refused else 200


def html(words: Words) -> Markup:
    """Return the text as safe HTML, with everything in its place."""
    return Markup(html_of(rules.filled(words.markdown, places())))  # noqa: S704  cleaned by html_of


def places() -> dict[str, str]:
    """Return what is filled in, with the addresses of the pages that the texts name."""
    pages = {"cookies_page": url_for("legal.show", name="cookies", _anchor="list"), "subprocessors_page": url_for("legal.show", name="subprocessors"),
             "privacy_page": url_for("legal.show", name="privacy"), "terms_page": url_for("legal.show", name="terms"),
             "processing_page": url_for("legal.show", name="processing")}  # fmt: skip
    return {**queries.places(), **pages}
