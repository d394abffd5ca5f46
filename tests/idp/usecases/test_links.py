"""Accounts at other providers: linked after a proof, found by nothing else, one for one, gone when they are closed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from idp.errors import LevelTooLow
from idp.errors_ties import LastWayIn, LinkMissing, LinkRefused, LinkTaken, LinkUnknown
from idp.model.account import Account, Person
from idp.storage.links import Links
from tests.support.clock import SettableClock
from tests.support.devices import BROWSER, OTHER_BROWSER
from tests.support.ties import VAULT, TiesHouse
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork

BACK = "https://id.example.gov.cn/idp/outside/back"
WHO = "2088-canary-7731"


@pytest.fixture
def house(database: Database, new_work: NewWork, clock: SettableClock) -> TiesHouse:
    return TiesHouse(database, new_work, clock)


def answered(house: TiesHouse, address: str, who: str = WHO, *, strong: bool = False) -> tuple[str, str]:
    """What the provider sends the browser back with: state and code."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    provider = house.providers[urlsplit(address).path.rpartition("/")[2]]
    return asked["state"], provider.answer(who, asked["nonce"], asked["challenge"], strong=strong)


def linked(house: TiesHouse, account: Account, who: str = WHO, level: int = 2, provider: str = "alipay") -> None:
    standing = house.standing(level)
    address = house.go.to_link(provider, account.id, standing, BROWSER, BACK, "/idp/links")
    house.link(provider, *answered(house, address, who), BROWSER, BACK, account.id, standing)


def signed_in(house: TiesHouse, who: str = WHO, *, strong: bool = False) -> tuple[str, str]:
    address = house.go.to_sign_in("alipay", BROWSER, BACK, "/idp/go-on")
    came = house.sign_in_by_link("alipay", *answered(house, address, who, strong=strong), BROWSER, BACK)
    return came.account, came.proof.method


def test_an_unknown_outside_account_signs_nobody_in_whatever_else_is_equal(house: TiesHouse) -> None:
    house.account(Person(phone="13900000001", username=WHO))
    for who in (WHO, "13900000001"):
        with pytest.raises(LinkUnknown):
            signed_in(house, who)


def test_a_link_signs_in_at_the_level_of_its_making_and_of_the_sign_in_there(house: TiesHouse) -> None:
    weak, sure = house.account(), house.account()
    linked(house, weak)
    linked(house, sure, "2088-other", level=3)
    assert signed_in(house) == (weak.id, "link:alipay")
    assert signed_in(house, strong=True) == (weak.id, "link:alipay"), "the link was made below l3"
    assert signed_in(house, "2088-other", strong=True) == (sure.id, "link-strong:alipay")
    assert signed_in(house, "2088-other") == (sure.id, "link:alipay")
    assert house.told == [(weak.id, "linked", ""), (sure.id, "linked", "")]


def test_linking_takes_a_fresh_real_name_sign_in_at_both_ends_of_the_way(house: TiesHouse) -> None:
    account = house.account()
    for standing in (house.standing(1), house.standing(3, timedelta(minutes=11))):
        with pytest.raises(LevelTooLow):
            house.go.to_link("alipay", account.id, standing, BROWSER, BACK, "/")
    address = house.go.to_link("alipay", account.id, house.standing(), BROWSER, BACK, "/")
    with pytest.raises(LevelTooLow):
        house.link("alipay", *answered(house, address), BROWSER, BACK, account.id, house.standing(1))


def test_an_answer_counts_in_its_browser_for_its_purpose_and_account_alone(house: TiesHouse) -> None:
    account, other = house.account(), house.account()
    standing = house.standing()
    address = house.go.to_link("alipay", account.id, standing, BROWSER, BACK, "/")
    state, code = answered(house, address)
    with pytest.raises(LinkRefused):
        house.link("alipay", state, code, OTHER_BROWSER, BACK, account.id, standing)
    with pytest.raises(LinkRefused):
        house.sign_in_by_link("alipay", state, code, BROWSER, BACK)
    with pytest.raises(LinkRefused):
        house.link("wechat", state, code, BROWSER, BACK, account.id, standing)
    with pytest.raises(LinkRefused):
        house.link("alipay", state, code, BROWSER, BACK, other.id, standing)
    with pytest.raises(LinkMissing):
        house.go.to_sign_in("unheard-of", BROWSER, BACK, "/")


def test_a_code_of_another_visit_is_refused(house: TiesHouse) -> None:
    linked(house, house.account())
    theirs = answered(house, house.go.to_sign_in("alipay", OTHER_BROWSER, BACK, "/"))
    mine = answered(house, house.go.to_sign_in("alipay", BROWSER, BACK, "/"))
    with pytest.raises(LinkRefused):
        house.sign_in_by_link("alipay", mine[0], theirs[1], BROWSER, BACK)


