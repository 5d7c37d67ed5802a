"""One application, two sides: the platform's own host and the academies' hosts, each with its own URL map.

Flask's subdomain and host matching are not used: a foreign host reached academy routes through them.
`url_for` on one side cannot name a page of the other; links across hosts go through core/urls.py.
"""

from __future__ import annotations

from typing import Any, Literal

from flask import Flask, Request
from werkzeug.exceptions import SecurityError
from werkzeug.routing import Map, MapAdapter

from core.config import config
from core.errors import NotFound, place
from tenants.resolve import place_of

Side = Literal["platform", "academy"]
SIDES: tuple[Side, ...] = ("platform", "academy")


class HostedFlask(Flask):
    """Flask with a URL map per side; what is registered for both stands in both."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.side_maps: dict[str, Map] = {side: self.url_map_class() for side in SIDES}

    def log_exception(self, exc_info: Any) -> None:
        """Log the class and place of an error. In production its text stays out: it may quote what people wrote."""
        if config().env == "production":
            self.logger.error("request failed: %s at %s", type(exc_info[1]).__name__, place(exc_info[1]))
        else:
            super().log_exception(exc_info)

    def register_side(self, blueprint: Any, *sides: Side) -> None:
        """Register `blueprint` so that only hosts of `sides` reach its routes."""
        shared, self.url_map = self.url_map, self.url_map_class()
        try:
            self.register_blueprint(blueprint)
            for rule in self.url_map.iter_rules():
                for side in sides:
                    self.side_maps[side].add(rule.empty())
        finally:
            self.url_map = shared

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Bind the URL map of the side that the request's host is on."""
        if request is None:
            return super().create_url_adapter(request)
        request.trusted_hosts = None
        side = side_of(request)
        return self.side_maps[side].bind_to_environ(request.environ)


def side_of(request: Request) -> Side:
    """Return the side of the request's host; unknown hosts count as academies, where they find nothing."""
    try:
        place = place_of(host_of(request))
    except (NotFound, SecurityError):
        return "academy"
    return "platform" if place.slug is None and place.custom_host is None else "academy"


def host_of(request: Request) -> str:
    """Return the host without its port. Raises SecurityError for a malformed one."""
    host = request.host
    return host if host.endswith("]") else host.rsplit(":", 1)[0] if ":" in host else host


__all__ = ["SIDES", "HostedFlask", "Side", "host_of", "side_of"]
