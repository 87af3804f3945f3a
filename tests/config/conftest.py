"""The desk of the pages' tests."""

from tests.web.conftest import clock, desk, reader

__all__ = ["clock", "desk", "reader"]
