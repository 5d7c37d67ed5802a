"""Sign in, sign out, and the owner's entry from the platform."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints import credentials
from blueprints.credentials import NewPasswordForm
from blueprints.people.blueprint import people
from blueprints.people.forms import MemberSignInForm
from core import access, sessions
from core.academies.handoff import note_visit, take_pass
from core.access import public
from core.errors import Gone
from core.i18n import language
from core.sessions import token_of
from core.urls import platform_url, safe_next, url_with
from tenants.people import actions, queries, signing
from tenants.people.models import Member
from tenants.people.owners import member_for_owner


@access.loads("academy")
def load_member(token: str) -> Member | None:
    """Return the member of this session token; keep a used session alive."""
    found = queries.session_and_member(token)
    if found is None:
        return None
    session, member = found
    if signing.sessions.touch(session):
        member.visited_at = session.seen_at
        if member.account_id is not None:
            note_visit(member.account_id)
        sessions.give_cookie(token)
    return member


@people.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    """Sign in; one sentence for a wrong address or number and for a wrong password."""
    if current_user.is_authenticated:
        return redirect(safe_next(request.args.get("next")))
    form = MemberSignInForm(data={"next": request.args.get("next", "")})
    if form.validate_on_submit():
        found = signing.sign_in(form.email.data, form.password.data, credentials.device(), credentials.address(),
                                token_of(request))  # fmt: skip
        if isinstance(found, str):
            return credentials.let_in(found, form.next.data)
        if found is not None and found.token is not None:
            return redirect(url_for(".begin", token=found.token), 303)
        form.refuse(is_late=found is not None)
    return _sign_in_page(form)


def _sign_in_page(form: MemberSignInForm) -> Any:
    has_numbers = queries.numbers_in_use()
    if has_numbers:
        form.name_numbers()
    return credentials.page("credentials/sign_in.html", form, platform_sign_in=_way_round(form.next.data), has_numbers=has_numbers)


def _way_round(target: str | None) -> str:
    """Return the platform's address for owners, which leads back here to `target` once they are signed in there."""
    path = safe_next(target)
    if path == "/":
        return platform_url("/sign-in")
    there = url_with("/academies", enter=g.academy.slug, next=path)
    return platform_url(url_with("/sign-in", next=there))


@people.route("/begin/<token>", methods=["GET", "POST"])
@public
def begin(token: str) -> Any:
    """Choose a password after signing in with a start code, and be signed in."""
    link, form = signing.links.find(token, "start"), NewPasswordForm()
    if link is None:
        return credentials.link_is_dead("credentials/link_gone.html", kind="start")
    member = queries.member(link.member_id)
    form.person_email, form.person_name = member.called, member.name
    if form.validate_on_submit():
        actions.begin(token, form.password.data, language())
        return credentials.let_in(signing.fresh_session(member, credentials.device(), token_of(request)), "/")
    return credentials.page("people/begin.html", form, member=member)


@people.post("/sign-out")
@public
def sign_out() -> Response:
    """End this device's session."""
    signing.sessions.end(token_of(request))
    return credentials.let_out(url_for(".sign_in"))


@people.route("/entry/<token>", methods=["GET", "POST"])
@public
def entry(token: str) -> Any:
    """Let an owner in who comes from the platform with a pass that works once.

    From any other site only by a button: no page elsewhere can sign somebody in here as somebody else.
    """
    if request.method == "GET" and is_from_elsewhere():
        return credentials.page("people/entry.html", academy_name=g.academy.name)
    try:
        facts = take_pass(token, g.academy.number)
    except Gone:
        return credentials.link_is_dead("credentials/link_gone.html", kind="entry", platform=platform_url("/"))
    member = member_for_owner(facts)
    return credentials.let_in(signing.fresh_session(member, credentials.device(), token_of(request)), request.args.get("next"))


def is_from_elsewhere() -> bool:
    """Return whether a page of another site led here. Browsers know no sites below a host without a dot."""
    return "." in g.place.domain and request.headers.get("Sec-Fetch-Site") == "cross-site"
