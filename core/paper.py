"""Pages as PDF by typst: one template each; everything that people wrote reaches it as data, never as source.

Only the fonts that typst brings along are used, so that every machine makes the same pages. Nothing is written to
disk. What typst says of an error can quote the page, so it goes nowhere.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import typst

from core.errors import KweekError

STANDARDS = ["a-2a", "ua-1"]


class CannotPrint(KweekError):
    """The page holds signs for which there is no font: a page with gaps is made for nobody."""


def compiled(template: Path, data: str, **how: object) -> bytes:
    """Return the pages of a template with this data (JSON). Raises CannotPrint for a sign that no font has."""
    try:
        made = typst.compile(_source(template), sys_inputs={"data": data}, font_paths=_fonts(), ignore_system_fonts=True, **how)  # type: ignore[call-overload]
    except typst.TypstError as error:
        if "could not be displayed" in error.message:
            raise CannotPrint("no font") from None
        raise RuntimeError("typst refuses the template") from None
    content: bytes = made[0] if isinstance(made, list) else made
    return content


@cache
def _source(template: Path) -> bytes:
    return template.read_bytes()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)
