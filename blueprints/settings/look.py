"""Look and name."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length, Regexp

from blueprints.me import me
from blueprints.settings import settings
from core.access import roles
from core.i18n import NAMES
from core.theme import hex_of
from tenants.settings import actions, choices


class LookForm(FlaskForm):  # type: ignore[misc]
    """What people recognise the academy by."""

    name = StringField(_l("Name"), [
        DataRequired(_l("Give the academy a name.")),
        Length(max=actions.MAX_NAME, message=_l("Keep the name under 80 signs.")),
    ])  # fmt: skip
    colour = StringField(
        _l("Colour"), [Regexp(r"\s*#?[0-9a-fA-F]{6}\s*\Z", message=_l("Write six signs, such as #14665a."))],
        description=_l("Your brand colour. Pages adjust it where text would be hard to read."),
    )
    language = SelectField(_l("Language"), choices=list(NAMES.items()), description=_l("For people who chose none."))


@settings.route("/settings", methods=["GET", "POST"])
@roles("manager", "owner")
def show() -> str | Response | tuple[str, int]:
    """Show and change name, colour and language."""
    form = LookForm(obj=g.academy)
    if form.validate_on_submit():
        actions.repaint(form.name.data, hex_of(form.colour.data.strip()), form.language.data, me())
        flash(_("Saved"))
        return redirect(url_for(".show"))
    return render_template("settings/show.html", form=form), 422 if form.errors else 200


@settings.post("/settings/captions")
@roles("owner")
def captions() -> Response:
    """Let missing captions block publishing, or only warn."""
    choices.choose_captions(request.form.get("captions", ""), me())
    flash(_("Saved"))
    return redirect(url_for(".show"))
