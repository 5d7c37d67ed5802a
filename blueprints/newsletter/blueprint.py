"""The blueprint that the newsletter's pages are on."""

from flask import Blueprint

newsletter = Blueprint("newsletter", __name__)
