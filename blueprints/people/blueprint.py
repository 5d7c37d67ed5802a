"""The blueprint that the people pages are on."""

from flask import Blueprint

people = Blueprint("people", __name__)
