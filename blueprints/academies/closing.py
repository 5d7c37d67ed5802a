"""Close an academy: the consequences, the confirmation, the progress, and the way back while it waits."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.academies.blueprint import academies
from blueprints.academies.forms import CloseForm
from blueprints.academies.me import me, own
from blueprints.academies.words import STEPS
from blueprints.credentials import here, page
from core import clock
from core.academies import queries, rules
from core.academies.models import Academy, Closing
from core.access import signed_in
from core.config import config
from core.errors import NotFound
from tenants.close import ask_closing, undo_closing
from tenants.counting import counts_of


@academies.route("/academies/<uuid:academy_id>/closing", methods=["GET", "POST"])
@signed_in
def close(academy_id: UUID) -> Any:
    """Show what closing destroys and ask to type the address; a closing that runs shows its progress."""
    academy = own(academy_id)
    if not rules.may_close(academy.state):
        return show_progress(academy)
    form = CloseForm(academy.slug or "", holders_of(academy), holder=str(me().id))
    if form.validate_on_submit():
        ask_closing(academy, me().id, config().undo_days, UUID(form.holder.data))
        return redirect(url_for(".close", academy_id=academy.id), 303)
    return page("academies/close.html", form, academy=academy, counts=counts_of(academy), days=config().undo_days,
                export_days=rules.EXPORT_DAYS)  # fmt: skip


@academies.post("/academies/<uuid:academy_id>/closing/withdrawal")
@signed_in
def undo(academy_id: UUID) -> Response:
    """Take the closing back while it waits."""
    academy = own(academy_id)
    undo_closing(academy, me().id)
    return here(url_for(".show", academy_id=academy.id), _("%(name)s stays open.", name=academy.name))


def holders_of(academy: Academy) -> list[tuple[str, str]]:
    """Return id and name of each owner: one of them is named to hold the final export."""
    return [(str(one.account_id), one.account.name) for one in academy.owners]


def show_progress(academy: Academy, is_operator: bool = False) -> Any:
    """Return the page that shows how far the closing is; a finished one has a receipt."""
    closing = queries.closing_of(academy)
    if closing is None:
        raise NotFound("closing")
    if academy.state == "closed":
        return redirect(url_for(".receipt", academy_id=academy.id))
    runs = closing.step != "waiting" or closing.undo_until <= clock.now()
    return render_template("academies/closing.html", academy=academy, closing=closing, steps=steps_of(closing),
                           runs=runs, may_undo=rules.may_undo(closing.by_operator, is_operator))  # fmt: skip


def steps_of(closing: Closing) -> list[dict[str, Any]]:
    """Return each step: its words, and when it was done (None: still to come)."""
    done = {name: datetime.fromisoformat(at) for name, at in closing.receipt.get("steps", {}).items()}
    return [{"name": name, "words": words, "at": done.get(name)} for name, words in STEPS.items()]
