"""The public page: is this number genuine? It tells what the holder agreed to, and nothing of other numbers."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from blueprints.certificates import certificates
from blueprints.credentials import address
from core.access import public
from core.limits import Limit, spend
from tenants.certificates import queries

MOST_TRIES = 60


@certificates.get("/verify")
@public
def ask() -> Any:
    """Ask for a number."""
    typed = request.args.get("number", "").strip()[:40]
    return redirect(url_for(".verify", number=typed)) if typed else unlisted(render_template("certificates/verify.html", typed=""))


@certificates.get("/verify/<number>")
@public
def verify(number: str) -> Any:
    """Show how the certificate with this number stands; a wrong, a hidden and a never given number look the same."""
    spend([Limit("verify", (address(),), MOST_TRIES)])
    found = queries.shown_to_all(number)
    page = render_template("certificates/verify.html", certificate=found, typed=number[:40], asked=True)
    return unlisted(page, 200 if found else 404)


def unlisted(page: str, status: int = 200) -> Any:
    """Return the page with what keeps it out of search engines and other sites' logs."""
    answer = make_response(page, status)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
