"""The list of the bank with its search and filters."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from blueprints.bank import bank
from blueprints.me import me
from core.access import roles
from tenants.bank import queries
from tenants.bank.queries import Filter

MAX_ASKED = 200


def wanted() -> Filter:
    """Return the filter that the address asks for."""
    words, tag, kind = (request.args.get(name, "").replace("\0", "").strip()[:MAX_ASKED] for name in ("q", "tag", "kind"))
    return Filter(words, tag, kind)


def asked(asks: Filter, **more: Any) -> dict[str, Any]:
    """Return the arguments of an address that asks the same; empty ones are left out."""
    values = {"q": asks.words, "tag": asks.tag, "kind": asks.kind, **more}
    return {name: value for name, value in values.items() if value}


def page_number() -> int:
    """Return which page the address asks for, at least 1."""
    return max(1, min(request.args.get("page", 1, type=int), 1_000_000))


@bank.get("/bank")
@roles("author", "manager", "owner")
def index() -> str:
    """Show the questions of the bank, 25 a page."""
    asks = wanted()
    tags, kinds = queries.facets(me())
    return render_template(
        "bank/index.html", found=queries.items_page(me(), asks, page_number()), asks=asks, asked=asked, tags=tags,
        kinds=kinds, removed=request.args.get("removed"), waiting=queries.open_imports(me()),
    )  # fmt: skip
