"""Request a demo: the form that anybody sends, and the list that operators work on."""

from blueprints.leads import asking, desk
from blueprints.leads.blueprint import leads

__all__ = ["asking", "desk", "leads"]
