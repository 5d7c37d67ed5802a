"""Who may use which route. Every view carries exactly one rule; a guard test walks them all.

The person behind a request is found by one loader per side (an account on the platform, a member in an
academy), which the feature that owns the session rows gives to `loads(side)`. No remember cookie, nothing
about the login in Flask's own session.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal, ParamSpec, TypeVar, cast

from flask import Flask, Response, abort, g, redirect, request, url_for
from flask_login import AnonymousUserMixin, LoginManager, current_user

from core import sessions
from core.db import db
from core.errors import Forbidden

P = ParamSpec("P")
R = TypeVar("R")
Side = Literal["platform", "academy"]
Loader = Callable[[str], Any]

MOST_BYTES = 2 * 1024 * 1024
SIGN_IN = {"platform": "accounts.sign_in", "academy": "people.sign_in"}
_loaders: dict[Side, Loader] = {}


class Stranger(AnonymousUserMixin):  # type: ignore[misc]
    """Somebody who is not signed in; has the attributes that templates ask of anyone."""

    id = None
    name = ""
    language = None
    photo_id = None
    roles: frozenset[str] = frozenset()
    is_operator = False

    def has(self, *roles: str) -> bool:
        """Return False: a stranger has no role."""
        return False


class Logins(LoginManager):  # type: ignore[misc]
    """Flask-Login with our session rows as the only source: no user in Flask's session, no remember cookie."""

    def _load_user(self) -> None:
        g._login_user = load_person() or self.anonymous_user()


login_manager = Logins()
login_manager.anonymous_user = Stranger
login_manager.request_loader(lambda request: load_person())


def init_app(app: Flask) -> None:
    """Let `app` know who is signed in, and refuse requests with a doubled session cookie (T17)."""
    login_manager.init_app(app)
    app.before_request(refuse_doubled_cookies)
    app.after_request(sessions.write_cookie)


def loads(side: Side) -> Callable[[Loader], Loader]:
    """Register the function that returns the person of a session token on `side`, or None."""

    def register(loader: Loader) -> Loader:
        _loaders[side] = loader
        return loader

    return register


def load_person() -> Any:
    """Return the account or member of this request's session, or None."""
    token = sessions.token_of(request)
    if token is None or not db.has_frame():
        return None
    return _loaders[g.side](token)


def person_changed() -> None:
    """Forget who this request's person was: they signed in or out within it."""
    g.pop("_login_user", None)


def refuse_doubled_cookies() -> None:
    """Answer 400 when a session cookie came twice: one of them was planted by a sibling host."""
    if sessions.is_doubled(request):
        abort(400)


def login_rule(view: Any) -> str | None:
    """Return which rule `view` carries, or None."""
    return getattr(view, "login_rule", None)


def takes_files(most_bytes: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let requests to this route be as large as `most_bytes`; everywhere else MOST_BYTES is the end."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.most_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return mark


def most_bytes(view: Any) -> int:
    """Return how large a request to `view` may be."""
    return int(getattr(view, "most_bytes", MOST_BYTES))


def from_anywhere(view: Callable[P, R]) -> Callable[P, R]:
    """Let a program that never saw a page post to this public route: without a form's token and from any place. Only for
    routes whose address itself is a secret that allows exactly this, such as the one click of mail programs (RFC 8058)."""
    view.is_from_anywhere = True  # type: ignore[attr-defined]
    return view


def is_from_anywhere(view: Any) -> bool:
    """Return whether a program that never saw a page may post to `view`."""
    return login_rule(view) == "public" and bool(getattr(view, "is_from_anywhere", False))


def is_refused(view: Any) -> bool:
    """Return whether `view` will send this stranger to sign in, without a look at what was sent."""
    return login_rule(view) not in (None, "public") and not current_user.is_authenticated


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Let anybody use this route."""
    return _marked(view, "public")


def signed_in(view: Callable[P, R]) -> Callable[P, R | Response]:
    """Let people who are signed in use this route; others sign in first and come back."""
    return _guarded(view, "signed in", lambda: None)


def roles(*wanted: str) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """Let members with one of these roles use this route. Raises Forbidden for other members."""

    def check() -> None:
        if not current_user.has(*wanted):
            raise Forbidden("role")

    return lambda view: _guarded(view, f"roles: {', '.join(wanted)}", check)


def operator(view: Callable[P, R]) -> Callable[P, R | Response]:
    """Let operators of the platform use this route. Raises Forbidden for other accounts."""

    def check() -> None:
        if not getattr(current_user, "is_operator", False):
            raise Forbidden("operator")

    return _guarded(view, "operator", check)


def _guarded(view: Callable[P, R], rule: str, check: Callable[[], None]) -> Callable[P, R | Response]:
    @wraps(view)
    def guarded(*args: P.args, **kw: P.kwargs) -> R | Response:
        if not current_user.is_authenticated:
            return cast(Response, to_sign_in())
        check()
        return view(*args, **kw)

    return _marked(guarded, rule)


def _marked(view: Callable[P, R], rule: str) -> Callable[P, R]:
    if login_rule(view) is not None:
        raise TypeError(f"{view.__name__} has two login rules: {login_rule(view)} and {rule}")
    view.login_rule = rule  # type: ignore[attr-defined]
    return view


def to_sign_in() -> Any:
    """Send the person to sign in and back. A fragment gets 401: what was typed stays in the page."""
    if request.headers.get("HX-Request") or request.accept_mimetypes.best == "application/json":
        return Response(status=401)
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for(SIGN_IN[g.side], next=None if target == "/" else target))
