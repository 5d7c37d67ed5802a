"""The password asked for again, for what only the holder of an account may see or do; good for a quarter of an hour."""

from __future__ import annotations

from datetime import timedelta

from flask import redirect, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField
from wtforms.validators import DataRequired, Length

from core.accounts import signing
from core.privacy.rules import PROOF_LASTS
from core.sessions import token_of

LASTS: timedelta = PROOF_LASTS


class ProofForm(FlaskForm):  # type: ignore[misc]
    """The password again; `next` is where the person was going."""

    password = PasswordField(_l("Password"), [DataRequired(_l("Fill in your password.")), Length(max=1000)])
    next = HiddenField()

    def refuse(self) -> None:
        """Say that the password is another one."""
        self.password.errors = [_l("This is not your password. Try again, or sign out and set a new one.")]


def is_proven() -> bool:
    """Return whether the password was given again in this session just now."""
    return signing.is_proven(current_user.id, token_of(request) or "", LASTS)


def ask_for_proof(back: str | None = None) -> Response:
    """Send the person to give the password again, and back to this page, or to `back` from a form."""
    return redirect(url_for("privacy.prove", next=back or request.full_path.rstrip("?")), 303)
