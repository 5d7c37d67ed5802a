"""Absolute addresses across hosts, and which `next` may be followed."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from core.config import config


def platform_url(path: str = "/", domain: str | None = None) -> str:
    """Return the address of `path` on the platform's own host."""
    return f"{config().scheme}://{_with_port(domain or config().domains[0].name)}{path}"


def academy_url(slug: str, path: str = "/", domain: str | None = None) -> str:
    """Return the address of `path` in the academy at `slug`."""
    return f"{config().scheme}://{slug}.{_with_port(domain or config().domains[0].name)}{path}"


def url_with(path: str, **query: str) -> str:
    """Return the path with these words behind it, each as it must stand there."""
    return f"{path}?{urlencode(query)}"


def safe_next(target: str | None, default: str = "/") -> str:
    """Return `target` if it is a path on this host, else `default` (T26)."""
    if not target or not target.startswith("/") or target[1:2] in ("/", "\\"):
        return default
    if any(ord(sign) < 32 or sign == "\\" for sign in target):
        return default
    parts = urlsplit(target)
    return default if parts.scheme or parts.netloc else target


def _with_port(host: str) -> str:
    settings = config()
    return host if settings.public_port is None else f"{host}:{settings.public_port}"
