"""A real Chromium, driven through the system's package."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.certificate_people import house_of
from tests.support.clock import SettableClock
from tests.support.device_pages import DevicePagesHouse, serving
from trust.storage.database import Database
from trust.storage.unit_of_work import units_of_work

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def served(sqlite_database: Database) -> Iterator[DevicePagesHouse]:
    clock = SettableClock(datetime.now(UTC))
    house = house_of(sqlite_database, units_of_work(sqlite_database, clock, bytes(32)), clock)
    with serving(house) as made:
        yield made
