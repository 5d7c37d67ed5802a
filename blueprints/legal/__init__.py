"""Legal documents on the platform's host: read, compared, accepted; the agreement of each academy, on paper too."""

from blueprints.legal import agreement, asking, desk, reading
from blueprints.legal.blueprint import legal

__all__ = ["agreement", "asking", "desk", "legal", "reading"]
