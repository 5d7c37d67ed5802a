"""The queue of the desk: its filters in the address, and whose it is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from blueprints.learning.player import Answer
from blueprints.me import me
from blueprints.reviews import reviews
from core.access import roles
from tenants.exercises import desk, substitutes
from tenants.exercises.desk import PER_PAGE, SHOWN, WHOSE, Filters, Queue


def filters() -> Filters:
    """Return the filters in the address; strange ones count as none."""
    asked = request.args
    state, whose = asked.get("state", "waiting"), asked.get("whose", "mine")
    return Filters(
        asked.get("course", type=UUID), state if state in SHOWN else "waiting", whose if whose in WHOSE else "mine",
        min(max(1, asked.get("page", 1, type=int)), 100_000),
    )


def in_address(chosen: Filters, **more: Any) -> dict[str, Any]:
    """Return the filters as values of an address; what is usual is left out."""
    usual = Filters()
    named = {name: getattr(chosen, name) for name in ("course", "state", "whose", "page")}
    return {**{name: value for name, value in named.items() if value != getattr(usual, name)}, **more}


def queue_context(chosen: Filters) -> dict[str, Any]:
    """Return what templates need to draw the queue."""
    queue = desk.queue_for(me(), chosen)
    last = max(1, -(-queue.total // PER_PAGE))
    return {
        "queue": queue, "filters": chosen, "here": in_address(chosen),
        "before": to_page(chosen, chosen.page - 1) if chosen.page > 1 else None,
        "after": to_page(chosen, chosen.page + 1) if chosen.page < last else None, "shown": shown(queue, chosen),
    }  # fmt: skip


def to_page(chosen: Filters, number: int) -> str:
    """Return the address of another page of the same queue."""
    return url_for(".index", **in_address(chosen, page=number))


def shown(queue: Queue, chosen: Filters) -> str:
    """Return "26-50 of 214"."""
    first = (chosen.page - 1) * PER_PAGE
    return _("%(first)d-%(last)d of %(total)d", first=first + 1, last=first + len(queue.items), total=queue.total)


@reviews.get("/review")
@roles("trainer", "manager", "owner")
def index() -> str:
    """Show the queue, the oldest first."""
    return render_template("exercises/queue.html", **queue_context(filters()), stand_ins=substitutes.stand_ins(),
                           reviewers=[one for one in substitutes.reviewers() if one.id != me().id])  # fmt: skip


@reviews.post("/review/substitute")
@roles("trainer", "manager", "owner")
def substitute() -> Answer:
    """Hand one's own queue over (`do=give`), take over an absent trainer's (`do=take`), or take one's own back."""
    if request.form.get("do") == "back":
        moved = substitutes.take_back(me(), me())
    else:
        other = substitutes.reviewer(request.form.get("member", type=UUID))
        pair = (me(), other) if request.form.get("do") == "give" else (other, me())
        moved = substitutes.hand_over(*pair, me())
    flash(ngettext("%(num)d hand-in changed hands.", "%(num)d hand-ins changed hands.", moved))
    return redirect(url_for(".index"))
