"""Forms of the platform's account pages."""

from __future__ import annotations

from blueprints.credentials import NameFields, NewPasswordFields, email_field


class SignUpForm(NameFields, NewPasswordFields):
    """A new account."""

    email = email_field()
