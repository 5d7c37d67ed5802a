"""The blueprint that the academies' pages are on."""

from flask import Blueprint

academies = Blueprint("academies", __name__)
