"""What happens around every request: host, scope, one commit, headers, error pages."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from typing import Any

from flask import Response, abort, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from blueprints.accounts.second import lead_operators
from blueprints.hosts import HostedFlask, host_of
from blueprints.legal.asking import ask_first
from blueprints.reasons import REASONS
from core import access
from core.config import config
from core.db import CORE, db
from core.errors import KweekError, NotFound, Refused, TooMany, Unavailable
from core.headers import put_security_headers
from tenants.migrate import head_revision
from tenants.resolve import place_of, resolver

log = logging.getLogger(__name__)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
WITHOUT_SCOPE = frozenset({"static", "assets.file", "assets.theme", "health.up"})


def install(app: HostedFlask, forms: CSRFProtect) -> None:
    """Put the hooks on `app`. The order of the before-hooks is the order of a request's way."""
    app.before_request(arrive)
    app.before_request(refuse_foreign_posts)
    app.before_request(lambda: refuse_forged_forms(forms))
    app.before_request(ask_first)
    app.before_request(lead_operators)
    app.after_request(commit)
    app.after_request(put_security_headers)
    app.teardown_request(leave)
    app.register_error_handler(KweekError, show_own_error)
    app.register_error_handler(CSRFError, show_form_expired)
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(DBAPIError, show_database_error)
    app.register_error_handler(NoConnection, show_no_connection)


def arrive() -> None:
    """Find out whose host this is and open the scope that the whole request runs in."""
    g.frames, g.academy, g.side = ExitStack(), None, "platform"
    if request.endpoint in WITHOUT_SCOPE:
        return
    try:
        g.place = place_of(host_of(request))
    except SecurityError:
        abort(400)
    if g.place.slug is None and g.place.custom_host is None:
        g.frames.enter_context(db.scope(CORE))
        return
    g.side = "academy"
    enter_academy()


def enter_academy() -> None:
    """Open the academy's scope, or say why it does not answer."""
    academy = resolver.academy(g.place)
    if academy.is_gone:
        abort(410)
    g.academy = academy
    if academy.state == "suspended":
        raise Unavailable("suspended")
    if academy.revision != head_revision():
        raise Unavailable("being updated")
    g.frames.enter_context(db.scope(academy.scope))


def refuse_foreign_posts() -> None:
    """Refuse a write whose Origin is not exactly this host: a sibling subdomain is a stranger (T20)."""
    if request.method in SAFE or access.is_from_anywhere(current_app.view_functions.get(request.endpoint or "")):
        return
    origin = request.headers.get("Origin")
    if origin is None and request.headers.get("Sec-Fetch-Site") in ("same-origin", None):
        return
    if origin != f"{request.scheme}://{request.host}":
        abort(403)


def refuse_forged_forms(forms: CSRFProtect) -> None:
    """Refuse a form without our token. Nothing of a request is read before it is known who sends it and how much
    its route takes: a stranger's half a gigabyte ends here."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method in SAFE or view is None or access.is_refused(view):
        return
    request.max_content_length = access.most_bytes(view)
    if current_app.config["WTF_CSRF_ENABLED"] and not access.is_from_anywhere(view):
        forms.protect()


def commit(response: Response) -> Response:
    """Commit what the request did, before its first byte leaves; an error page commits nothing."""
    if db.has_frame():
        if response.status_code >= 400:
            db.rollback()
            return response
        try:
            db.commit()
        except DBAPIError as error:
            return put_security_headers(current_app.make_response(show_database_error(error)))
    return response


def leave(error: BaseException | None) -> None:
    """Close the request's scope; whatever was not committed is rolled back."""
    frames = g.pop("frames", None)
    if frames is not None:
        frames.close()


def show_own_error(error: KweekError) -> tuple[str, int, dict[str, str]]:
    """Show the page of one of our own errors."""
    headers = {"Retry-After": str(error.retry_after_s)} if isinstance(error, TooMany) else {}
    if isinstance(error, Unavailable):
        headers = {"Retry-After": "30"}
    reason = REASONS.get(str(error)) if isinstance(error, Refused) else str(error)
    return error_page(error.status, reason=reason, retry_after_s=getattr(error, "retry_after_s", None)), \
        error.status, headers


def show_form_expired(error: CSRFError) -> tuple[str, int]:
    """Show that the form was open too long (or came from elsewhere)."""
    return error_page(400, reason="form"), 400


def show_http_error(error: HTTPException) -> Any:
    """Show the page of an HTTP error; redirects and ready responses pass."""
    code = error.code or 500
    if code < 400:
        return error
    if isinstance(error, InternalServerError):
        log.error("error page", extra={"error": type(error.original_exception).__name__})
    headers = [(k, v) for k, v in error.get_headers() if k.lower() not in ("content-type", "content-length")]
    return error_page(code), code, dict(headers)


def show_database_error(error: DBAPIError) -> tuple[str, int, dict[str, str]]:
    """Show 503 when Postgres is away or too slow, 500 when our statement was wrong."""
    state = getattr(error.orig, "sqlstate", None)
    log.error("database error", extra={"sqlstate": state, "error": type(error.orig).__name__})
    if current_app.testing and state not in (None, "57014") and not (state or "").startswith(("08", "57", "53")):
        raise error
    away = state is None or state.startswith(("08", "53", "57"))
    return error_page(503 if away else 500), 503 if away else 500, {"Retry-After": "10"}


def show_no_connection(error: NoConnection) -> tuple[str, int, dict[str, str]]:
    """Show 503 when so many ask at once that no connection came free in time; a page that needs none."""
    log.error("no connection to the database came free")
    return plain_page(503), 503, {"Retry-After": "10"}


PAGES = frozenset({400, 403, 404, 405, 410, 413, 422, 429, 500, 503})


def error_page(code: int, **values: Any) -> str:
    """Return the page of `code`; if even that needs what is broken, a page that needs nothing."""
    if db.has_frame():
        try:
            db.rollback()
        except DBAPIError:
            log.error("rollback failed")
    try:
        name = {405: 404, 413: 422}.get(code, code if code in PAGES else 400 if code < 500 else 500)
        return render_template(f"errors/{name}.html", code=code, **values)
    except (DBAPIError, NotFound):
        return plain_page(code)


def plain_page(code: int) -> str:
    """Return the page of `code` that needs nothing. Not by render_template: its context processors would ask the database."""
    return current_app.jinja_env.get_template("errors/plain.html").render(code=code, platform=config().platform_name)
