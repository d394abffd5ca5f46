"""Statuses: the home's own lists, others' lists over HTTP, and honest doubt."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from certs import validation
from certs.crl import CertificateList, Covers, Reason, Revocation
from tests.support.clock import SettableClock
from tests.support.hierarchy import NOW, crl_url, province
from trust.net.client import Answer
from trust.net.errors import OutboundFailed
from trust.statuses import Good, Revoked, StatusSource, Unknown
from trust.storage.database import Database
from trust.storage.objects import ObjectStore
from trust.storage.published import PublishedLists

GOOD = province()
MAKER, CA = GOOD["maker"].certificate, GOOD["seal_ca"].certificate
URL = crl_url("seal_ca")
HOUR = timedelta(hours=1)
GONE = Revocation(MAKER.serial, NOW - HOUR, Reason.CERTIFICATE_HOLD)


@dataclass
class Net:
    """The other authorities, as far as they answer."""

    lists: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def get(self, url: str, *, seconds: float, most: int) -> Answer:
        assert seconds <= 5
        assert most <= 1 << 24
        self.asked.append(url)
        if url not in self.lists:
            raise OutboundFailed("out of reach")
        return Answer(200, {}, self.lists[url])


def listing(*entries: Revocation, this_update: datetime = NOW - HOUR, **more: object) -> CertificateList:
    return GOOD.crl("seal_ca", entries, url=URL, covers=Covers.USERS, this_update=this_update, **more)  # type: ignore[arg-type]


@pytest.fixture
def net() -> Net:
    return Net()


@pytest.fixture
def source(database: Database, tmp_path: Path, net: Net, clock: SettableClock) -> StatusSource:
    return StatusSource(database, ObjectStore(tmp_path / "objects"), net, clock)


@pytest.fixture
def publish(source: StatusSource) -> Callable[[CertificateList], str]:
    def say(one: CertificateList) -> str:
        address = source.objects.put(one.der)
        with source.database.writing() as db:
            PublishedLists(db).say(URL, address, one.this_update)
        return address

    return say


Publish = Callable[[CertificateList], str]


def test_a_list_of_this_home_answers_without_the_network(source: StatusSource, publish: Publish, net: Net) -> None:
    publish(listing())
    found = source.standing(MAKER, CA)
    assert found.status == Good(NOW - HOUR)
    assert (found.this_update, found.next_update) == (NOW - HOUR, NOW - HOUR + timedelta(days=7))
    assert net.asked == []


def test_a_revocation_counts_at_the_next_question(source: StatusSource, publish: Publish) -> None:
    publish(listing())
    assert isinstance(source.standing(MAKER, CA).status, Good)
    publish(listing(GONE, this_update=NOW - HOUR / 2))
    found = source.standing(MAKER, CA).status
    assert found == Revoked(NOW - HOUR, Reason.CERTIFICATE_HOLD, MAKER.serial)
    publish(listing(this_update=NOW))  # the hold is over
    assert isinstance(source.standing(MAKER, CA).status, Good)


def test_an_older_list_never_takes_the_place_of_a_newer(source: StatusSource, publish: Publish) -> None:
    publish(listing(GONE))
    publish(listing(this_update=NOW - 2 * HOUR))
    assert isinstance(source.standing(MAKER, CA).status, Revoked)


def test_before_the_revocation_it_was_good(source: StatusSource, publish: Publish) -> None:
    publish(listing(GONE))
    assert isinstance(source.standing(MAKER, CA, NOW - 2 * HOUR).status, Good)


def test_another_authoritys_list_is_fetched_and_kept_for_a_while(
    source: StatusSource, net: Net, clock: SettableClock
) -> None:
    net.lists[URL] = listing().der
    for _ in range(3):
        assert isinstance(source.standing(MAKER, CA).status, Good)
    assert net.asked == [URL]
    net.lists[URL] = listing(GONE, this_update=NOW).der
    clock.advance(timedelta(minutes=4))
    assert isinstance(source.standing(MAKER, CA).status, Good)
    clock.advance(timedelta(minutes=1))
    assert isinstance(source.standing(MAKER, CA).status, Revoked)


def test_an_authority_out_of_reach_leaves_doubt_and_is_not_asked_all_the_time(
    source: StatusSource, net: Net, clock: SettableClock
) -> None:
    assert source.standing(MAKER, CA).status == Unknown(())
    assert source.standing(MAKER, CA).this_update is None
    assert net.asked == [URL]
    clock.advance(timedelta(seconds=30))
    net.lists[URL] = listing().der
    assert isinstance(source.standing(MAKER, CA).status, Good)
    del net.lists[URL]
    clock.advance(timedelta(minutes=6))
    assert isinstance(source.standing(MAKER, CA).status, Good)  # what was fetched still holds
    clock.advance(timedelta(days=8))
    assert isinstance(source.standing(MAKER, CA).status, Unknown)


def test_an_own_list_that_has_run_out_is_looked_for_elsewhere(
    source: StatusSource, publish: Publish, net: Net, clock: SettableClock
) -> None:
    publish(listing(GONE))
    clock.advance(timedelta(days=8))
    net.lists[URL] = listing(this_update=clock.now(), number=2).der
    assert isinstance(source.standing(MAKER, CA).status, Good)
    net.lists.clear()
    clock.advance(timedelta(days=8))
    assert isinstance(source.standing(MAKER, CA).status, Revoked)  # old, but it named the certificate


def test_a_forged_or_unreadable_list_proves_nothing(
    source: StatusSource, publish: Publish, net: Net, clock: SettableClock
) -> None:
    publish(listing(signed_by="root"))
    assert source.standing(MAKER, CA).status == Unknown(("signature-wrong",))
    net.lists[URL] = b"no list"
    source.objects.folder.rename(source.objects.folder.with_name("lost"))
    publish(listing(this_update=NOW - HOUR / 2))
    assert isinstance(source.standing(MAKER, CA).status, Good)
    clock.advance(timedelta(days=30))
    assert isinstance(source.standing(MAKER, CA).status, Unknown)


def test_an_object_that_is_lost_is_fetched(source: StatusSource, net: Net) -> None:
    with source.database.writing() as db:
        PublishedLists(db).say(URL, "0" * 64, NOW)
    net.lists[URL] = listing().der
    assert isinstance(source.standing(MAKER, CA).status, Good)


def test_an_own_empty_list_that_ran_out_is_still_the_newest_that_was_seen(
    source: StatusSource, publish: Publish, clock: SettableClock
) -> None:
    publish(listing())
    clock.advance(timedelta(days=8))
    found = source.standing(MAKER, CA)
    assert found.status == Unknown(("stale",))
    assert found.this_update == NOW - HOUR


def test_the_worst_answer_on_a_path_counts(source: StatusSource, publish: Publish, net: Net) -> None:
    path = validation.validate(MAKER, GOOD.certificates(), GOOD.certificates("root"), NOW)
    publish(listing())
    assert isinstance(source.standing_of_path(path).status, Unknown)
    net.lists[crl_url("root")] = GOOD.crl("root", url=crl_url("root"), covers=Covers.AUTHORITIES).der
    source._kept.clear()
    assert isinstance(source.standing_of_path(path).status, Good)
    publish(listing(GONE, this_update=NOW))
    assert isinstance(source.standing_of_path(path).status, Revoked)


def test_what_is_kept_of_others_is_bounded(source: StatusSource) -> None:
    for number in range(200):
        assert source._foreign(f"http://crl.example/{number}.crl") is None
    assert len(source._kept) == 64
