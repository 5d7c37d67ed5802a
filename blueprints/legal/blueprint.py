"""The blueprint that legal documents are on."""

from flask import Blueprint

legal = Blueprint("legal", __name__)
