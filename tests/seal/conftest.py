"""Fixtures of the seal service's tests."""

from tests.support.seal_house import house

__all__ = ["house"]
