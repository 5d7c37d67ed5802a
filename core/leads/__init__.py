"""Requests for a demo: who asked, what was said since, and their end."""
