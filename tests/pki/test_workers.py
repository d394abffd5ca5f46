"""The background work publishes what changed and what is due, and resolves what was interrupted."""

from datetime import timedelta
from pathlib import Path

import pytest

from certs.crl import Reason
from pki.api import RevokeOrder
from pki.desk import IssuingDesk
from pki.errors import ListMissing
from pki.parts import Parts
from pki.plugin import build, plugin
from pki.storage.lists import Lists
from pki.workers import Workers
from tests.support.authority import BY, floor, order, publish_all
from tests.support.clock import SettableClock
from trust.jobs.worker import Worker
from trust.keys.errors import KeyMissing
from trust.storage.database import Database


@pytest.fixture(name="worker")
def worker_(made: Parts, database: Database, clock: SettableClock, tmp_path: Path) -> Worker:
    """The worker of a process with this service, run by hand."""
    del made
    service = build(floor(database, clock, tmp_path))
    return Worker(database, clock, service.handlers, service.periodic)


def numbers(made: Parts) -> dict[str, int]:
    with made.desk.new_work() as work:
        lists = Lists(work.db)
        return {
            f"{name}/{shard}": newest.number
            for name, shard in lists.last_updates()
            if (newest := lists.newest(name, shard))
        }


def test_lists_are_published_and_renewed_without_any_revocation(
    made: Parts, worker: Worker, clock: SettableClock
) -> None:
    worker.run_due()
    assert numbers(made) == {"root/0": 1, "seal-ca/0": 1, "seal-ca/1": 1, "service-ca/0": 1}
    worker.run_due()
    clock.advance(timedelta(hours=5))
    worker.run_due()
    assert set(numbers(made).values()) == {1}
    clock.advance(timedelta(hours=1))
    worker.run_due()
    assert numbers(made) == {"root/0": 1, "seal-ca/0": 2, "seal-ca/1": 2, "service-ca/0": 2}


def test_a_revocation_is_published_once_however_many_ask(made: Parts, worker: Worker, clock: SettableClock) -> None:
    worker.run_due()
    clock.advance(timedelta(seconds=2))
    for number in range(8):
        issued = made.authority.issue(order(f"甲{number}"), BY).certificate
        made.authority.revoke(RevokeOrder(issued, Reason.SUPERSEDED), BY)
    worker.run_due()
    assert numbers(made)["seal-ca/0"] <= 2
    with made.desk.new_work() as work:
        published = [Lists(work.db).newest("seal-ca", shard) for shard in (0, 1)]
    assert sum(one.entries for one in published if one) == 8


def test_a_change_within_a_second_is_published_in_the_next(made: Parts, worker: Worker, clock: SettableClock) -> None:
    worker.run_due()
    issued = made.authority.issue(order("甲"), BY).certificate
    made.authority.revoke(RevokeOrder(issued, Reason.SUPERSEDED), BY)
    worker.run_due()
    assert set(numbers(made).values()) == {1}
    clock.advance(timedelta(seconds=1))
    worker.run_due()
    assert numbers(made)[f"seal-ca/{issued.serial % 2}"] == 2


def test_interrupted_issuing_is_resolved_and_its_serial_listed(
    made: Parts, worker: Worker, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    worker.run_due()
    with monkeypatch.context() as patch:
        patch.setattr(IssuingDesk, "_record", crash)
        with pytest.raises(KeyboardInterrupt):
            made.authority.issue(order("甲"), BY)
    clock.advance(timedelta(minutes=2))
    worker.run_due()
    with made.desk.new_work() as work:
        published = [Lists(work.db).newest("seal-ca", shard) for shard in (0, 1)]
    assert sum(one.entries for one in published if one) == 1


def test_an_offline_root_holds_up_no_other_list(
    made: Parts, worker: Worker, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = type(made.desk.keys)
    signer = keys.signer

    def without_root(ring: object, name: str) -> object:
        if name == "pki/root":
            raise KeyMissing("the root is in a safe")
        return signer(ring, name)  # type: ignore[arg-type]

    monkeypatch.setattr(keys, "signer", without_root)
    worker.run_due()
    assert "root/0" not in numbers(made)
    assert numbers(made)["service-ca/0"] == 1
    clock.advance(timedelta(minutes=1))


def test_readiness_says_how_the_lists_stand(made: Parts, clock: SettableClock) -> None:
    workers = Workers(made.desk.new_work, made.publish, made.resolve)
    with pytest.raises(ListMissing):
        workers.well()
    publish_all(made)
    assert workers.well() == "4 lists"
    clock.advance(timedelta(days=7))
    with pytest.raises(ListMissing, match="too old"):
        workers.well()
    clock.advance(timedelta(days=330))
    publish_all(made)
    assert workers.well() == "4 lists; the key of tsa is used up soon"


def test_the_plug_in_names_what_it_serves(database: Database, clock: SettableClock, tmp_path: Path) -> None:
    service = plugin.build(floor(database, clock, tmp_path))
    assert service.checks[0].probe() == "no ceremony yet"
    assert {one.kind for one in service.periodic} <= set(service.handlers)
    assert service.routes()