@pytest.mark.parametrize("spoilt", ["", "x.y", "x", "é.é"])
def test_what_the_provider_did_not_sign_is_refused(house: TiesHouse, spoilt: str) -> None:
    state, _ = answered(house, house.go.to_sign_in("alipay", BROWSER, BACK, "/"))
    with pytest.raises(LinkRefused):
        house.sign_in_by_link("alipay", state, spoilt, BROWSER, BACK)


def test_an_answer_is_redeemed_once_and_soon(house: TiesHouse) -> None:
    linked(house, house.account())
    first, late = (answered(house, house.go.to_sign_in("alipay", BROWSER, BACK, "/")) for _ in range(2))

    def redeem(_: int) -> bool:
        try:
            house.sign_in_by_link("alipay", *first, BROWSER, BACK)
        except LinkRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(redeem, range(4))) == 1
    house.clock.advance(timedelta(minutes=2))
    with pytest.raises(LinkRefused):
        house.sign_in_by_link("alipay", *late, BROWSER, BACK)
    slow = house.go.to_sign_in("alipay", BROWSER, BACK, "/")
    house.clock.advance(timedelta(minutes=11))
    with pytest.raises(LinkRefused):
        house.sign_in_by_link("alipay", *answered(house, slow), BROWSER, BACK)


def test_one_outside_account_goes_to_one_account_however_many_want_it_at_once(house: TiesHouse) -> None:
    people = [house.account() for _ in range(4)]

    def link(account: Account) -> bool:
        try:
            linked(house, account)
        except LinkTaken:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(link, people)) == 1


def test_an_account_has_one_link_of_each_provider(house: TiesHouse) -> None:
    account = house.account()
    linked(house, account)
    with pytest.raises(LinkTaken):
        linked(house, account, "2088-second")
    linked(house, account, "openid-1", provider="wechat")


def test_the_last_way_in_is_not_taken_away(house: TiesHouse) -> None:
    account, house.other_methods = house.account(), frozenset({"recovery-code", "totp"})
    linked(house, account)
    with pytest.raises(LastWayIn):
        house.unlink(account.id, house.standing(), "alipay")
    assert signed_in(house)[0] == account.id
    linked(house, account, "openid-1", provider="wechat")
    house.unlink(account.id, house.standing(), "alipay")
    with pytest.raises(LinkUnknown):
        signed_in(house)
    with pytest.raises(LinkMissing):
        house.unlink(account.id, house.standing(), "alipay")


def test_of_two_links_taken_away_at_once_one_stays(house: TiesHouse) -> None:
    account, house.other_methods = house.account(), frozenset()
    linked(house, account)
    linked(house, account, "openid-1", provider="wechat")

    def unlink(provider: str) -> bool:
        try:
            house.unlink(account.id, house.standing(), provider)
        except LastWayIn:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(unlink, ("alipay", "wechat"))) == 1


def test_unlinking_takes_a_fresh_real_name_sign_in(house: TiesHouse) -> None:
    account = house.account()
    linked(house, account)
    for standing in (house.standing(1), house.standing(2, timedelta(minutes=11))):
        with pytest.raises(LevelTooLow):
            house.unlink(account.id, standing, "alipay")


def test_a_closed_outside_account_loses_its_link_and_sessions(house: TiesHouse) -> None:
    account = house.account()
    linked(house, account)
    over, beside = house.session(account, "link:alipay"), house.session(account, "link:alipay", "passkey")
    notice = house.providers["alipay"].notice(WHO)
    assert house.unlink.closed("alipay", notice)
    with pytest.raises(LinkRefused):
        house.unlink.closed("alipay", notice)
    with pytest.raises(LinkRefused):
        house.unlink.closed("wechat", house.providers["alipay"].notice(WHO))
    with house.database.reading() as db:
        assert not Links(db, VAULT).of(account.id)
    assert not house.unlink.closed("alipay", house.providers["alipay"].notice(WHO))
    assert house.live(beside.sid)
    assert not house.live(over.sid)
    assert house.told[-1] == (account.id, "unlinked", "")


def test_a_disabled_account_is_not_signed_in_to(house: TiesHouse) -> None:
    account = house.account()
    linked(house, account)
    house.disable(account)
    with pytest.raises(LinkUnknown):
        signed_in(house)


def test_the_outside_id_is_in_no_table_and_no_event(house: TiesHouse) -> None:
    account = house.account()
    linked(house, account)
    signed_in(house)
    assert house.events(account.id)[-2:] == ["account-linked", "link-shown"]
    assert WHO not in house.dump()
