"""Codes to scan: one browser, one scanner, the right number, 90 seconds, one redemption."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from certs.keys import PrivateKey
from certs.sm.sm2 import Sm2PrivateKey
from idp.errors import ProofRefused, QrGone, QrMismatch
from idp.factors.device_key import CONFIRM, REFUSE, SCAN
from idp.factors.qr import Offer
from idp.model.account import Account
from idp.model.assurance import Evidence, Proof
from idp.model.challenge import digest_of
from idp.model.qr_login import REDEEM_WITHIN, QrState
from idp.storage.levels import Levels
from tests.support.clock import SettableClock
from tests.support.devices import BROWSER, OTHER_BROWSER, DeviceHouse
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork, units_of_work
from trust.values.assurance import HIGHEST, Rank

APP = PrivateKey(Sm2PrivateKey.from_scalar(bytes(31) + b"\x05"))
LEVEL = Rank(3)


@pytest.fixture
def house(database: Database, new_work: NewWork, clock: SettableClock) -> DeviceHouse:
    return DeviceHouse(database, new_work, clock)


@pytest.fixture
def small(sqlite_database: Database, clock: SettableClock) -> DeviceHouse:
    return DeviceHouse(sqlite_database, units_of_work(sqlite_database, clock, bytes(32)), clock)


def offered(house: DeviceHouse) -> Offer:
    return house.offer_qr(BROWSER, "portal", "Firefox, Linux", "192.0.2.0/24")


def confirmed(house: DeviceHouse, account: Account) -> Offer:
    offer = offered(house)
    house.scan_qr(offer.id, account.id)
    house.confirm_qr(offer.id, account.id, offer.number, LEVEL)
    return offer


def test_a_signed_in_browser_lets_another_one_in(house: DeviceHouse) -> None:
    account, offer = house.account(), offered(house)
    state = house.redeem_qr.state
    assert state(offer.id, BROWSER) is QrState.NEW
    seen = house.scan_qr(offer.id, account.id)
    assert (seen.client, seen.device, seen.network) == ("portal", "Firefox, Linux", "192.0.2.0/24")
    assert state(offer.id, BROWSER) is QrState.SCANNED
    house.confirm_qr(offer.id, account.id, offer.number, LEVEL)
    assert state(offer.id, BROWSER) is QrState.CONFIRMED
    house.clock.advance(timedelta(seconds=2))
    shown = house.redeem_qr(offer.id, BROWSER)
    assert (shown.account, shown.proof.method, shown.cap) == (account.id, "qr", LEVEL)
    assert shown.proof.at == house.clock.now() - timedelta(seconds=2), "the proof is as old as the confirmation"
    assert state(offer.id, BROWSER) is QrState.REDEEMED
    told = house.events(f"qr/{digest_of(offer.id).hex()}")
    assert told == ["qr-offered", "qr-scanned", "qr-confirmed", "qr-redeemed"]


def test_an_app_lets_a_browser_in(house: DeviceHouse) -> None:
    account, offer = house.account(), offered(house)
    key = house.app(account, APP)
    seen = house.scan_qr.by_device(offer.id, house.act(APP, key.id, SCAN, offer.id))
    act = house.act(APP, key.id, f"{CONFIRM} {offer.number}", offer.id, seen.client)
    house.confirm_qr.by_device(offer.id, offer.number, act)
    shown = house.redeem_qr(offer.id, BROWSER)
    assert (shown.account, shown.cap) == (account.id, HIGHEST)


def test_ids_are_long_and_numbers_have_two_digits(small: DeviceHouse) -> None:
    offers = [offered(small) for _ in range(50)]
    assert all(10 <= one.number <= 99 and len(one.id) == 43 for one in offers)
    assert len({one.id for one in offers}) == 50


def test_another_browser_neither_sees_nor_redeems(house: DeviceHouse) -> None:
    offer = confirmed(house, house.account())
    assert house.redeem_qr.state(offer.id, OTHER_BROWSER) is QrState.EXPIRED
    with pytest.raises(ProofRefused):
        house.redeem_qr(offer.id, OTHER_BROWSER)
    house.redeem_qr(offer.id, BROWSER)
    with pytest.raises(ProofRefused):
        house.redeem_qr(offer.id, BROWSER)


def test_a_wrong_number_ends_the_code(house: DeviceHouse) -> None:
    account, offer = house.account(), offered(house)
    house.scan_qr(offer.id, account.id)
    with pytest.raises(QrMismatch):
        house.confirm_qr(offer.id, account.id, 10 + (offer.number - 9) % 90, LEVEL)
    assert house.redeem_qr.state(offer.id, BROWSER) is QrState.REFUSED
    with pytest.raises(QrGone):
        house.confirm_qr(offer.id, account.id, offer.number, LEVEL)
    with pytest.raises(ProofRefused):
        house.redeem_qr(offer.id, BROWSER)
    assert house.events(f"qr/{digest_of(offer.id).hex()}")[-1] == "qr-mismatched"


def test_only_the_scanner_confirms_and_once(house: DeviceHouse) -> None:
    mine, other, offer = house.account(), house.account(), offered(house)
    with pytest.raises(QrGone):
        house.confirm_qr(offer.id, mine.id, offer.number, LEVEL)  # nobody scanned it
    house.scan_qr(offer.id, mine.id)
    house.scan_qr(offer.id, mine.id)  # a page that is loaded again
    with pytest.raises(QrGone):
        house.scan_qr(offer.id, other.id)
    with pytest.raises(QrGone):
        house.confirm_qr(offer.id, other.id, offer.number, LEVEL)
    with pytest.raises(QrGone):
        house.confirm_qr.refuse(offer.id, other.id)
    house.confirm_qr(offer.id, mine.id, offer.number, LEVEL)
    with pytest.raises(QrGone):
        house.confirm_qr(offer.id, mine.id, offer.number, LEVEL)
    with pytest.raises(QrGone):
        house.confirm_qr.refuse(offer.id, mine.id)


def test_a_refused_code_is_over(house: DeviceHouse) -> None:
    account, offer = house.account(), offered(house)
    house.scan_qr(offer.id, account.id)
    house.confirm_qr.refuse(offer.id, account.id)
    assert house.redeem_qr.state(offer.id, BROWSER) is QrState.REFUSED
    with pytest.raises(ProofRefused):
        house.redeem_qr(offer.id, BROWSER)


def test_a_code_lives_for_ninety_seconds(house: DeviceHouse) -> None:
    account, unscanned, scanned = house.account(), offered(house), house.offer_qr(OTHER_BROWSER, "", "", "")
    house.scan_qr(scanned.id, account.id)
    house.clock.advance(timedelta(seconds=90))
    assert house.redeem_qr.state(unscanned.id, BROWSER) is QrState.EXPIRED
    with pytest.raises(QrGone):
        house.scan_qr(unscanned.id, account.id)
    with pytest.raises(QrGone):
        house.confirm_qr(scanned.id, account.id, scanned.number, LEVEL)


def test_a_confirmation_waits_for_a_minute(house: DeviceHouse) -> None:
    offer = confirmed(house, house.account())
    house.clock.advance(REDEEM_WITHIN)
    with pytest.raises(ProofRefused):
        house.redeem_qr(offer.id, BROWSER)


def test_a_fresh_code_replaces_the_one_before(house: DeviceHouse) -> None:
    account, old = house.account(), offered(house)
    fresh = offered(house)
    with pytest.raises(QrGone):
        house.scan_qr(old.id, account.id)
    house.scan_qr(fresh.id, account.id)


def test_an_app_signs_number_code_platform_and_act(small: DeviceHouse) -> None:
    account, offer = small.account(), offered(small)
    key = small.app(account, APP)
    small.scan_qr(offer.id, account.id)
    number, action = offer.number, f"{CONFIRM} {offer.number}"
    for act in (
        small.act(APP, key.id, SCAN, offer.id, "portal"),
        small.act(APP, key.id, REFUSE, offer.id, "portal"),
        small.act(APP, key.id, f"{CONFIRM} 09", offer.id, "portal"),
        small.act(APP, key.id, action, "another code", "portal"),
        small.act(APP, key.id, action, offer.id, "another platform"),  # the app showed one that does not wait
        small.act(APP, "0" * 32, action, offer.id, "portal"),
    ):
        with pytest.raises(ProofRefused):
            small.confirm_qr.by_device(offer.id, number, act)
    refusal = small.act(APP, key.id, REFUSE, offer.id, "portal")
    small.confirm_qr.refuse_by_device(offer.id, refusal)
    assert small.redeem_qr.state(offer.id, BROWSER) is QrState.REFUSED


def test_a_scanned_sign_in_is_worth_no_more_than_the_one_that_confirmed_it(small: DeviceHouse) -> None:
    at = small.clock.now()
    evidence = [Evidence(kind, at, None, "test") for kind in ("phone", "two-elements", "carrier", "face")]
    with small.database.reading() as db:
        ladder = Levels(db).ladder()
    for confirmer in ("password", "passkey", "passkey-device"):
        own = ladder.session("natural", evidence, [Proof(confirmer, at)], at)
        offer, account = offered(small), small.account()
        small.scan_qr(offer.id, account.id)
        small.confirm_qr(offer.id, account.id, offer.number, own.al)
        shown = small.redeem_qr(offer.id, BROWSER)
        assert ladder.session("natural", evidence, [shown.proof], at, shown.cap).level == own.level


@pytest.mark.parametrize("code", ["", "x", "x" * 5_000, "é", "\x00"])
def test_rubbish_is_no_code(small: DeviceHouse, code: str) -> None:
    account = small.account()
    assert small.redeem_qr.state(code, BROWSER) is QrState.EXPIRED
    with pytest.raises(QrGone):
        small.scan_qr(code, account.id)
    with pytest.raises(ProofRefused):
        small.redeem_qr(code, BROWSER)


def test_tables_hold_no_code(small: DeviceHouse) -> None:
    offer = offered(small)
    with small.database.reading() as db:
        row = db.execute(text("SELECT * FROM idp_qr_login")).one()
    assert offer.id not in repr(row)
    assert offer.id.encode() not in bytes(row.digest)


def test_what_is_over_is_forgotten(small: DeviceHouse) -> None:
    offered(small)
    small.sign_in_with_passkey.options(None, BROWSER)
    assert small.forget_challenges() == 0
    small.clock.advance(timedelta(minutes=20))
    assert small.forget_challenges() == 2


@pytest.mark.parametrize("step", ["redeem", "scan", "confirm", "passkey"])
def test_sixty_four_at_once_and_one_wins(house: DeviceHouse, step: str) -> None:
    accounts = [house.account() for _ in range(64 if step == "scan" else 1)]
    account = accounts[0]
    offer = offered(house)
    if step != "scan":
        house.scan_qr(offer.id, account.id)
    if step == "redeem":
        house.confirm_qr(offer.id, account.id, offer.number, LEVEL)
    answer = ""
    if step == "passkey":
        from tests.support.authenticator import Authenticator

        authenticator = house.passkey(account, Authenticator())
        answer = authenticator.get(house.sign_in_with_passkey.options(None, BROWSER))
    gate = threading.Barrier(16)

    def attempt(number: int) -> str:
        if number < 16:
            gate.wait(timeout=30)
        try:
            match step:
                case "redeem":
                    house.redeem_qr(offer.id, BROWSER)
                case "scan":
                    house.scan_qr(offer.id, accounts[number].id)
                case "confirm":
                    house.confirm_qr(offer.id, account.id, offer.number, LEVEL)
                case _:
                    house.sign_in_with_passkey(answer, BROWSER)
        except (ProofRefused, QrGone):
            return "lost"
        return "won"

    with ThreadPoolExecutor(16) as pool:
        assert Counter(pool.map(attempt, range(64))) == {"won": 1, "lost": 63}
