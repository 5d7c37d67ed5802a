"""What a mail to the platform's own address may ask, and who knows it. Features register themselves.

A recogniser is asked in the platform's frame; it answers whether it dealt with the mail, and what it wrote is committed with
that. Machines' mail never reaches one. What nobody recognises goes to a person.
"""

from __future__ import annotations

from collections.abc import Callable

from core.mail.arrived import Arrived

Recogniser = Callable[[Arrived], bool]
_recognisers: list[Recogniser] = []


def recogniser(known: Recogniser) -> Recogniser:
    """Ask `known(mail)` of each mail that a person sent to the platform's address; use as a decorator."""
    if known not in _recognisers:
        _recognisers.append(known)
    return known


def was_recognised(mail: Arrived) -> bool:
    """Return whether a recogniser dealt with the mail; the first that does is the last that is asked."""
    return any(known(mail) for known in _recognisers)
