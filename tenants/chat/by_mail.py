"""A message that somebody wrote by answering a mail: the same rules as on the page, the same words, said once."""

from __future__ import annotations

from core.errors import Forbidden, NotFound, Refused
from tenants.chat.actions import NothingSaid, post_message
from tenants.people.answering import Answer, NotTaken, on_answer


@on_answer
def say(answer: Answer) -> None:
    """Say the answer in its room. Raises NotTaken when they left it, may only read there, or said too much; TooMany when they
    say so much at once that it has to wait."""
    try:
        post_message(answer.member, answer.room_id, answer.words, answer.client_id)
    except NotFound:
        raise NotTaken("left") from None
    except Forbidden:
        raise NotTaken("silent") from None
    except NothingSaid:
        raise NotTaken("empty") from None
    except Refused as refused:
        if str(refused) != "message too long":
            raise
        raise NotTaken("long") from None
