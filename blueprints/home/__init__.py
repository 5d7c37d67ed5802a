"""The navigation of each side."""
