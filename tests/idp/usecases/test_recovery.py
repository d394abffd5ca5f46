"""Getting back in: never weaker than the account, old ways worth nothing after, a phone changed slowly and in sight."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from idp.errors import LevelTooLow, ProofRefused, SessionEnded, TooManyAttempts
from idp.errors_ties import RecoveryMissing, RecoveryRefused
from idp.model.account import Account, AccountKind, Person
from idp.model.client import Client, ClientState, Profile
from idp.model.mandate import MandateRole
from idp.model.session import Session
from idp.storage.accounts import Accounts
from idp.storage.clients import Clients
from idp.storage.sessions import Sessions
from tests.support.clock import SettableClock
from tests.support.devices import BROWSER, OTHER_BROWSER
from tests.support.ties import BODY, HASHES, L3, L4, VAULT, TiesHouse
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork
from trust.values.person import Phone

OLD, NEW = "13900000001", "13900000002"
USED = ("platform-3", "platform-7")
L2_KINDS = ("phone", "two-elements")


@pytest.fixture
def house(database: Database, new_work: NewWork, clock: SettableClock) -> TiesHouse:
    made = TiesHouse(database, new_work, clock)
    at = clock.now()
    with new_work() as work:
        for index in range(12):
            name, metadata = f"platform-{index}", {"redirect_uris": [f"https://p{index}.example.gov.cn/back"]}
            Clients(work.db).add(
                Client(name, ClientState.ACTIVE, Profile.STANDARD, False, metadata, "operator os:alice", at, at)
            )
    return made


def owner(house: TiesHouse, kinds: Sequence[str] = L2_KINDS) -> Account:
    """An account with a password, a phone and two platforms used of late."""
    account = house.account(Person(phone=OLD, email="zhou@example.org"), kinds)
    house.passwords[account.id] = HASHES.encode("before")
    session = house.session(account)
    with house.new_work() as work:
        for client in USED:
            Sessions(work.db).visit(session.sid, client, "sub", house.clock.now())
    return account


def by_message(house: TiesHouse, account: Account) -> Session:
    return house.session(account, "sms")


def phone_of(house: TiesHouse, account: Account) -> str:
    with house.database.reading() as db:
        return VAULT.open(Accounts(db, VAULT).get(account.id)).phone


def test_a_phone_alone_recovers_nothing(house: TiesHouse) -> None:
    account = owner(house)
    session = by_message(house, account)
    for named in ((), USED[:1], (*USED, "platform-0"), ("unheard-of",)):
        with pytest.raises(RecoveryRefused):
            house.recover(session.sid, named, "After-1-after")
    assert HASHES.matches(house.passwords[account.id], "before")
    assert house.live(session.sid)


def test_naming_is_tried_three_times_a_day(house: TiesHouse) -> None:
    account = owner(house)
    for _ in range(3):
        with pytest.raises(RecoveryRefused):
            house.recover(by_message(house, account).sid, USED[:1], "After-1-after")
    with pytest.raises(TooManyAttempts):
        house.recover(by_message(house, account).sid, USED, "After-1-after")
    house.clock.advance(timedelta(days=1))
    house.recover(by_message(house, account).sid, USED, "After-1-after")


def test_choices_are_the_same_each_time_and_hide_the_used_ones(house: TiesHouse) -> None:
    account = owner(house)
    choices = house.recover.choices(account.id)
    assert len(choices) == 8
    assert set(USED) < set(choices)
    assert house.recover.choices(account.id) == choices
    assert house.recover.choices(house.account().id) == (), "nothing was used to ask about"


def test_a_phone_with_what_was_used_recovers_up_to_l2_and_lowers_everything_older(house: TiesHouse) -> None:
    account = owner(house)
    elsewhere, session = house.session(account), by_message(house, account)
    house.recover(session.sid, USED, "After-1-after")
    assert HASHES.matches(house.passwords[account.id], "After-1-after")
    assert not house.live(elsewhere.sid)
    assert not house.live(session.sid)
    assert house.told == [(account.id, "recovered", "")]
    assert house.events(account.id)[-1] == "account-recovered"
    with pytest.raises(SessionEnded):
        house.recover(session.sid, USED, "Again-1-again")


@pytest.mark.parametrize(
    ("kinds", "methods", "enough"),
    [
        ((*L2_KINDS, "carrier"), ("sms",), False),
        ((*L2_KINDS, "carrier"), ("sms", "face"), True),
        ((*L2_KINDS, "carrier"), ("password", "totp"), False),
        ((*L2_KINDS, "carrier", "face", "window"), ("sms", "face"), False),
        ((*L2_KINDS, "carrier", "face", "window"), ("certificate",), True),
        ((*L2_KINDS, "carrier", "face", "window"), ("window",), True),
    ],
)
def test_no_recovery_is_weaker_than_the_account(
    house: TiesHouse, kinds: tuple[str, ...], methods: tuple[str, ...], *, enough: bool
) -> None:
    account = owner(house, kinds)
    session = house.session(account, *methods)
    if enough:
        house.recover(session.sid, (), "After-1-after")
    else:
        with pytest.raises(RecoveryRefused):
            house.recover(session.sid, USED, "After-1-after")


def test_what_was_shown_long_ago_is_not_enough(house: TiesHouse) -> None:
    session = house.session(owner(house), "sms", "face")
    house.clock.advance(timedelta(minutes=11))
    with pytest.raises(RecoveryRefused):
        house.recover(session.sid, USED, "After-1-after")


def test_a_phone_changes_after_the_delay_and_every_channel_is_told_before(house: TiesHouse) -> None:
    account = owner(house)
    made = house.new_phone(by_message(house, account).sid, USED, NEW)
    assert timedelta(hours=24) <= made.due_at - made.at <= timedelta(hours=72)
    assert house.told[0][:2] == (account.id, "recovery-begun")
    with pytest.raises(RecoveryRefused):
        house.new_phone(by_message(house, account).sid, USED, NEW)
    house.clock.advance(timedelta(hours=47))
    assert house.finish() == 0
    assert phone_of(house, account) == OLD
    assert NEW not in house.dump()
    house.clock.advance(timedelta(hours=1))
    assert house.finish() == 1
    assert house.finish() == 0
    assert phone_of(house, account) == NEW
    with house.database.reading() as db:
        known = Accounts(db, VAULT)
        assert known.find_by_identifier("phone", OLD) is None
        found = known.find_by_identifier("phone", NEW)
    assert found is not None
    assert found.id == account.id
    assert account.id not in house.passwords, "old ways in are worth nothing"


def test_a_phone_changes_only_by_the_digits_that_came_to_it_in_this_browser(house: TiesHouse) -> None:
    account = owner(house)
    session, other, new = by_message(house, account), Phone.parse("13900000003"), Phone.parse(NEW)
    sent = house.send_code(session.sid, new, "192.0.2.0/24", BROWSER)
    assert house.messages[-1][0] == NEW
    for phone, digits, browser in (
        (new, "000000" if house.digits != "000000" else "000001", BROWSER),
        (other, house.digits, BROWSER),
        (new, house.digits, OTHER_BROWSER),
    ):
        with pytest.raises(ProofRefused):
            house.change_phone(session.sid, USED, phone, sent, digits, browser)
    house.change_phone(session.sid, USED, new, sent, house.digits, BROWSER)
    assert NEW not in house.dump()
    with pytest.raises(SessionEnded):
        house.send_code("0" * 32, new, "192.0.2.0/24", BROWSER)


def test_whoever_was_told_cancels_without_signing_in(house: TiesHouse) -> None:
    account = owner(house)
    house.new_phone(by_message(house, account).sid, USED, NEW)
    word = house.told[0][2].partition("?word=")[2]
    with pytest.raises(RecoveryMissing):
        house.cancel("guessed")
    house.cancel(word)
    with pytest.raises(RecoveryMissing):
        house.cancel(word)
    house.clock.advance(timedelta(hours=49))
    assert house.finish() == 0
    assert phone_of(house, account) == OLD


def test_the_owner_cancels_in_a_session(house: TiesHouse) -> None:
    account = owner(house)
    house.new_phone(by_message(house, account).sid, USED, NEW)
    with pytest.raises(RecoveryMissing):
        house.cancel.as_owner(house.account().id)
    house.cancel.as_owner(account.id)
    house.clock.advance(timedelta(hours=49))
    assert house.finish() == 0


def test_a_phone_that_became_somebody_elses_is_not_taken(house: TiesHouse) -> None:
    account = owner(house)
    house.new_phone(by_message(house, account).sid, USED, NEW)
    house.account(Person(phone=NEW))
    house.clock.advance(timedelta(hours=49))
    assert house.finish() == 0
    assert phone_of(house, account) == OLD
    assert house.events(account.id)[-1] == "recovery-cancelled"


def test_staff_is_recovered_by_the_bodys_administrator_at_l4_alone(house: TiesHouse) -> None:
    head, administrator, clerk = house.represented(), house.account(), house.account()
    house.granted(head, administrator, MandateRole.ADMINISTRATOR)
    house.granted(head, clerk)
    official = house.account(kind=AccountKind.STAFF)
    house.employers[official.id] = BODY
    house.passwords[official.id] = "digest"
    session = house.session(official, "sms", "face")
    with pytest.raises(RecoveryRefused):
        house.recover(session.sid, (), "After-1-after")
    with pytest.raises(LevelTooLow):
        house.recover_staff(administrator.id, L3, official.id)
    for by in (clerk.id, official.id):
        with pytest.raises(RecoveryRefused):
            house.recover_staff(by, L4, official.id)
    with pytest.raises(RecoveryRefused):
        house.recover_staff(administrator.id, L4, clerk.id)
    house.recover_staff(administrator.id, L4, official.id)
    assert official.id not in house.passwords
    assert not house.live(session.sid)
    other = house.account(kind=AccountKind.STAFF)
    house.employers[other.id] = "91330000MA27Z9Y8X7"
    with pytest.raises(RecoveryRefused):
        house.recover_staff(administrator.id, L4, other.id)
