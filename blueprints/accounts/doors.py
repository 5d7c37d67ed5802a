"""Sign up, sign in, sign out, and step into an academy that one owns."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import credentials
from blueprints.accounts.blueprint import accounts
from blueprints.accounts.forms import SignUpForm
from blueprints.accounts.second import let_in
from blueprints.credentials import SignInForm
from core import access, limits
from core.academies.handoff import make_pass
from core.academies.queries import academy_of
from core.access import public, signed_in
from core.accounts import actions, queries
from core.accounts.models import Account
from core.accounts.signing import sign_in as sign_in_account
from core.i18n import language
from core.legal import actions as legal
from core.legal import queries as documents
from core.legal.rules import OF_ACCOUNTS
from core.newsletter import actions as newsletter
from core.sessions import token_of
from core.urls import academy_url, safe_next, url_with


@access.loads("platform")
def load_account(token: str) -> Account | None:
    """Return the account of this session token; keep a used session alive."""
    found = queries.session_and_account(token)
    if found is None:
        return None
    session, account = found
    if actions.sessions.touch(session):
        account.visited_at = session.seen_at
        access.sessions.give_cookie(token)
    return account


@accounts.route("/sign-up", methods=["GET", "POST"])
@public
def sign_up() -> Any:
    """Make an account; a known address sees the same page and gets a different mail."""
    if current_user.is_authenticated:
        return redirect("/")
    form = SignUpForm()
    if form.validate_on_submit():
        limits.spend(limits.mail_limits(form.email.data, credentials.address()))
        account = actions.sign_up(form.first_name.data, form.last_name.data, form.email.data, form.password.data, language(), form.organisation.data or "",
                                  form.phone.data or "")  # fmt: skip
        accept_shown(account, form.shown.data)
        if account is not None and form.wants_news.data:
            newsletter.subscribe(form.email.data, form.first_name.data, language())
        return redirect(url_for(".sign_up_done"), 303)
    form.shown.data = " ".join(str(one.id) for one in documents.currents() if one.name in OF_ACCOUNTS)
    return credentials.page("accounts/sign_up.html", form)


def accept_shown(account: Account | None, shown: str | None) -> None:
    """Note that a new account accepts what its form showed; what changed meanwhile it is asked at the next sign-in."""
    if account is None:
        return
    for version in documents.currents():
        if version.name in OF_ACCOUNTS and str(version.id) in (shown or "").split():
            legal.accept_for_oneself(account, version, language())


@accounts.get("/sign-up/done")
@public
def sign_up_done() -> str:
    """Say that a mail is on its way."""
    return render_template("accounts/sign_up_done.html")


@accounts.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    """Sign in; one sentence for a wrong address and for a wrong password."""
    if current_user.is_authenticated:
        return redirect(safe_next(request.args.get("next")))
    form = SignInForm(data={"next": request.args.get("next", "")})
    if form.validate_on_submit():
        begun = sign_in_account(form.email.data, form.password.data, credentials.device(), credentials.address(),
                                token_of(request))  # fmt: skip
        if begun is not None:
            return let_in(begun, form.next.data)
        form.refuse()
    return credentials.page("credentials/sign_in.html", form)


@accounts.post("/sign-out")
@public
def sign_out() -> Response:
    """End this device's session."""
    actions.sessions.end(token_of(request))
    return credentials.let_out(url_for(".sign_in"))


@accounts.post("/academies/<uuid:academy_id>/entries")
@signed_in
def enter(academy_id: UUID) -> Response:
    """Step into an academy of one's own with a pass that lives 30 seconds and works once, to where one was going; one that
    waits for its agreement is not entered before."""
    target = safe_next(request.form.get("next"))
    if documents.agreement_of(academy_of(current_user.id, academy_id)).is_missing:
        return redirect(url_for("legal.agree", academy_id=academy_id, next=None if target == "/" else target), 303)
    slug, token = make_pass(current_user.id, academy_id)
    path = f"/entry/{token}"
    return redirect(academy_url(slug, path if target == "/" else url_with(path, next=target)), 303)
