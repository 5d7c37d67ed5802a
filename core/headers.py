"""The headers of every answer, errors included (T23)."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response, g, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; media-src 'self' blob:; {frames}form-action 'self'{targets}; base-uri 'none'; frame-ancestors 'none'"
)

# A mail is styled inline, as mail programs want it; it is shown in a page that can do nothing else.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-popups"


def mail_alone(html: str | None) -> Response:
    """Return an answer that shows a mail as a mail program would; our own pages may frame it."""
    answer = Response(html, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = MAIL_POLICY
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def allow_form_target(origin: str) -> None:
    """Let a form of this page end (by redirect) at `origin`; the hand-off to an academy needs it."""
    g.setdefault("form_targets", set()).add(origin)


def allow_frames(origins: Iterable[str]) -> None:
    """Let this page show frames of these sites; without a call no page may show any."""
    g.setdefault("frame_origins", set()).update(origins)


def allow_microphone() -> None:
    """Let this page ask for the microphone; every other page may not even ask."""
    g.microphone = "(self)"


def policy() -> str:
    """Return the content security policy of this answer."""
    framed = sorted(g.get("frame_origins", ()))
    return POLICY.format(
        targets="".join(f" {origin}" for origin in sorted(g.get("form_targets", ()))),
        frames=f"frame-src {' '.join(framed)}; " if framed else "",
    )


def put_security_headers(response: Response) -> Response:
    """Add the policy and its companions; a page with a stricter policy of its own keeps it."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy())
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", f"camera=(), geolocation=(), microphone={g.get('microphone', '()')}, payment=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    headers.setdefault("Cache-Control", "no-store")
    return response
