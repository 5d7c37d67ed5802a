"""Accounts are asked for what changed: after signing in, on each page until then, and on nothing else once the time is over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm

from blueprints.academies.me import me
from blueprints.credentials import here
from blueprints.legal.blueprint import legal
from blueprints.legal.reading import title_of
from core.access import signed_in
from core.db import db
from core.errors import Refused
from core.i18n import language
from core.legal import actions, queries
from core.legal.models import Version
from core.legal.queries import Asked
from core.urls import safe_next

# What everybody can reach whatever they accept: reading, deciding, taking one's data along, leaving.
FREE = frozenset({"legal", "assets", "language", "health", "site", "leads", "newsletter", "privacy", "dev", "mailbox"})
FREE_PAGES = frozenset({"accounts.sign_out", "academies.index", "academies.show", "academies.close", "academies.receipt", "academies.export"})


@legal.app_template_global("legal_wanted")
def wanted() -> list[Asked]:
    """Return for what the account behind this page is asked; nothing on pages that are free of it, or without an account."""
    if g.get("side") != "platform" or request.blueprint in FREE or not db.has_frame() or not current_user.is_authenticated:
        return []
    if "legal_wanted" not in g:
        g.legal_wanted = queries.asked_of(me())
    found: list[Asked] = g.legal_wanted
    return found


def ask_first() -> Any:
    """Send who can put it off no longer to the question; a form that is being sent is not lost."""
    if request.method not in ("GET", "HEAD") or request.endpoint in (None, *FREE_PAGES) or g.get("side") != "platform":
        return None
    if any(one.is_due for one in wanted()):
        return redirect(url_for("legal.accept", next=request.full_path.rstrip("?")))
    return None


@legal.route("/legal/accept", methods=["GET", "POST"])
@signed_in
def accept() -> Any:
    """Ask for what changed, each with what is new; who accepts goes on where they were going."""
    asked, form = queries.asked_of(me()), FlaskForm()
    going = safe_next(request.values.get("next"))
    if form.validate_on_submit():
        try:
            for version in _versions(request.form.getlist("version")):
                actions.accept_for_oneself(me(), version, language())
            return here(going, _("Thank you. You find what you accepted at your profile."))
        except Refused:
            return render_template("legal/accept.html", asked=queries.asked_of(me()), form=form, going=going, is_stale=True, title_of=title_of), 422
    if not asked:
        return redirect(going)
    return render_template("legal/accept.html", asked=asked, form=form, going=going, is_stale=False, title_of=title_of)


def _versions(ids: list[str]) -> list[Version]:
    """Return the versions that were shown. Raises Refused unless each is one."""
    try:
        wanted = [UUID(one) for one in ids]
    except ValueError:
        abort(400)
    found = [one for one in queries.currents() if one.id in wanted]
    if not found or len(found) != len(set(wanted)):
        raise Refused("legal version")
    return found


@legal.get("/me/agreements")
@signed_in
def mine() -> str:
    """Show what the account accepted, when, and for whom."""
    rows = queries.acceptances_of(me().id)
    return render_template("legal/mine.html", rows=rows, signer_of=actions.signer_of, title_of=title_of, academies=queries.academies_named(rows))
