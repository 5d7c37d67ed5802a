"""What anybody does with the newsletter: ask for it, confirm the address, leave, come back."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from blueprints import credentials
from blueprints.newsletter.blueprint import newsletter
from blueprints.newsletter.forms import SubscribeForm
from core import limits
from core.access import from_anywhere, public
from core.errors import Gone
from core.newsletter import actions, queries


@newsletter.route("/newsletter", methods=["GET", "POST"])
@public
def ask() -> Any:
    """Ask for the newsletter; the answer is the same for every address (T31)."""
    form = SubscribeForm()
    if form.validate_on_submit():
        limits.spend(limits.mail_limits(form.email.data, credentials.address()))
        actions.subscribe(form.email.data, form.first_name.data or "", form.language.data)
        return redirect(url_for(".asked"), 303)
    return credentials.page("newsletter/ask.html", form)


@newsletter.get("/newsletter/asked")
@public
def asked() -> str:
    """Say that a mail is on its way."""
    return render_template("newsletter/asked.html")


@newsletter.route("/newsletter/confirm/<token>", methods=["GET", "POST"])
@public
def confirm(token: str) -> Any:
    """Confirm with a button: programs that look into mail open links, but press nothing."""
    try:
        row = actions.to_confirm(token)
    except Gone:
        return credentials.link_is_dead("newsletter/gone.html")
    form = credentials.FlaskForm()
    if form.validate_on_submit():
        actions.confirm(token)
    return render_template("newsletter/confirm.html", form=form, row=row)


@newsletter.route("/newsletter/leave/<token>", methods=["GET", "POST"])
@public
@from_anywhere
def leave(token: str) -> Any:
    """Take the link's address off the list: by opening it, or by the button of a mail program (RFC 8058). No second step."""
    row = queries.by_token(token)
    if row is None:
        return credentials.link_is_dead("newsletter/gone.html")
    if not _only_looks():
        actions.leave(row, "one-click" if request.method == "POST" else "link")
    return render_template("newsletter/left.html", row=row)


@newsletter.post("/newsletter/stay/<token>")
@public
def stay(token: str) -> Any:
    """Put somebody back who left by mistake."""
    row = queries.by_token(token)
    if row is None or not actions.stay(row):
        return credentials.link_is_dead("newsletter/gone.html")
    return render_template("newsletter/confirm.html", form=None, row=row)


def _only_looks() -> bool:
    """Return whether the page is fetched in advance, by nobody's wish."""
    return request.method == "HEAD" or "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
