"""The second step of signing in: set up, asked for, codes for paper; operators do nothing without it where the platform asks that."""

from __future__ import annotations

import io
from typing import Any

import segno
from flask import current_app, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.wrappers import Response
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from blueprints import credentials
from blueprints.accounts.blueprint import accounts
from blueprints.proof import ask_for_proof, is_proven
from core.access import login_rule, public, signed_in
from core.accounts import queries, second
from core.accounts.models import Account
from core.accounts.signing import Begun
from core.legal.queries import asked_of
from core.sessions import token_of
from core.urls import safe_next


class DigitsForm(FlaskForm):  # type: ignore[misc]
    """The six digits, or a code from paper; `next` is where the person was going."""

    digits = StringField(
        _l("Code"), [DataRequired(_l("Fill in the six digits that your program shows now.")), Length(max=40)],
        render_kw={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "one-time-code"},
    )  # fmt: skip
    next = HiddenField()

    def refuse(self) -> None:
        """Say that the digits are others."""
        self.digits.errors = [_l("This code is not right, or was used already. Wait for the next one, and check that the clock of your device is right.")]


def let_in(begun: Begun, going: str | None) -> Any:
    """Give the browser its session; who has a second step is asked for it first, and then for what they have to accept."""
    if begun.is_half:
        return credentials.let_in(begun.token, url_for("accounts.second_step", next=safe_next(going)))
    found = queries.session_and_account(begun.token)
    account = found[1] if found else None
    return credentials.let_in(begun.token, url_for("legal.accept", next=safe_next(going)) if account is not None and asked_of(account) else going)


@accounts.route("/sign-in/second", methods=["GET", "POST"])
@public
def second_step() -> Any:
    """Ask for the digits of who gave the right password in the last ten minutes."""
    half, form = second.waiting(token_of(request)), DigitsForm(data={"next": request.args.get("next", "")})
    if half is None:
        return redirect(url_for(".sign_in", next=request.args.get("next")))
    if form.validate_on_submit():
        token = second.finish(half, form.digits.data or "")
        if token is not None:
            return let_in(Begun(token, is_half=False), form.next.data)
        form.refuse()
    return credentials.page("accounts/second_step.html", form)


@accounts.get("/me/second-step")
@signed_in
def second_steps() -> str:
    """Show whether signing in takes a second step, and how many codes are left."""
    return render_template("accounts/second.html", step=second.of(me().id), left=second.codes_left(me().id), is_required=second.is_required_of(me()))


@accounts.route("/me/second-step/new", methods=["GET", "POST"])
@signed_in
def set_up_second_step() -> Any:
    """Show the secret as a picture and in signs, and switch it on once the first digits are right."""
    if not is_proven():
        return ask_for_proof()
    if second.of(me().id) is not None:
        return redirect(url_for(".second_steps"))
    step, form = second.begun(me().id), DigitsForm()
    if form.validate_on_submit():
        codes = second.confirm(me(), form.digits.data or "")
        if codes is not None:
            return render_template("accounts/recovery.html", codes=codes, is_new=True)
        form.refuse()
    secret = step.secret or ""
    spaced = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return credentials.page("accounts/second_new.html", form, picture=picture(second.address_of(step, me())), secret=spaced)


@accounts.post("/me/second-step/codes")
@signed_in
def new_recovery_codes() -> Any:
    """Make new codes for paper; those from before work no more."""
    if not is_proven():
        return ask_for_proof(url_for(".second_steps"))
    if second.of(me().id) is None:
        return redirect(url_for(".second_steps"), 303)
    return render_template("accounts/recovery.html", codes=second.new_codes(me()), is_new=False)


@accounts.post("/me/second-step/off")
@signed_in
def turn_off_second_step() -> Any:
    """Switch it off."""
    if not is_proven():
        return ask_for_proof(url_for(".second_steps"))
    second.turn_off(me())
    return credentials.here(url_for(".second_steps"), _("Signing in takes only your password again."))


def picture(text: str) -> Markup:
    """Return a QR code as SVG, drawn without a style, for the page's policy allows none."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", xmldecl=False, svgns=True, border=3, scale=5, dark="#000", light="#fff")
    return Markup(out.getvalue().decode())  # noqa: S704  made of squares by segno


def me() -> Account:
    """Return the account behind this request."""
    account: Account = current_user._get_current_object()
    return account


def lead_operators() -> Response | None:
    """Send an operator without a second step to set one up, before anything that only operators may."""
    view = current_app.view_functions.get(request.endpoint or "")
    if g.get("side") != "platform" or login_rule(view) != "operator" or not current_user.is_authenticated:
        return None
    if second.is_required_of(me()) and second.of(me().id) is None:
        return redirect(url_for("accounts.second_steps"), 303)
    return None
