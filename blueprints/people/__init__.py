"""People of one academy: their doors, their own page, and the managers' lists."""

from blueprints.people import doors, invitations, invited, listing, mailed, numbered, person, photos, placing
from blueprints.people.blueprint import people

__all__ = ["doors", "invitations", "invited", "listing", "mailed", "numbered", "people", "person", "photos", "placing"]
