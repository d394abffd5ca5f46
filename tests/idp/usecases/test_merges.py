"""Accounts that become one: by the owner's word, with every platform's subject kept, and taken apart again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from idp.errors import LevelTooLow
from idp.errors_ties import ConflictMissing, MergeRefused
from idp.model import subject
from idp.model.account import Account, AccountState, Person
from idp.model.client import Client, ClientState, Profile
from idp.model.grant import Context, Grant
from idp.storage.accounts import Accounts
from idp.storage.aliases import SubjectAliases
from idp.storage.clients import Clients
from idp.storage.conflicts import Conflict, Conflicts
from idp.storage.grants import Grants
from tests.support.clock import SettableClock
from tests.support.ties import SECRET, VAULT, TiesHouse
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork


@pytest.fixture
def house(database: Database, new_work: NewWork, clock: SettableClock) -> TiesHouse:
    made = TiesHouse(database, new_work, clock)
    at = clock.now()
    with new_work() as work:
        for name in ("tax", "health", "both", "none"):
            metadata = {"redirect_uris": [f"https://{name}.example.gov.cn/back"]}
            Clients(work.db).add(
                Client(name, ClientState.ACTIVE, Profile.STANDARD, False, metadata, "operator os:alice", at, at)
            )
    return made


def visited(house: TiesHouse, account: Account, *clients: str, offline: bool = False) -> str:
    session, at = house.session(account), house.clock.now()
    with house.new_work() as work:
        for client in clients:
            sub = subject.pairwise(SECRET, f"{client}.example.gov.cn", account.id)
            name = f"{account.id[:20]}-{client}"
            Grants(work.db).add(Grant(name, client, account.id, session.sid, sub, ("openid",), Context(), offline, at))
    return session.sid


def conflict(house: TiesHouse, one: Account, other: Account) -> str:
    with house.new_work() as work:
        return Conflicts(work.db).between(one.id, other.id, house.clock.now()).id


def told(house: TiesHouse, account: Account, client: str) -> str:
    """The subject a platform sees: an alias where there is one."""
    sector = f"{client}.example.gov.cn"
    with house.database.reading() as db:
        now = Accounts(db, VAULT).get(account.id)
        older = SubjectAliases(db).find(account.id, sector) if now.aliased else None
    return older or subject.pairwise(SECRET, sector, account.id)


def state(house: TiesHouse, account: Account) -> AccountState:
    with house.database.reading() as db:
        return Accounts(db, VAULT).get(account.id).state


def test_only_the_owner_at_a_fresh_l4_merges(house: TiesHouse) -> None:
    kept, gone, other = house.account(), house.account(), house.account()
    name = conflict(house, kept, gone)
    for standing in (house.standing(3), house.standing(4, timedelta(minutes=11))):
        with pytest.raises(LevelTooLow):
            house.merge(name, kept.id, kept.id, standing)
    for keep, by in ((kept.id, other.id), (other.id, kept.id)):
        with pytest.raises(ConflictMissing):
            house.merge(name, keep, by, house.standing(4))
    with pytest.raises(ConflictMissing):
        house.merge("0" * 32, kept.id, kept.id, house.standing(4))
    assert state(house, gone) is AccountState.ACTIVE


def test_platforms_go_on_seeing_the_subject_they_know(house: TiesHouse) -> None:
    kept, gone = house.account(), house.account()
    visited(house, kept, "tax", "both")
    visited(house, gone, "health", "both")
    before = {name: told(house, kept, name) for name in ("tax", "both", "none")} | {
        "health": told(house, gone, "health")
    }
    house.merge(conflict(house, kept, gone), kept.id, gone.id, house.standing(4))
    assert {name: told(house, kept, name) for name in before} == before
    assert state(house, gone) is AccountState.MERGED


def test_subjects_survive_two_merges(house: TiesHouse) -> None:
    first, second, third = house.account(), house.account(), house.account()
    visited(house, first, "health")
    before = told(house, first, "health")
    house.merge(conflict(house, first, second), second.id, first.id, house.standing(4))
    house.merge(conflict(house, second, third), third.id, second.id, house.standing(4))
    assert told(house, third, "health") == before


def test_names_links_mandates_and_lasting_grants_go_over_and_come_back(house: TiesHouse) -> None:
    head = house.represented()
    kept = house.account(Person(username="kept", phone="13900000001"))
    gone = house.account(Person(username="gone", id_number="330102199003076237"))
    mandate = house.granted(head, gone)
    session = visited(house, gone, "tax")
    visited(house, gone, "health", offline=True)
    merge = house.merge(conflict(house, kept, gone), kept.id, kept.id, house.standing(4))

    def owners() -> set[str]:
        pairs = (("username", "gone"), ("number", "330102199003076237"))
        with house.database.reading() as db:
            found = {Accounts(db, VAULT).find_by_identifier(*one) for one in pairs}
            grant = Grants(db).find(f"{gone.id[:20]}-health")
            short = Grants(db).find(f"{gone.id[:20]}-tax")
        assert grant is not None
        assert grant.revoked_at is None
        assert short is not None
        assert short.revoked_at is not None
        return {one.id for one in found if one is not None} | {house.held(mandate.id).grantee, grant.account}

    assert owners() == {kept.id}
    assert not house.live(session)
    house.undo(merge.id, kept.id, house.standing(4))
    assert owners() == {gone.id}
    assert state(house, gone) is AccountState.ACTIVE
    assert told(house, kept, "health") == subject.pairwise(SECRET, "health.example.gov.cn", kept.id)
    assert [what for _, what, _ in house.told] == ["merged", "unmerged"]
    assert house.events(kept.id) == ["accounts-merged", "merge-undone"]


def test_what_waits_for_the_owners_word_goes_over_too(house: TiesHouse) -> None:
    kept, gone = house.account(), house.account()
    with house.new_work() as work:
        Conflicts(work.db).add_all([Conflict("", gone.id, house.clock.now(), "old-portal", bytes(16))])

    def waiting(account: Account) -> list[str]:
        with house.database.reading() as db:
            return [one.source for one in Conflicts(db).of(account.id)]

    merge = house.merge(conflict(house, kept, gone), kept.id, kept.id, house.standing(4))
    assert (waiting(kept), waiting(gone)) == (["old-portal"], [])
    house.undo(merge.id, kept.id, house.standing(4))
    assert (waiting(kept), waiting(gone)) == ([], ["old-portal"])


def test_a_merge_is_undone_once_in_its_time_by_its_owner(house: TiesHouse) -> None:
    kept, gone, other = house.account(), house.account(), house.account()
    merge = house.merge(conflict(house, kept, gone), kept.id, kept.id, house.standing(4))
    with pytest.raises(LevelTooLow):
        house.undo(merge.id, kept.id, house.standing(3))
    for name, by in ((merge.id, other.id), (merge.id, gone.id), ("0" * 32, kept.id)):
        with pytest.raises(MergeRefused):
            house.undo(name, by, house.standing(4))
    house.undo(merge.id, kept.id, house.standing(4))
    with pytest.raises(MergeRefused):
        house.undo(merge.id, kept.id, house.standing(4))
    late = house.merge(conflict(house, kept, gone), kept.id, kept.id, house.standing(4))
    house.clock.advance(timedelta(days=30))
    with pytest.raises(MergeRefused):
        house.undo(late.id, kept.id, house.standing(4))


def test_what_went_into_a_third_account_is_not_undone_before_that(house: TiesHouse) -> None:
    first, second, third = house.account(), house.account(), house.account()
    merge = house.merge(conflict(house, first, second), second.id, first.id, house.standing(4))
    house.merge(conflict(house, second, third), third.id, second.id, house.standing(4))
    with pytest.raises(MergeRefused):
        house.undo(merge.id, second.id, house.standing(4))


def test_of_merges_in_both_directions_at_once_one_happens(house: TiesHouse) -> None:
    one, other = house.account(), house.account()
    name = conflict(house, one, other)

    def merge(keep: str) -> bool:
        try:
            house.merge(name, keep, one.id, house.standing(4))
        except (ConflictMissing, MergeRefused):
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(merge, (one.id, other.id) * 2)) == 1
    assert {state(house, one), state(house, other)} == {AccountState.ACTIVE, AccountState.MERGED}


def test_a_closed_account_is_not_merged(house: TiesHouse) -> None:
    kept, gone = house.account(), house.account()
    name = conflict(house, kept, gone)
    house.disable(gone)
    with pytest.raises(MergeRefused):
        house.merge(name, kept.id, kept.id, house.standing(4))
