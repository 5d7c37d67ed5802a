"""The demo world: two believable academies, written by the same verbs that people use."""

from __future__ import annotations

from jobs.demo.load import load

__all__ = ["load"]
