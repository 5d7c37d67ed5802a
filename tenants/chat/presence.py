"""Who is here now: keys in Redis that end by themselves, by id. While Redis is away nobody is said to be here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

import redis

from core.config import config
from core.live import connection

LASTS_S: Final = 50


def key_of(holder: str, member_id: UUID) -> str:
    """Return the key that says that somebody of an academy is here; it names the academy (T13)."""
    return f"here:{holder}:{member_id}"


def note(holder: str, member_ids: Iterable[UUID]) -> None:
    """Note for a little while that these people are here."""
    try:
        with connection(config().redis_url).pipeline(transaction=False) as said:
            for member_id in member_ids:
                said.set(key_of(holder, member_id), "1", ex=LASTS_S)
            said.execute()
    except redis.RedisError:
        return


def forget(holder: str, member_id: UUID) -> None:
    """Say no longer that somebody is here: they do not want it said."""
    try:
        connection(config().redis_url).delete(key_of(holder, member_id))
    except redis.RedisError:
        return


def here_of(holder: str, member_ids: Iterable[UUID]) -> set[UUID]:
    """Return who of these people is here."""
    asked = list(member_ids)
    if not asked:
        return set()
    try:
        found = connection(config().redis_url).mget([key_of(holder, one) for one in asked])
    except redis.RedisError:
        return set()
    return {one for one, is_here in zip(asked, found, strict=True) if is_here}  # type: ignore[arg-type]
