"""The link under a mail that stops mail of its kind: it works without signing in, for ever, and only for that kind."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from werkzeug.wrappers import Response

from blueprints.notifications.blueprint import notifications
from core.access import from_anywhere, public
from core.i18n import language, speaking
from tenants.notifications import choices, words


@notifications.get("/notifications/stop/<token>")
@public
def stop(token: str) -> Any:
    """Ask with one button: a program that only looks at the links of a mail changes nothing. With JavaScript the button is
    pressed by itself, so that for people the link alone is enough."""
    return _page(token, choices.mail_by_token(token, None), asks=True)


@notifications.post("/notifications/stop/<token>")
@from_anywhere
@public
def stop_now(token: str) -> Any:
    """Stop mail of this kind, or begin it again. A mail program posts here by itself (RFC 8058): the token is all it has."""
    if request.form.get("do") == "again":
        read = choices.read_token(token)
        return _page(token, choices.mail_by_token(token, choices.usual_mail(read[1])) if read else None)
    return _page(token, choices.stop_by_token(token))


def _page(token: str, found: tuple[str, str] | None, *, asks: bool = False) -> Response | tuple[str, int]:
    if found is None:
        return render_template("notifications/stop_gone.html"), 410
    kind, mail = found
    with speaking(choices.language_of_token(token) or language()):
        return render_template("notifications/stop.html", token=token, kind=words.kind_words(kind), is_off=mail == "off", asks=asks), 200
