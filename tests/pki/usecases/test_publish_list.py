"""Lists are renewed on time, their numbers rise by one, and none goes back."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from certs import crl
from certs.crl import Covers, Reason
from pki.api import RevokeOrder
from pki.errors import AuthorityMissing, IssuedWrong, ListContested
from pki.parts import Parts
from pki.storage.lists import Lists, Published
from pki.storage.tables import lists
from tests.support.authority import BY, holder, order, publish_all
from tests.support.clock import SettableClock
from trust.storage.published import PublishedLists


def decoded(made: Parts, published: Published) -> crl.CertificateList:
    return crl.decode(made.authority.objects.get(published.address))


def test_every_list_is_due_once_and_again_when_its_time_has_come(made: Parts, clock: SettableClock) -> None:
    everything = [("root", 0), ("seal-ca", 0), ("seal-ca", 1), ("service-ca", 0)]
    assert list(made.publish.due()) == everything
    publish_all(made)
    assert list(made.publish.due()) == []
    clock.advance(timedelta(hours=6))
    assert list(made.publish.due()) == everything[1:]
    clock.advance(timedelta(days=30))
    assert list(made.publish.due()) == everything


def test_a_list_says_whom_it_covers_where_it_is_and_until_when(made: Parts, clock: SettableClock) -> None:
    users = decoded(made, made.publish("seal-ca", 1, str(BY)))
    assert users.scope.covers is Covers.USERS
    assert [one.uri for one in users.scope.names] == ["http://127.0.0.1:8000/pki/crl/seal-ca/1.crl"]
    assert users.next_update == clock.now() + timedelta(days=7)
    assert users.expired_since is not None
    authorities = decoded(made, made.publish("root", 0, str(BY)))
    assert authorities.scope.covers is Covers.AUTHORITIES
    assert authorities.next_update == clock.now() + timedelta(days=90)


def test_the_floor_is_told_which_object_an_address_shows(made: Parts) -> None:
    for _ in range(2):
        published = made.publish("seal-ca", 1, str(BY))
        with made.publish.directory.database.reading() as db:
            found = PublishedLists(db).find("http://127.0.0.1:8000/pki/crl/seal-ca/1.crl")
        assert found == published.address


def test_numbers_rise_by_one_and_instants_never_go_back(made: Parts, clock: SettableClock) -> None:
    found = [decoded(made, made.publish("seal-ca", 0, str(BY))) for _ in range(3)]  # within one second
    clock.advance(timedelta(hours=-1))
    found.append(decoded(made, made.publish("seal-ca", 0, str(BY))))
    assert [one.number for one in found] == [1, 2, 3, 4]
    instants = [one.this_update for one in found]
    assert instants == sorted(set(instants))


def test_a_list_that_would_go_back_is_refused_by_the_store(made: Parts) -> None:
    first = made.publish("seal-ca", 0, str(BY))
    for number, moved in ((1, 1), (3, 1), (2, 0), (2, -5)):
        older = Published(
            **{
                **{name: getattr(first, name) for name in Published.__dataclass_fields__},
                "number": number,
                "this_update": first.this_update + timedelta(seconds=moved),
            }
        )
        with made.desk.new_work() as work:
            assert not Lists(work.db).add(older)


def test_refreshing_publishes_what_changed_and_nothing_else(made: Parts, clock: SettableClock) -> None:
    publish_all(made)
    issued = made.authority.issue(order("甲"), BY).certificate
    shard = issued.serial % 2
    clock.advance(timedelta(seconds=5))
    assert made.publish.refresh("seal-ca", shard, str(BY)) is None
    with made.desk.new_work() as work:
        assert getattr(Lists(work.db).newest("seal-ca", shard), "number", None) == 1
    made.authority.revoke(RevokeOrder(issued, Reason.SUPERSEDED), BY)
    assert made.publish.refresh("seal-ca", shard, str(BY)) is None
    made.authority.revoke(RevokeOrder(made.authority.issue(order("乙"), BY).certificate, Reason.SUPERSEDED), BY)
    with made.desk.new_work() as work:
        newest = Lists(work.db).newest("seal-ca", shard)
    assert newest is not None
    assert newest.number == 2
    assert decoded(made, newest).find(issued.serial) is not None


def test_a_change_within_the_second_of_a_list_waits_for_the_next_second(made: Parts, clock: SettableClock) -> None:
    publish_all(made)
    issued = made.authority.issue(order("甲"), BY).certificate
    made.authority.revoke(RevokeOrder(issued, Reason.SUPERSEDED), BY)
    again = made.publish.refresh("seal-ca", issued.serial % 2, str(BY))
    assert again == clock.now() + timedelta(seconds=1)
    clock.set(again)
    assert made.publish.refresh("seal-ca", issued.serial % 2, str(BY)) is None


def test_publishers_that_race_give_one_list_a_number_each(made: Parts) -> None:
    """R7: every number once, none left out."""
    faults: list[BaseException] = []

    def publish() -> None:
        try:
            made.publish("seal-ca", 0, str(BY))
        except ListContested:
            pass
        except BaseException as fault:
            faults.append(fault)
            raise

    threads = [threading.Thread(target=publish) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with made.desk.new_work() as work:
        numbers = list(work.db.execute(select(lists.c.number).order_by(lists.c.number)).scalars())
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers


def test_a_wrong_signature_is_not_published(made: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(made.publish.keys), "signer", lambda *_: holder("somebody"))
    with pytest.raises(IssuedWrong):
        made.publish("seal-ca", 0, str(BY))
    with made.desk.new_work() as work:
        assert Lists(work.db).newest("seal-ca", 0) is None


def test_an_unknown_authority_has_no_list(made: Parts) -> None:
    with pytest.raises(AuthorityMissing):
        made.publish("nobody", 0, str(BY))
