"""What every template may call, put in one place. `install(app)` is called once, by create_app."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, has_request_context, request, url_for
from flask_babel import gettext
from werkzeug.routing import BuildError

from core import cookies, i18n, theme
from core.assets import asset_url, shelf
from core.config import config

COVERS = ("pills", "circles", "bubbles", "bread", "lock", "book")
SCHEMES = ("light", "dark")
SCHEME_COOKIE = cookies.SCHEME.name
RULER_WIDTH, RULER_GAP = 1000.0, 5.1


def install(app: Flask) -> None:
    """Give templates the languages, addresses of files and themes, and the drawings' measures."""
    i18n.install(app)
    shelf.watch = config().env == "development"
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset_url=asset_url,
        theme_url=theme.theme_url,
        advise=theme.advise,
        scheme=scheme,
        on_staff_page=on_staff_page,
        initials=initials,
        platform_name=platform_name,
        ruler_bars=ruler_bars,
        new_id=new_id,
        mark_letter=mark_letter,
        url_of=url_of,
        COVERS=COVERS,
        colour_advice=colour_advice,
    )


def scheme() -> str | None:
    """Return `light` or `dark` when the person chose one, None to follow their device."""
    wish = request.cookies.get(SCHEME_COOKIE) if has_request_context() else None
    return wish if wish in SCHEMES else None


def on_staff_page() -> bool:
    """Return whether the page is for somebody who does more here than learn; asks the database nothing."""
    user = g.get("_login_user")
    return any(role != "participant" for role in getattr(user, "roles", ()))


def platform_name() -> str:
    """Return the platform's name."""
    return config().platform_name


def url_of(endpoint: str, **values: Any) -> str | None:
    """Return the address of a page, or None where this side of the house has no such page."""
    try:
        return url_for(endpoint, **values)
    except BuildError:
        return None


def colour_advice(advice: theme.Advice) -> str:
    """Return what becomes of a brand colour, as a sentence for its owner."""
    if advice.is_adjusted:
        return str(
            gettext("Buttons use %(colour)s: a little lighter, so that their words can be read.", colour=advice.fill)
        )
    if advice.has_dark_label:
        return str(gettext("Your colour is kept. Words on buttons become dark, because white would be hard to read."))
    return str(gettext("Your colour is kept, with white words on buttons."))


def new_id() -> str:
    """Return a random id: forms carry one, so that a form sent twice is stored once."""
    return str(uuid.uuid4())


def initials(name: str) -> str:
    """Return the first letters of the first and the last word of a name, `SW` for Sanne de Wit."""
    words = [word for word in name.split() if word[0].isalpha()]
    chosen = words[:1] + words[-1:] if len(words) > 1 else words
    return "".join(word[0] for word in chosen).upper()


def mark_letter(name: str) -> str | None:
    """Return the letter a-z drawn in an academy's mark, or None when its name has none."""
    plain = unicodedata.normalize("NFKD", name).lower()
    return next((sign for sign in plain if "a" <= sign <= "z"), None)


@dataclass(frozen=True)
class Bar:
    """One rectangle of the course ruler, in units of its 1000 wide view box."""

    kind: str
    x: float
    width: float


def ruler_bars(segments: Iterable[Sequence[float | str]]) -> list[Bar]:
    """Return the rectangles for segments of (minutes, state, part); state is done, here or todo, part 0-1."""
    lessons = [(max(float(minutes), 1.0), str(state), float(part)) for minutes, state, part in segments]
    total = sum(minutes for minutes, _, _ in lessons) or 1.0
    gap = min(RULER_GAP, 300.0 / max(len(lessons), 1))
    unit = (RULER_WIDTH - gap * (len(lessons) - 1)) / total
    bars, x = [], 0.0
    for minutes, state, part in lessons:
        width = minutes * unit
        bars.append(Bar(state, round(x, 1), round(width, 1)))
        if state == "here" and part > 0:
            bars.append(Bar("part", round(x, 1), round(width * min(part, 1.0), 1)))
        x += width + gap
    return bars
