"""The blueprints of the registers: `processing` on the platform's side, `records` on an academy's."""

from flask import Blueprint

processing = Blueprint("processing", __name__)
records = Blueprint("records", __name__)
