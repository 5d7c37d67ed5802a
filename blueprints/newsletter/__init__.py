"""The platform's newsletter: ask for it, confirm, leave with one click; operators write and send it."""

from blueprints.newsletter import desk, doors, people
from blueprints.newsletter.blueprint import newsletter

__all__ = ["desk", "doors", "newsletter", "people"]
