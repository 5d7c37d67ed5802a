"""People talk: their rooms, one room, writing in it, and what managers choose and look after."""

from __future__ import annotations

import tenants.chat.own_work  # noqa: F401  adds what was said to a person's own work
from blueprints.chat import announcing, beginning, choosing, moderating, pages, posting, standing, stream, words  # noqa: F401  the routes
from blueprints.chat.blueprint import chat

__all__ = ["chat"]
