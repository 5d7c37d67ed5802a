"""Browsers that somebody lets us tell, and the script that shows the message there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import gettext as _

from blueprints import credentials
from blueprints.me import me
from blueprints.notifications.blueprint import notifications
from core.access import public, signed_in
from core.assets import shelf
from core.errors import NotFound, Refused
from core.push import Browser
from tenants.notifications import pushing


@notifications.get("/push.js")
@public
def worker() -> Response:
    """Return the script that a browser runs when a message comes. Its address never changes: the browser asks for it anew."""
    response = Response(shelf.find("js/worker/push.js").body, mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@notifications.post("/me/notifications/browsers")
@signed_in
def add() -> Any:
    """Tell this browser from now on; a script sends what the browser made."""
    sent = Browser(*(request.form.get(name, "")[:1000] for name in ("endpoint", "public_key", "secret")))
    try:
        pushing.add_browser(me(), sent, credentials.device())
    except (Refused, ValueError):
        return {"error": str(_("This browser cannot be told. Try another one, or choose mail."))}, 422
    return {"ok": True}


@notifications.post("/me/notifications/browsers/<uuid:browser_id>/removal")
@signed_in
def remove(browser_id: UUID) -> Any:
    """Tell one of one's browsers no longer. Raises NotFound."""
    if not pushing.remove_browser(me(), browser_id):
        raise NotFound("browser")
    return credentials.here(url_for(".choose"), _("That browser is told no more."))
