"""Work of the chat: tell people of messages, clear what is kept no longer."""

from __future__ import annotations

from uuid import UUID

from core.queue import job
from tenants.chat import telling


@job("chat.notify")
def notify(message_id: str) -> None:
    """Tell who is in the room of a message that they have not seen."""
    telling.tell_people(UUID(message_id))
