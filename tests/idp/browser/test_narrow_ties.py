"""Pages of mandates, links, merges and recovery fit a narrow screen, and every field has a name that is read out."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from idp.model.account import Person
from idp.model.mandate import MandateRole, Offer, Scope
from idp.storage.conflicts import Conflicts
from tests.idp.browser.test_narrow_pages import NAMELESS
from tests.support.clock import SettableClock
from tests.support.ties import BODY, ISSUER, TiesHouse
from tests.support.ties_pages import TiesPagesHouse
from trust.storage.database import Database
from trust.storage.unit_of_work import units_of_work

PATHS = (
    "/idp/account/bodies", f"/idp/account/mandates?body={BODY}", "/idp/account/links", "/idp/account/merges",
    "/idp/account/recovery", "/idp/recovery/cancel?word=x", "/idp/outside/alipay/signed-in",
    f"/idp/simulated/alipay?back={ISSUER}/idp/outside/alipay/linked",
    f"/idp/simulated/national?back={ISSUER}/idp/outside/national/back",
)  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pages_fit_360_pixels(chromium: Browser, sqlite_database: Database, clock: SettableClock, lang: str) -> None:
    house = TiesHouse(sqlite_database, units_of_work(sqlite_database, clock, bytes(32)), clock)
    made = TiesPagesHouse(house)
    head, clerk = house.represented(), house.account(Person(phone="13900000001"))
    scope = Scope(tuple(f"item:0001031200000{index}" for index in range(6)), "330100")
    house.granted(head, clerk, scope=scope, until=clock.now() + timedelta(days=30))
    house.grant(head.id, house.standing(4).level, Offer(BODY, clerk.id, MandateRole.ADMINISTRATOR, scope))
    with house.new_work() as work:
        Conflicts(work.db).between(head.id, clerk.id, clock.now())
    page = chromium.new_context(viewport={"width": 360, "height": 700}).new_page()
    for account in (head, clerk):
        browser = made.browser_of(account)
        for path in PATHS:
            page.set_content(browser.get(f"{path}{'&' if '?' in path else '?'}lang={lang}").text)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
            assert page.evaluate(NAMELESS) == [], path
    page.context.close()
