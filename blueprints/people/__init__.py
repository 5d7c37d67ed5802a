"""People of one academy: their doors, their own page, and the managers' list."""

from blueprints.people import doors, invited, listing, mailed, person, placing
from blueprints.people.blueprint import people

__all__ = ["doors", "invited", "listing", "mailed", "people", "person", "placing"]
