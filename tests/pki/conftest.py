"""An authority on both databases."""

from pathlib import Path

import pytest

from pki.parts import Parts
from tests.support.authority import authority
from tests.support.clock import SettableClock
from trust.storage.database import Database


@pytest.fixture(name="made")
def made_(database: Database, clock: SettableClock, tmp_path: Path) -> Parts:
    """An authority whose ceremony has been held, on SQLite and on PostgreSQL."""
    return authority(database, clock, tmp_path)
