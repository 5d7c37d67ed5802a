"""`/_dev/mail`: the letters of this host, in development and tests. Production has no such page."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from flask import Blueprint, Response, g, render_template

from core import headers
from core.access import public
from core.db import db
from core.errors import NotFound
from core.mail.models import Letter as PlatformLetter
from tenants.mail.models import Letter

MOST = 100

mailbox = Blueprint("mailbox", __name__, url_prefix="/_dev/mail")


@mailbox.get("/")
@public
def index() -> str:
    """Show the letters of this host, newest first."""
    model = _letters()
    letters = db.session.scalars(sa.select(model).order_by(model.made_at.desc()).limit(MOST)).all()
    return render_template("mailbox/index.html", letters=letters)


@mailbox.get("/<uuid:letter_id>")
@public
def show(letter_id: UUID) -> str:
    """Show one letter: its plain text, and its HTML in a frame."""
    return render_template("mailbox/letter.html", letter=_letter(letter_id))


@mailbox.get("/<uuid:letter_id>/html")
@public
def html(letter_id: UUID) -> Response:
    """Show one letter as a mail program would."""
    return headers.mail_alone(_letter(letter_id).body_html)


def _letters() -> type[Letter] | type[PlatformLetter]:
    return Letter if g.side == "academy" else PlatformLetter


def _letter(letter_id: UUID) -> Letter | PlatformLetter:
    letter = db.session.get(Letter, letter_id) if g.side == "academy" else db.session.get(PlatformLetter, letter_id)
    if letter is None:
        raise NotFound("no such letter")
    return letter
