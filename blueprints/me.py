"""Who is asking: the signed-in member, typed."""

from __future__ import annotations

from typing import cast
from uuid import UUID, uuid4

from flask import request
from flask_login import current_user

from tenants.people.models import Member


def me() -> Member:
    """Return the member behind this request; only for routes that somebody must be signed in for."""
    return cast(Member, current_user._get_current_object())


def is_fragment() -> bool:
    """Return whether a script asks, which wants a fragment or 204 instead of a page."""
    return request.headers.get("HX-Request") == "true"


def sent_id(name: str = "client_id") -> UUID:
    """Return the id that the form carries so that a resend is recognised; a new one if it has none."""
    try:
        return UUID(request.form.get(name, ""))
    except ValueError:
        return uuid4()
