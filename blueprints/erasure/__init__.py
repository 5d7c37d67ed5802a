"""Managers' pages to remove a person with everything, and to see that it was done."""

from __future__ import annotations

from blueprints.erasure.pages import erasure

__all__ = ["erasure"]
