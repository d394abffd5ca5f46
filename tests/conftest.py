"""Fixtures that every package's tests may ask for."""

import pytest

from tests.support.clock import SettableClock
from tests.support.database import database, postgres_database, sqlite_database
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork, units_of_work

__all__ = ["clock", "database", "new_work", "postgres_database", "sqlite_database"]

JOURNAL_KEY = bytes(range(32))


@pytest.fixture
def clock() -> SettableClock:
    """A clock that stands at 2026-03-01 08:00 UTC until the test moves it."""
    return SettableClock()


@pytest.fixture
def new_work(database: Database, clock: SettableClock) -> NewWork:
    """Units of work on the fixture ``database``."""
    return units_of_work(database, clock, JOURNAL_KEY)
