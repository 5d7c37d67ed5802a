"""The registers of processing: the platform's for operators, an academy's for its owner and managers."""

from blueprints.processing import academy, desk
from blueprints.processing.blueprint import processing, records

__all__ = ["academy", "desk", "processing", "records"]
