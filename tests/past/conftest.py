"""The cast of one academy, and an empty outbox with every job known."""

from tests.erasure.conftest import cast, work

__all__ = ["cast", "work"]
