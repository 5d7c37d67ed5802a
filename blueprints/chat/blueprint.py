"""The blueprint of the chat; its routes are in the files beside."""

from __future__ import annotations

from flask import Blueprint

chat = Blueprint("chat", __name__)
