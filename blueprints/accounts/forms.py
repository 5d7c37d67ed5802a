"""Forms of the platform's account pages."""

from __future__ import annotations

from blueprints.credentials import EmailForm, NameFields, NewPasswordFields


class SignUpForm(NameFields, EmailForm, NewPasswordFields):
    """A new account."""
