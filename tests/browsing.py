"""A test client that stays on one host and sends that host's Origin, as a browser does."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, TestResponse
from werkzeug.wrappers import Request


class HostClient(FlaskClient):
    """A client whose requests go to `host` unless told otherwise."""

    host = "localhost"

    def open(self, *args: Any, **kw: Any) -> TestResponse:
        """Send the request to the client's host."""
        if not (args and isinstance(args[0], (EnvironBuilder, dict, Request))):
            kw.setdefault("base_url", f"http://{self.host}")
        return super().open(*args, **kw)


def client_on(app: Flask, host: str, use_cookies: bool = True) -> HostClient:
    """Return an anonymous client on `host` that reads English; without cookies of its own it sends the Cookie header given."""
    client = HostClient(app, app.response_class, use_cookies=use_cookies)
    client.host = host
    client.environ_base["HTTP_ORIGIN"] = f"http://{host}"
    if use_cookies:
        client.set_cookie("lang", "en", domain=host)
    return client
