"""The academy's own words: je or u, and what participants and trainers are called."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField

from blueprints.me import me
from blueprints.settings import settings
from core.access import roles
from core.i18n import NAMES, speaking
from core.wording import JE, U, Wording, choices
from tenants.settings import actions


def words_field(name: str, label: Any) -> SelectField:
    """Return a field that offers the words of one choice."""
    return SelectField(label, choices=[(word, word) for word in choices()[name]])


class WordsForm(FlaskForm):  # type: ignore[misc]
    """How the academy speaks."""

    address = RadioField(_l("Form of address in Dutch"), choices=[(JE, JE), (U, U)])
    participant_nl = words_field("participant_nl", _l("Who learns, in Dutch"))
    participant_en = words_field("participant_en", _l("Who learns, in English"))
    trainer_nl = words_field("trainer_nl", _l("Who guides, in Dutch"))
    trainer_en = words_field("trainer_en", _l("Who guides, in English"))

    def wording(self) -> Wording:
        """Return what the form holds; what cannot be chosen is as usual."""
        return Wording.of({name: value for name, value in self.data.items() if name in choices()})


@settings.route("/settings/words", methods=["GET", "POST"])
@roles("manager", "owner")
def words() -> str | Response | tuple[str, int]:
    """Show and change how the academy speaks."""
    form = WordsForm(obj=g.academy.wording)
    if request.form.get("do") != "example" and form.validate_on_submit():
        actions.reword(form.wording(), me())
        flash(_("Saved"))
        return redirect(url_for(".words"), 303)
    page = render_template("settings/words.html", form=form, examples=examples(form.wording()))
    return page, 422 if form.errors else 200


@settings.post("/settings/words/example")
@roles("manager", "owner")
def words_example() -> str:
    """Return the example of what is in the form now; nothing is stored."""
    return render_template("settings/_example.html", examples=examples(WordsForm().wording()))


def examples(wording: Wording) -> list[dict[str, Any]]:
    """Return the same sentences of pages and mails in each language, spoken so."""
    found = []
    for code, name in NAMES.items():
        with speaking(code, wording):
            found.append({"code": code, "name": name, "sentences": _sentences()})
    return found


def _sentences() -> list[str]:
    return [
        _("You are enrolled. You can start."), _("Your trainer reads this. The feedback appears here."),
        _("A fellow participant waits for what you think."), _("What participants handed in, the oldest first."),
        _("Can you not come? Give your seat up on that page, so that someone else can come."),
    ]  # fmt: skip
