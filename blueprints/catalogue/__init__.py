"""Coming into courses: the catalogue, terms and requests, links to join by, learning paths."""

from __future__ import annotations

from flask import Blueprint

catalogue = Blueprint("catalogue", __name__)

from blueprints.catalogue import (  # noqa: E402, F401  the routes
    joining,
    lasting,
    links,
    pages,
    path_editor,
    path_people,
    paths,
    requests,
    terms,
    words,
)

__all__ = ["catalogue"]
