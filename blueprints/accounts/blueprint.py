"""The blueprint that the account pages are on."""

from flask import Blueprint

accounts = Blueprint("accounts", __name__)
