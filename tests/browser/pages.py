"""Finds every page of the running platform by following its links as each role, so that no page is forgotten."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlsplit

from flask.testing import FlaskClient

from blueprints.hosts import HostedFlask

HREF = re.compile(r'(?:href|src)="([^"#]+)')
MOST_OF_ONE_KIND = 12
ACTS = frozenset({"newsletter.leave"})  # opening it is the act: nobody who only looks around follows it


@dataclass
class Found:
    """What somebody reaches: by endpoint, the paths seen; and what each page answered."""

    paths: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    broken: list[str] = field(default_factory=list)


def walk(app: HostedFlask, client: FlaskClient, host: str, side: str, starts: list[str], most: int = MOST_OF_ONE_KIND,
         more: Mapping[str, int] | None = None) -> Found:  # fmt: skip
    """Follow every link on the host from `starts`, a few of each kind (`more` of some), and return what was found."""
    found, waiting, seen = Found(), list(starts), set(starts)
    adapter = app.side_maps[side].bind(host)
    while waiting:
        path = waiting.pop(0)
        try:
            endpoint = adapter.match(urlsplit(path).path, method="GET")[0]
        except Exception as error:  # a link to nowhere is what this looks for
            found.broken.append(f"{path}: {type(error).__name__}")
            continue
        if len(found.paths[endpoint]) >= (more or {}).get(endpoint, most) or endpoint in ACTS or endpoint.startswith("assets."):
            continue
        answer = client.get(path)
        if answer.status_code >= 400 and not path.startswith("/_dev/errors/"):
            found.broken.append(f"{path}: {answer.status_code}")
        if answer.status_code != 200 or answer.mimetype != "text/html":
            answer.close()
            found.paths[endpoint] = found.paths[endpoint] or []
            location = answer.headers.get("Location", "")
            if location.startswith("/") and location not in seen:
                seen.add(location)
                waiting.append(location)
            continue
        found.paths[endpoint].append(path)
        for link in map(unescape, HREF.findall(answer.text)):
            parts = urlsplit(link)
            if parts.netloc not in ("", host) or parts.scheme not in ("", "http"):
                continue
            there = parts.path + (f"?{parts.query}" if parts.query else "")
            if there.startswith("?"):
                there = urlsplit(path).path + there
            if there.startswith("/") and there not in seen:
                seen.add(there)
                waiting.append(there)
    return found
