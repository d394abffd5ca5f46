"""Fixtures of the licence service's tests."""

from tests.support.licence_house import licence_house
from tests.support.seal_house import house

__all__ = ["house", "licence_house"]
