"""What the platform keeps about somebody: shown, taken along, ended; and what operators see of all that."""

from blueprints.privacy import desk, ending, mine, requests
from blueprints.privacy.blueprint import privacy

__all__ = ["desk", "ending", "mine", "privacy", "requests"]
