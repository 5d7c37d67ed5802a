"""What happens for somebody: the page behind the bell, how they want to be told, browsers, and the link that stops a mail."""

from __future__ import annotations

from blueprints.notifications import browsers, choosing, pages, stopping
from blueprints.notifications.blueprint import notifications
from tenants import telling  # every feature that tells people of something is known

__all__ = ["browsers", "choosing", "notifications", "pages", "stopping", "telling"]
