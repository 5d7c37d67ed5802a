"""Pages for those who build the platform: every component, every error page. Not served in production."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, abort, render_template, request

from blueprints.dev.samples import SampleForm, samples
from core.access import public
from core.assets import shelf
from core.theme import hex_of

dev = Blueprint("dev", __name__, url_prefix="/_dev")

ERROR_PAGES: dict[str, dict[str, Any]] = {
    "400": {},
    "400-form": {"reason": "form"},
    "403": {},
    "404": {},
    "410": {},
    "422": {},
    "429": {"retry_after_s": 240},
    "500": {},
    "503": {},
    "503-suspended": {"reason": "suspended"},
    "503-updated": {"reason": "being updated"},
    "plain": {},
}


@dev.get("/components")
@public
def components() -> str:
    """Show every macro with believable words; `?colour=e4572e` shows it in another brand."""
    form = SampleForm()
    form.show_errors()
    return render_template("dev/components.html", form=form, icon_names=icon_names(), **samples(), **brand())


@dev.get("/<any(dashboard, lesson, editor):name>")
@public
def layout(name: str) -> str:
    """Show one of the three drawn screens, built from the same layouts and macros as the real ones."""
    return render_template(f"dev/{name}.html", form=SampleForm(), **samples(), **brand())


@dev.get("/errors/")
@public
def errors() -> str:
    """List the error pages."""
    return render_template("dev/errors.html", pages=ERROR_PAGES)


@dev.get("/errors/<code>")
@public
def error(code: str) -> tuple[str, int]:
    """Show one error page with its own status."""
    if code not in ERROR_PAGES:
        abort(404)
    number = code.split("-")[0]
    status = int(number) if number.isdigit() else 503
    page = render_template(f"errors/{number}.html", code=status, platform="Kweek", **ERROR_PAGES[code])
    return page, status


def icon_names() -> list[str]:
    """Return the names of the sprite's icons, without the letters of marks."""
    names = re.findall(r'id="([a-z]+)"', shelf.find("icons.svg").body.decode())
    return [name for name in names if name != "kweek"]


def brand() -> dict[str, Any]:
    """Return the colour asked for by the address, when it is one."""
    try:
        return {"sample_colour": hex_of(request.args["colour"])}
    except (KeyError, ValueError):
        return {}
