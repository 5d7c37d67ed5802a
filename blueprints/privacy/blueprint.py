"""The blueprint that one's own data is on."""

from flask import Blueprint

privacy = Blueprint("privacy", __name__)
