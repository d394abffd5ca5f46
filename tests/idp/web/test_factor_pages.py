"""The page of passwords and codes: plain forms of one browser, secrets shown once."""

import html
import re
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from idp.factor_parts import FactorParts
from idp.factors.hashing import PasswordHashes
from idp.model.account import Account, Person
from idp.storage.accounts import Accounts
from idp.usecases.forget_failures import ForgetFailures
from idp.web.factors import CODES, CONFIRM, FACTORS, PASSWORD, REMOVE, TOTP, FactorPages
from idp.web.ties_door import Seat
from tests.support import authority
from tests.support.clock import SettableClock
from tests.support.factors import CHEAP, GOOD, HERE
from tests.support.ties import VAULT, TiesHouse
from tests.support.ties_pages import COOKIE, TiesPagesHouse
from trust.plugin import Floor
from trust.storage.database import Database
from trust.web import problems


class Place:
    """The pages over the parts of a home."""

    def __init__(self, floor: Floor, clock: SettableClock) -> None:
        self.floor, self.clock = floor, clock
        self.house = TiesHouse(floor.database, floor.new_work, clock)
        self.door = TiesPagesHouse(self.house)
        self.parts = FactorParts.of(floor, VAULT, PasswordHashes(CHEAP), self.house, None)
        self.app = FastAPI(routes=FactorPages(self.door, floor.database, self.parts).routes())
        problems.install(self.app)
        self.account = self._account()

    def browser(self, level: int = 2, age: timedelta = timedelta()) -> TestClient:
        cookie = f"cookie{len(self.door.seats)}"
        seat = Seat(self.house.session(self.account), self.house.standing(level, age))
        self.door.seats[cookie] = seat
        return TestClient(self.app, cookies={COOKIE: cookie}, follow_redirects=False)

    def _account(self) -> Account:
        with self.floor.new_work() as work:
            return Accounts(work.db, VAULT).add(Person(), self.clock.now(), identifiers={"username": "chenlan"})


@pytest.fixture
def place(sqlite_database: Database, clock: SettableClock, tmp_path: Path) -> Place:
    return Place(authority.floor(sqlite_database, clock, tmp_path), clock)


def post(browser: TestClient, path: str, **said: str) -> Response:
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(FACTORS).text)
    assert token
    return browser.post(path, data={"csrf_token": token[1], **said})


def test_nobody_sees_or_does_anything_without_a_sign_in(place: Place) -> None:
    stranger = TestClient(place.app, cookies={COOKIE: "stranger"}, follow_redirects=False)
    assert stranger.get(FACTORS).status_code == 401


@pytest.mark.parametrize("path", [PASSWORD, TOTP, CONFIRM, REMOVE, CODES])
def test_a_form_of_another_browser_is_refused(place: Place, path: str) -> None:
    assert place.browser().post(path, data={"csrf_token": "forged"}).status_code == 403


@pytest.mark.parametrize("path", [PASSWORD, TOTP, CONFIRM, REMOVE, CODES])
def test_a_sign_in_of_long_ago_is_asked_for_anew(place: Place, path: str) -> None:
    said = {"new": GOOD, "again": GOOD}
    assert post(place.browser(2, timedelta(minutes=11)), path, **said).status_code == 401


@pytest.mark.parametrize("path", [TOTP, CONFIRM, REMOVE, CODES])
def test_a_password_alone_changes_no_second_factor(place: Place, path: str) -> None:
    answer = post(place.browser(1), path)
    assert (answer.status_code, answer.text) == (401, "sign in at 2")


@pytest.mark.parametrize(
    ("new", "again", "words"),
    [("short", "short", "至少 8"), ("password123", "password123", "容易被猜到"), (GOOD, GOOD + "x", "不一致")],
)
def test_a_password_that_will_not_do_is_told_why(place: Place, new: str, again: str, words: str) -> None:
    answer = post(place.browser(), PASSWORD, new=new, again=again)
    assert answer.status_code == 400
    assert words in answer.text
    assert new not in answer.text


def test_a_password_is_set_and_signs_in(place: Place) -> None:
    assert post(place.browser(1), PASSWORD, new=GOOD, again=GOOD).headers["location"] == FACTORS
    assert place.parts.sign_in_with_password("chenlan", GOOD, HERE).account == place.account.id


def test_an_app_is_set_up_by_the_picture_and_given_up(place: Place) -> None:
    browser = place.browser()
    shown = post(browser, TOTP)
    secret = re.search(r'id="secret">([A-Z2-7]+)<', shown.text)
    assert secret
    assert shown.headers["cache-control"] == "no-store"
    assert "<svg" in shown.text
    assert post(browser, CONFIRM, otp="000000").status_code == 400
    code = pyotp.TOTP(secret[1]).at(place.clock.now())
    assert post(browser, CONFIRM, otp=code).status_code == 303
    page = browser.get(FACTORS).text
    assert "已启用" in page
    assert secret[1] not in page
    assert post(place.browser(1), PASSWORD, new=GOOD, again=GOOD).text == "sign in at 2"
    assert post(browser, REMOVE).status_code == 303
    assert post(browser, REMOVE).status_code == 400


def test_recovery_codes_are_shown_once(place: Place) -> None:
    browser = place.browser()
    shown = post(browser, CODES)
    codes = re.findall(r"<code>([a-z2-7-]{19})</code>", html.unescape(shown.text))
    assert len(codes) == 10
    assert shown.headers["cache-control"] == "no-store"
    assert codes[0] not in browser.get(FACTORS).text
    assert place.parts.show_second_factor(place.account.id, codes[0]).method == "recovery-code"
    assert 'id="left">9<' in browser.get(FACTORS).text


def test_pages_speak_english(place: Place) -> None:
    page = place.browser().get(FACTORS, params={"lang": "en"}).text
    assert "Recovery codes" in page
    assert not re.search(r"[一-鿿]", page)


def test_failures_are_forgotten_when_they_count_no_more(place: Place) -> None:
    for _ in range(3):
        with pytest.raises(Exception, match="name or password"):
            place.parts.sign_in_with_password("nobody", GOOD, HERE)
    forget = ForgetFailures(place.floor.new_work, place.clock)
    assert forget() == 0
    place.clock.advance(timedelta(hours=25))
    assert forget() == 1
