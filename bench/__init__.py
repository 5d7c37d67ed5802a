"""Measures what was promised against floors taken in the same run."""
