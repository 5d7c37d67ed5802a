"""Forms of the platform's account pages."""

from __future__ import annotations

from wtforms import HiddenField

from blueprints.credentials import EmailForm, NameFields, NewPasswordFields


class SignUpForm(NameFields, EmailForm, NewPasswordFields):
    """A new account. `shown` names the versions of the documents that the page pointed at."""

    shown = HiddenField()
