"""Request a demo: without an account, a cookie that follows anybody, or somebody else's puzzle."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from blueprints import credentials
from blueprints.leads.blueprint import leads
from blueprints.leads.forms import DemoForm
from core import limits
from core.access import public
from core.db import db
from core.errors import TooMany
from core.i18n import language
from core.leads import actions

log = structlog.get_logger("kweek.leads")


@leads.route("/demo", methods=["GET", "POST"])
@public
def ask() -> Any:
    """Ask for a demo. Whatever goes wrong is said above the form, and what was typed stays in it."""
    form = DemoForm()
    if form.validate_on_submit():
        trouble, status = _sent(form)
        if trouble is None:
            return redirect(url_for(".asked"), 303)
        form.begin()
        return render_template("leads/ask.html", form=form, trouble=trouble), status
    if not form.is_submitted():
        form.begin()
    return credentials.page("leads/ask.html", form, trouble=None)


def _sent(form: DemoForm) -> tuple[str | None, int]:
    """Keep the request; return what went wrong in words (None: nothing) and the status of the answer."""
    seconds, form_id = form.seconds, _uuid(form.form_id.data)
    if seconds is None or form_id is None:
        return _("This form was open for long. What you typed is still here: send it once more."), 422
    try:
        limits.spend(limits.mail_limits(form.email.data, credentials.address()))
        actions.ask(form.asked, form_id, seconds, language())
        db.commit()  # here, where it can still be said without losing what was typed
    except TooMany:
        return _("Many requests came from here in a short time. What you typed is still here: send it again in a quarter of an hour."), 429
    except (DBAPIError, NoConnection) as error:
        db.rollback()
        log.error("a demo request could not be kept", error=type(error).__name__)
        return _("We could not keep your request just now. What you typed is still here: send it again in a minute."), 503
    return None, 303


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


@leads.get("/demo/asked")
@public
def asked() -> str:
    """Say that the request arrived."""
    return render_template("leads/asked.html")
