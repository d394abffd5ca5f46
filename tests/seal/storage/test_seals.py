"""Seals and stampings survive in their tables, on both databases."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from seal.errors import SealChanged, SealMissing, StampingAbandoned, StampingInProgress
from seal.model.seal import SealId, Standing
from seal.model.stamping import Stamping
from seal.storage.seals import Maker, Seals
from seal.storage.stampings import Stampings
from tests.support.clock import SettableClock
from tests.support.seals import AT, SEAL, STAMPING, USABLE
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork
from trust.values.region import Area


def test_a_seal_is_read_back_as_it_was_saved(new_work: NewWork) -> None:
    with new_work() as work:
        Seals(work.db).add(SEAL, "order", "d" * 64)
    with new_work() as work:
        seals = Seals(work.db)
        assert seals.get(SEAL.id) == SEAL
        assert seals.find_by_order("order") == (SEAL, "d" * 64)
        seals.save(USABLE)
        assert seals.all() == [USABLE]
        assert seals.find_by_order("another") is None
        with pytest.raises(SealMissing):
            seals.get(SealId.parse("44000000000099"))


def test_codes_follow_one_another_within_a_division(new_work: NewWork) -> None:
    with new_work() as work:
        seals = Seals(work.db)
        assert seals.next_id(Area.parse("440000")) == SealId.parse("44000000000001")
        seals.add(SEAL, "order", "d" * 64)
        assert seals.next_id(Area.parse("440000")) == SealId.parse("44000000000002")
        assert seals.next_id(Area.parse("440300")) == SealId.parse("44030000000001")


def test_whoever_read_an_older_seal_is_told(new_work: NewWork) -> None:
    with new_work() as work:
        Seals(work.db).add(SEAL, "order", "d" * 64)
        Seals(work.db).save(USABLE)
    with new_work() as work:
        assert Seals(work.db).unchanged(USABLE) == USABLE
        Seals(work.db).save(USABLE.frozen())
    with new_work() as work:
        with pytest.raises(SealChanged):
            Seals(work.db).unchanged(USABLE)
        with pytest.raises(SealChanged):
            Seals(work.db).save(USABLE.frozen())


def test_a_freeze_waits_for_a_result_that_holds_the_seal(database: Database, new_work: NewWork) -> None:
    with new_work() as work:
        Seals(work.db).add(SEAL, "order", "d" * 64)
        Seals(work.db).save(USABLE)
    order: list[str] = []

    def freeze() -> None:
        with new_work() as work:
            Seals(work.db).save(USABLE.frozen())
        order.append("frozen")

    with new_work() as work:
        Seals(work.db).unchanged(USABLE)
        waiting = threading.Thread(target=freeze)
        waiting.start()
        waiting.join(0.3)
        order.append("recorded")
    waiting.join()
    assert order == ["recorded", "frozen"]
    with database.reading() as db:
        assert Seals(db).get(SEAL.id).standing is Standing.FROZEN


def test_the_newest_maker_is_the_present_one(new_work: NewWork) -> None:
    first = Maker("seal-maker", b"first", "1" * 64, AT)
    with new_work() as work:
        assert Seals(work.db).find_maker() is None
        Seals(work.db).add_maker(first)
        assert Seals(work.db).find_maker() == first
        Seals(work.db).add_maker(replace(first, fingerprint="2" * 64, since=AT + timedelta(days=1)))
        found = Seals(work.db).find_maker()
        assert found is not None
        assert found.fingerprint == "2" * 64


def test_stampings_are_found_by_their_key_and_end_once(new_work: NewWork, clock: SettableClock) -> None:
    other = replace(STAMPING, id="1" * 32, key="other")
    with new_work() as work:
        stampings = Stampings(work.db)
        stampings.intend([STAMPING, other])
        assert stampings.find(STAMPING.by, ["key", "other", "none"]) == {"key": STAMPING, "other": other}
        assert stampings.find("somebody else", ["key"]) == {}
        done = STAMPING.completed("a" * 64, clock.now())
        stampings.end(done)
        assert list(stampings.get([STAMPING.id])) == [done]
        assert len(stampings.of_seal(STAMPING.seal)) == 2
        with pytest.raises(StampingAbandoned):
            stampings.end(STAMPING.abandoned("late", clock.now()))


def test_an_abandoned_attempt_can_no_longer_end_and_another_may_begin(new_work: NewWork, clock: SettableClock) -> None:
    with new_work() as work:
        stampings = Stampings(work.db)
        stampings.intend([STAMPING])
        gone = STAMPING.abandoned("interrupted", clock.now())
        stampings.end(gone)
        again = gone.again(replace(STAMPING, id="9" * 32))
        stampings.intend([again])
        with pytest.raises(StampingAbandoned):
            stampings.end(STAMPING.completed("a" * 64, clock.now()))
        with pytest.raises(StampingInProgress):
            stampings.intend([again])
        stampings.end(again.completed("a" * 64, clock.now()))


def test_two_intents_of_one_order_at_the_same_time_are_one(new_work: NewWork) -> None:
    refused: list[StampingInProgress] = []

    def intend(stamping: Stamping) -> None:
        try:
            with new_work() as work:
                Stampings(work.db).intend([stamping])
        except StampingInProgress as late:
            refused.append(late)

    threads = [threading.Thread(target=intend, args=(replace(STAMPING, id=f"{n:032d}"),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    with new_work() as work:
        assert len(Stampings(work.db).of_seal(STAMPING.seal)) == 1
