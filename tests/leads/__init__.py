"""Requests for a demo."""
