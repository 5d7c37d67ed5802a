"""The web application: the only place that knows configuration, blueprints and pages at once.

gunicorn serves `wsgi:create_app()`. The process has the login role only; it never sees the owner's.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping

from flask import g
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from gevent import monkey
from werkzeug.middleware.proxy_fix import ProxyFix

import core.models  # noqa: F401  both metadatas whole before the first query
import tenants.models  # noqa: F401
from blueprints import hooks, pages
from blueprints.chat.stream import end_streams_in_order
from blueprints.home.nav import nav_items
from blueprints.hosts import HostedFlask
from core import access, cookies, keystore, templating
from core.config import Config, config, load, use
from core.db import db
from core.harden import open_escapes
from core.owner import connect
from tenants.hear import start_hearing


def create_app(environ: Mapping[str, str] | None = None) -> HostedFlask:
    """Return the application. Raises ConfigError, or RuntimeError on a database that is not hardened."""
    use(load(os.environ if environ is None else environ))
    settings = config()
    if settings.owner_database_url and settings.env == "production":
        raise RuntimeError("the web process must not have OWNER_DATABASE_URL; give it to worker and scheduler only")
    keystore.start(settings)
    db.connect(settings.database_url)
    refuse_open_database(settings)
    app = HostedFlask("kweek", root_path=os.path.dirname(os.path.abspath(__file__)), static_folder=None)
    app.config.update(flask_settings(settings))
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies,  # type: ignore[method-assign]
                                x_proto=settings.trusted_proxies, x_host=0)
    db.init_app(app)
    Migrate(app, db, directory="migrations")
    forms = CSRFProtect(app)
    access.init_app(app)
    templating.install(app)
    pages.register(app)
    app.context_processor(lambda: {"nav_items": nav_items() if g.get("frames") and db.has_frame() else []})
    hooks.install(app, forms)
    if monkey.is_module_patched("threading"):  # a web process of its own
        end_streams_in_order()
        spare_what_stays()
    if settings.env != "test":
        start_hearing(settings)
    return app


def spare_what_stays() -> None:
    """Let the collector of garbage never look again at what is there from the start: each full look took 0.2 s, and everybody
    waited meanwhile."""
    gc.collect()
    gc.freeze()


def flask_settings(settings: Config) -> dict[str, object]:
    """Return what Flask and its extensions want to know."""
    secure = settings.scheme == "https"
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "TESTING": settings.env == "test",
        "SESSION_COOKIE_NAME": cookies.FORM.used,
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_CHECK_DEFAULT": False,  # blueprints/hooks.py does, once it knows who is asking
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "MAX_CONTENT_LENGTH": access.MOST_BYTES,
        "MAX_FORM_MEMORY_SIZE": access.MOST_BYTES,
    }


def refuse_open_database(settings: Config) -> None:
    """Refuse to serve where injected SQL could leave its role, unless told otherwise by name."""
    with connect(settings.database_url) as connection:
        found = open_escapes(connection)
    if found and not settings.accept_unhardened:
        raise RuntimeError(
            f"the database is not hardened: the application {', '.join(found[:5])}. "
            "Run ./run harden as a superuser, or set ACCEPT_UNHARDENED=1 and read docs/handbook.md first."
        )
