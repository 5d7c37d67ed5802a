"""What files, sound, callouts, checklists, accordions, films of other sites and slots for packages hold: made clean, and
shown. No database.

Bodies of blocks by kind: file {file_id, title, size_bytes, media_type}; audio {file_id, title, transcript, media_type};
callout {tone: TONES, title, markdown}; checklist {title, items: [{id, text}]}; accordion {sections: [{id, title,
markdown}]}; embed {url, title}, the url as typed; divider {}; package {title, note}: the place of a learning package that
is not there yet. Ids are texts, unique in their block.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tenants.courses.markup import MAX_MARKDOWN, html_of

TONES = ("note", "tip", "warning")
MOST_ROWS = 50
MAX_TITLE = 200
MAX_ITEM = 500
MAX_URL = 500
MAX_TRANSCRIPT = 50_000
MAX_NOTE = 1_000
_YOUTUBE = {"youtube.com", "www.youtube.com", "m.youtube.com", "youtube-nocookie.com", "www.youtube-nocookie.com"}
_VIMEO = {"vimeo.com", "www.vimeo.com", "player.vimeo.com"}
_YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}", re.ASCII)
_VIMEO_ID = re.compile(r"[0-9]{1,12}", re.ASCII)
_VIMEO_HASH = re.compile(r"[0-9a-f]{6,20}", re.ASCII)
_YOUTUBE_PATHS = ("embed", "shorts", "live", "v")


@dataclass(frozen=True)
class Film:
    """A film on another site: who shows it, the address of its frame and the page that a link opens."""

    provider: str
    origin: str
    frame: str
    link: str


def film_at(url: str) -> Film | None:
    """Return the film that the address of YouTube or Vimeo names; None for every other address."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if parts.scheme not in ("http", "https"):
        return None
    steps = [step for step in parts.path.split("/") if step]
    if host == "youtu.be" or host in _YOUTUBE:
        return _youtube(steps, parse_qs(parts.query), host == "youtu.be")
    return _vimeo(steps, parse_qs(parts.query)) if host in _VIMEO else None


def _youtube(steps: Sequence[str], query: Mapping[str, list[str]], is_short: bool) -> Film | None:
    if is_short:
        named = steps[:1]
    elif steps == ["watch"]:
        named = query.get("v", [])[:1]
    else:
        named = steps[1:2] if steps[:1] and steps[0] in _YOUTUBE_PATHS else []
    if not named or not _YOUTUBE_ID.fullmatch(named[0]):
        return None
    origin = "https://www.youtube-nocookie.com"
    return Film("YouTube", origin, f"{origin}/embed/{named[0]}", f"https://www.youtube.com/watch?v={named[0]}")


def _vimeo(steps: Sequence[str], query: Mapping[str, list[str]]) -> Film | None:
    rest = list(steps[1:] if steps[:1] == ["video"] else steps)
    if not rest or not _VIMEO_ID.fullmatch(rest[0]):
        return None
    secret = (rest[1:2] or query.get("h", []) or [""])[0]
    if secret and not _VIMEO_HASH.fullmatch(secret):
        return None
    origin = "https://player.vimeo.com"
    frame = f"{origin}/video/{rest[0]}?dnt=1" + (f"&h={secret}" if secret else "")
    return Film("Vimeo", origin, frame, f"https://vimeo.com/{rest[0]}" + (f"/{secret}" if secret else ""))


def frame_origins(content: Mapping[str, Any]) -> set[str]:
    """Return the sites whose frames a lesson may open, once a participant asks for it."""
    films = [film_at(block.get("url") or "") for block in content["blocks"] if block["kind"] == "embed"]
    return {film.origin for film in films if film}


def piece_new(kind: str, new_id: Callable[[], str]) -> dict[str, Any]:
    """Return what a new block of this kind holds: lists begin with two empty rows."""
    if kind == "checklist":
        return {"title": "", "items": [{"id": new_id(), "text": ""} for _ in range(2)]}
    if kind == "accordion":
        return {"sections": [{"id": new_id(), "title": "", "markdown": ""} for _ in range(2)]}
    return {"tone": "note", "title": "", "markdown": ""} if kind == "callout" else {}


def clean_piece(kind: str, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a body as they are stored: one-line titles, lengths and numbers of rows within their limits."""
    return {name: _CLEAN[name](value) for name, value in sent.items() if name in PARTS.get(kind, ())}


def _line(text: Any, most: int = MAX_TITLE) -> str:
    return " ".join(str(text).split())[:most]


def _tone(text: Any) -> str:
    return text if text in TONES else TONES[0]


def _items(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [{"id": str(row["id"])[:40], "text": _line(row["text"], MAX_ITEM)} for row in rows[:MOST_ROWS]]


def _sections(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return the sections; together their texts may be as long as one text block."""
    share = MAX_MARKDOWN // max(1, len(rows[:MOST_ROWS]))
    return [
        {"id": str(row["id"])[:40], "title": _line(row["title"]), "markdown": str(row["markdown"])[: max(share, 5_000)]}
        for row in rows[:MOST_ROWS]
    ]


STORED = {"file": "document", "audio": "audio"}
PARTS: dict[str, tuple[str, ...]] = {
    "file": ("title",), "audio": ("title", "transcript"), "callout": ("tone", "title", "markdown"),
    "checklist": ("title", "items"), "accordion": ("sections",), "embed": ("url", "title"), "divider": (),
    "package": ("title", "note"),
}  # fmt: skip
_CLEAN: dict[str, Callable[[Any], Any]] = {
    "title": _line, "transcript": lambda text: str(text)[:MAX_TRANSCRIPT], "tone": _tone, "markdown": str,
    "items": _items, "sections": _sections, "url": lambda text: _line(text, MAX_URL),
    "note": lambda text: str(text)[:MAX_NOTE],
}  # fmt: skip
_SHOWN: dict[str, dict[str, Any]] = {
    "file": {"file_id": None, "title": "", "size_bytes": 0, "media_type": ""},
    "audio": {"file_id": None, "title": "", "transcript": "", "media_type": ""},
    "callout": {"tone": TONES[0], "title": "", "markdown": ""},
    "checklist": {"title": "", "items": []},
    "accordion": {"sections": []},
    "embed": {"url": "", "title": ""},
    "divider": {},
    "package": {"title": "", "note": ""},
}


def piece_content(kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the block as participants see it; rows without words are left out."""
    shown = {name: body.get(name, empty) for name, empty in _SHOWN[kind].items()}
    if kind == "callout":
        shown["html"] = html_of(shown["markdown"])
    if kind == "checklist":
        shown["items"] = [row for row in shown["items"] if row["text"]]
    if kind == "accordion":
        rows = [row for row in shown["sections"] if row["title"] or row["markdown"]]
        shown["sections"] = [{**row, "html": html_of(row["markdown"])} for row in rows]
    return shown


def piece_problem(block: Mapping[str, Any]) -> str | None:
    """Return what keeps the block from being published."""
    return _PROBLEMS[block["kind"]](block) if block["kind"] in _PROBLEMS else None


_PROBLEMS: dict[str, Callable[[Mapping[str, Any]], str | None]] = {
    "file": lambda block: None if block["file_id"] else "no_file",
    "audio": lambda block: None if block["file_id"] else "no_audio",
    "callout": lambda block: None if block["title"] or block["markdown"].strip() else "no_callout",
    "checklist": lambda block: None if block["items"] else "no_items",
    "accordion": lambda block: None if block["sections"] and all(row["title"] for row in block["sections"]) else "no_sections",
    "embed": lambda block: None if film_at(block["url"]) else "no_embed",
}
