"""What the academy keeps about a member, who sees it, and all of it to take along."""

from __future__ import annotations

from blueprints.member_privacy import asking, desk  # noqa: F401  the routes
from blueprints.member_privacy.pages import member_privacy

__all__ = ["member_privacy"]
