"""The blueprint that requests for a demo are on."""

from flask import Blueprint

leads = Blueprint("leads", __name__)
