"""Sign-ins carried over: once, soon, for one target, never at a higher level."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from idp.errors import SessionEnded
from idp.errors_ties import TicketRefused
from idp.model.account import Person
from idp.model.client import Client, ClientState, Profile
from idp.storage.accounts import Accounts
from idp.storage.clients import Clients
from idp.storage.evidence import EvidenceRecords
from idp.storage.levels import Levels
from idp.storage.sessions import Sessions
from idp.usecases.equate_level import EquateLevel
from idp.usecases.forget_ties import ForgetTies
from tests.support.clock import SettableClock
from tests.support.devices import BROWSER, OTHER_BROWSER
from tests.support.ties import ISSUER, L2, L3, VAULT, TiesHouse
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import Rank
from trust.values.principal import Principal

KEY = "thumbprint-of-the-apps-key"
BACK = f"{ISSUER}/idp/national/back"
NUMBER = "330102199003076234"
PERSON = {"id_type": "111", "number": NUMBER, "name": "周明远", "phone": "13900000001"}


@pytest.fixture
def house(database: Database, new_work: NewWork, clock: SettableClock) -> TiesHouse:
    made, at = TiesHouse(database, new_work, clock), clock.now()
    with new_work() as work:
        metadata = {"redirect_uris": ["https://h5.example.gov.cn/back"]}
        Clients(work.db).add(
            Client("h5", ClientState.ACTIVE, Profile.STANDARD, False, metadata, "operator os:alice", at, at)
        )
    return made


def test_a_ticket_carries_the_factors_with_their_age_and_cap(house: TiesHouse) -> None:
    account = house.account()
    session = house.session(account, "passkey", "face")
    house.clock.advance(timedelta(minutes=3))
    ticket = house.issue_ticket("app", session.sid, "h5", KEY)
    carried = house.redeem_ticket(ticket, "h5", KEY)
    assert (carried.account, carried.proofs, carried.cap) == (account.id, session.proofs, session.cap)
    assert house.events(account.id)[-2:] == ["web-ticket-issued", "web-ticket-used"]


def test_a_ticket_is_for_one_client_and_key_and_thirty_seconds(house: TiesHouse) -> None:
    ticket = house.issue_ticket("app", house.session(house.account()).sid, "h5", KEY)
    for wrong in (
        (ticket, "other", KEY),
        (ticket, "h5", "another-key"),
        (ticket, "h5", ""),
        ("guessed", "h5", KEY),
        (ticket, "h5", "\0"),
    ):
        with pytest.raises(TicketRefused):
            house.redeem_ticket(*wrong)
    house.clock.advance(timedelta(seconds=30))
    with pytest.raises(TicketRefused):
        house.redeem_ticket(ticket, "h5", KEY)


def test_of_many_who_redeem_a_ticket_at_once_one_does(house: TiesHouse) -> None:
    ticket = house.issue_ticket("app", house.session(house.account()).sid, "h5", KEY)

    def redeem(_: int) -> bool:
        try:
            house.redeem_ticket(ticket, "h5", KEY)
        except TicketRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(redeem, range(6))) == 1


def test_no_ticket_comes_from_or_outlives_a_session_that_is_over(house: TiesHouse) -> None:
    session = house.session(house.account())
    ticket = house.issue_ticket("app", session.sid, "h5", KEY)
    with house.new_work() as work:
        Sessions(work.db).end(session.sid, house.clock.now(), "logout")
    with pytest.raises(TicketRefused):
        house.redeem_ticket(ticket, "h5", KEY)
    with pytest.raises(SessionEnded):
        house.issue_ticket("app", session.sid, "h5", KEY)


@pytest.mark.parametrize(("client", "key"), [("unheard-of", KEY), ("h5", "")])
def test_no_ticket_without_a_client_and_a_key(house: TiesHouse, client: str, key: str) -> None:
    with pytest.raises(TicketRefused):
        house.issue_ticket("app", house.session(house.account()).sid, client, key)


def test_no_ticket_stands_in_a_table(house: TiesHouse) -> None:
    assert house.issue_ticket("app", house.session(house.account()).sid, "h5", KEY) not in house.dump()


def mapped(house: TiesHouse, level: str, rank: int) -> None:
    by = Principal.operator("alice", house.clock.now())
    EquateLevel(house.new_work, house.clock)("national", level, Rank(rank), "示例〔2026〕1号", by)


def sent(house: TiesHouse) -> tuple[str, str]:
    """State and nonce with which a browser arrives at the national platform."""
    query = parse_qs(urlsplit(house.by_national.go(BROWSER, BACK, "/go-on")).query)
    return query["state"][0], query["nonce"][0]


def test_a_ticket_of_the_national_platform_signs_in_at_the_level_it_is_worth_here(house: TiesHouse) -> None:
    mapped(house, "L2", 2)
    account = house.account(Person(id_number=NUMBER))
    state, nonce = sent(house)
    shown, back = house.by_national(state, house.national.ticket(ISSUER, nonce, "L2", PERSON), BROWSER, BACK)
    assert (shown.account, shown.proof.method, shown.cap, back) == (account.id, "national", L2, "/go-on")


def test_somebody_new_gets_an_account_of_what_was_vouched_for(house: TiesHouse) -> None:
    mapped(house, "L3", 3)
    state, nonce = sent(house)
    shown, _ = house.by_national(state, house.national.ticket(ISSUER, nonce, "L3", PERSON), BROWSER, BACK)
    at = house.clock.now()
    with house.database.reading() as db:
        account = Accounts(db, VAULT).get(shown.account)
        evidence = EvidenceRecords(db).of(account.id, at)
        assert account.origin == "national"
        assert Levels(db).ladder().identity_level("natural", evidence, at) == L3
    assert "周明远" not in house.dump()
    assert house.events(shown.account) == ["account-made", "ticket-shown"]


def test_a_ticket_counts_once_in_its_browser_for_us_and_soon(house: TiesHouse) -> None:
    mapped(house, "L2", 2)
    ticket_of = house.national.ticket
    state, nonce = sent(house)
    good = ticket_of(ISSUER, nonce, "L2", PERSON)
    with pytest.raises(TicketRefused):
        house.by_national(state, good, OTHER_BROWSER, BACK)
    house.by_national(state, good, BROWSER, BACK)
    for again in (state, sent(house)[0]):
        with pytest.raises(TicketRefused):
            house.by_national(again, good, BROWSER, BACK)
    for target, other, level, hops in (
        ("https://elsewhere.example", "", "L2", 1),
        (ISSUER, "wrong", "L2", 1),
        (ISSUER, "", "unmapped", 1),
        (ISSUER, "", "L2", 2),
    ):
        state, nonce = sent(house)
        with pytest.raises(TicketRefused):
            house.by_national(state, ticket_of(target, other or nonce, level, PERSON, hops), BROWSER, BACK)
    for spoilt in ("", "x.y", good[:-1]):
        with pytest.raises(TicketRefused):
            house.by_national(sent(house)[0], spoilt, BROWSER, BACK)
    state, nonce = sent(house)
    late = ticket_of(ISSUER, nonce, "L2", PERSON)
    house.clock.advance(timedelta(seconds=61))
    with pytest.raises(TicketRefused):
        house.by_national(state, late, BROWSER, BACK)


@pytest.mark.parametrize("wrong", [{"id_type": "001"}, {"number": ""}, {"name": " "}])
def test_a_ticket_of_nobody_we_match_is_refused(house: TiesHouse, wrong: dict[str, str]) -> None:
    mapped(house, "L2", 2)
    state, nonce = sent(house)
    with pytest.raises(TicketRefused):
        house.by_national(state, house.national.ticket(ISSUER, nonce, "L2", PERSON | wrong), BROWSER, BACK)


def test_an_account_that_is_disabled_stays_so(house: TiesHouse) -> None:
    mapped(house, "L2", 2)
    house.disable(house.account(Person(id_number=NUMBER)))
    state, nonce = sent(house)
    with pytest.raises(TicketRefused):
        house.by_national(state, house.national.ticket(ISSUER, nonce, "L2", PERSON), BROWSER, BACK)


def test_what_ran_out_is_forgotten(house: TiesHouse) -> None:
    house.issue_ticket("app", house.session(house.account()).sid, "h5", KEY)
    sent(house)
    assert ForgetTies(house.new_work, house.clock)() == 0
    house.clock.advance(timedelta(minutes=10))
    assert ForgetTies(house.new_work, house.clock)() == 2
