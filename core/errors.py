"""The few errors of the house, one base. `blueprints/hooks.py` maps them to pages, once."""

from __future__ import annotations

import os
import traceback

HOUSE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class KweekError(Exception):
    """Base of every error that a person may cause or see; `status` is its HTTP status."""

    status = 500


class NotFound(KweekError):
    """There is nothing here that this person may know of."""

    status = 404


class Forbidden(KweekError):
    """The thing is known to this person, but the act is not theirs to do."""

    status = 403


class Gone(KweekError):
    """It was here and is gone for good: a closed academy, a used link."""

    status = 410


class Refused(KweekError):
    """The request is well-formed, but a rule refuses it; the message says what to do next."""

    status = 422


class TooMany(KweekError):
    """Too many tries; `retry_after_s` says in how many seconds to come back."""

    status = 429

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many tries, wait {retry_after_s} s")
        self.retry_after_s = retry_after_s


class Unavailable(KweekError):
    """The academy or a part of the platform cannot answer now, and will later."""

    status = 503


class NoScope(RuntimeError):
    """Code touched the database outside `db.scope(...)`: no academy, no work."""


class NotAnAcademySchema(ValueError):
    """A schema name outside ac_[0-9]+ was about to reach SQL."""


class Tampered(KweekError):
    """A ciphertext is not what this holder wrote in this place: moved, flipped, or under another key."""


class KeyMissing(KweekError):
    """The keystore holds no readable key of this holder: destroyed at its closing, or never made."""

    status = 503


def place(error: BaseException) -> str:
    """Return where in our own code the error arose, as file:line. Its text could hold content and is not logged."""
    frames = [one for one in traceback.extract_tb(error.__traceback__) if "site-packages" not in one.filename]
    return f"{os.path.relpath(frames[-1].filename, HOUSE)}:{frames[-1].lineno}" if frames else "?"
