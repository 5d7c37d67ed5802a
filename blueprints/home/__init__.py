"""The platform's front page: start an academy, sign in, find your academy."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from core.access import public

home = Blueprint("home", __name__)


@home.get("/")
@public
def index() -> str | Response:
    """Show what the platform is; who is signed in goes to their academies."""
    if current_user.is_authenticated:
        return redirect(url_for("academies.index"))
    return render_template("home/index.html")
