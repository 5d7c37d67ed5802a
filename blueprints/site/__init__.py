"""The public pages of the platform: what it is, what it does for whom, how data is kept, how it is now."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from blueprints.site.words import roles
from core import clock
from core.access import public
from core.config import config
from core.legal.rules import NAMES as DOCUMENTS
from core.outbox.queries import waiting_s
from core.urls import platform_url

site = Blueprint("site", __name__)
LATE_S = 120
PLACES = ("site.index", "site.features", "site.trust", "site.accessibility", "site.status", "leads.ask", "accounts.sign_up", "newsletter.ask",
          "legal.index")


@site.context_processor
def where() -> dict[str, Any]:
    """Give these pages their own whole address."""
    return {"page_url": lambda: platform_url(request.path)}


@site.get("/")
@public
def index() -> str | AnyResponse:
    """Show what the platform is; who is signed in goes to their academies."""
    if current_user.is_authenticated:
        return redirect(url_for("academies.index"))
    return render_template("site/index.html", roles=roles())


@site.get("/features")
@public
def features() -> str:
    """Show what it does, for each role."""
    return render_template("site/features.html", roles=roles())


@site.get("/your-data")
@public
def trust() -> str:
    """Show how data is kept."""
    return render_template("site/trust.html")


@site.get("/accessibility")
@public
def accessibility() -> str:
    """Show what everybody can count on."""
    return render_template("site/accessibility.html", contact=config().mail_inbox)


@site.get("/status")
@public
def status() -> str:
    """Show whether pages, work and mail keep up, as it is measured now."""
    work_s, mail_s = waiting_s()
    return render_template("site/status.html", at=clock.now(), work_s=work_s, mail_s=mail_s, late_s=LATE_S, is_well=max(work_s, mail_s) < LATE_S)


@site.get("/robots.txt")
@public
def robots() -> Response:
    """Let search engines read the public pages and nothing else."""
    lines = ["User-agent: *", "Disallow: /operator/", "Disallow: /me", "Disallow: /academies", f"Sitemap: {platform_url('/sitemap.xml')}"]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@site.get("/sitemap.xml")
@public
def sitemap() -> Response:
    """Name the public pages."""
    paths = [*(url_for(place) for place in PLACES), *(url_for("legal.show", name=name) for name in DOCUMENTS)]
    pages = "".join(f"<url><loc>{platform_url(path)}</loc></url>" for path in paths)
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{pages}</urlset>\n', mimetype="application/xml")
