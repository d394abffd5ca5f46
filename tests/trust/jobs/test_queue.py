"""The queue's promises: one job for a key, one holder for a job, results only of who still holds it."""

import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.support.clock import SettableClock
from trust.jobs.errors import ClaimLost, PayloadMalformed
from trust.jobs.queue import MAX_ATTEMPTS, Group, JobQueue
from trust.jobs.tables import jobs
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork

_LEASE = timedelta(seconds=30)


def _put(new_work: NewWork, *keys: str, kind: str = "issue") -> None:
    with new_work() as work:
        work.jobs.put_all(kind, [(key, {"key": key}) for key in keys])


def _claim(new_work: NewWork, most: int = 50) -> Group:
    with new_work() as work:
        group = work.jobs.claim("issue", _LEASE, most)
    assert group is not None
    return group


def _nothing_to_claim(new_work: NewWork) -> bool:
    with new_work() as work:
        return work.jobs.claim("issue", _LEASE) is None


def _keys(group: Group) -> list[str]:
    return [job.key for job in group.jobs]


def test_a_job_put_twice_is_one(new_work: NewWork) -> None:
    with new_work() as work:
        assert work.jobs.put("issue", "a", {"n": 1})
        assert not work.jobs.put("issue", "a", {"n": 2})
        assert work.jobs.put_all("issue", [("a", {}), ("b", {}), ("c", {})]) == 2
        assert work.jobs.put_all("issue", []) == 0
        assert work.jobs.put("other", "a", {})
    group = _claim(new_work)
    assert _keys(group) == ["a", "b", "c"]
    assert group.jobs[0].payload == {"n": 1}
    with new_work() as work:
        work.jobs.finish(group)
        assert not work.jobs.put("issue", "a", {})


def test_nobody_sees_work_of_an_open_transaction(new_work: NewWork) -> None:
    with suppress(KeyError), new_work() as work:
        work.jobs.put("issue", "a", {})
        raise KeyError
    assert _nothing_to_claim(new_work)


def test_claimed_work_is_nobody_elses_until_its_lease_ends(new_work: NewWork, clock: SettableClock) -> None:
    _put(new_work, "a", "b", "c")
    first, second = _claim(new_work, 2), _claim(new_work, 2)
    assert (_keys(first), _keys(second)) == (["a", "b"], ["c"])
    assert first.holder != second.holder
    assert _nothing_to_claim(new_work)
    clock.advance(_LEASE - timedelta(microseconds=1))
    assert _nothing_to_claim(new_work)
    clock.advance(timedelta(microseconds=1))
    assert _keys(_claim(new_work)) == ["a"]


def test_who_lost_the_claim_commits_nothing(new_work: NewWork, clock: SettableClock, database: Database) -> None:
    _put(new_work, "a", "b")
    slow = _claim(new_work)
    clock.advance(_LEASE)
    _claim(new_work)

    def finish_late() -> None:
        with new_work() as work:
            work.jobs.finish(slow)
            work.journal.append("never", "a", "slow")

    with pytest.raises(ClaimLost):
        finish_late()
    with database.reading() as db:
        assert db.execute(select(jobs.c.done_at)).scalars().all() == [None, None]
    with new_work() as work:
        work.jobs.fail(slow, "late")
    with database.reading() as db:
        holders = db.execute(select(jobs.c.holder).order_by(jobs.c.id)).scalars().all()
    assert holders[0] not in (None, slow.holder), "a late failure does not take the work from its new holder"


def test_finishing_twice_is_refused(new_work: NewWork) -> None:
    _put(new_work, "a")
    group = _claim(new_work)
    with new_work() as work:
        work.jobs.finish(group)
    with pytest.raises(ClaimLost), new_work() as work:
        work.jobs.finish(group)


def test_a_renewed_lease_holds_longer(new_work: NewWork, clock: SettableClock) -> None:
    _put(new_work, "a", "b")
    group = _claim(new_work)
    clock.advance(_LEASE / 2)
    with new_work() as work:
        work.jobs.finish(group.only(group.jobs[0]))
        work.jobs.renew(group, _LEASE)
    clock.advance(_LEASE * 0.9)
    assert _nothing_to_claim(new_work)
    with new_work() as work:
        assert [job.key for job in work.jobs.unfinished(group)] == ["b"]
        work.jobs.finish(group.only(group.jobs[1]))
    with pytest.raises(ClaimLost), new_work() as work:
        work.jobs.renew(group, _LEASE)


def test_a_failed_group_is_tried_again_one_by_one_before_anything_is_parked(
    new_work: NewWork, clock: SettableClock
) -> None:
    _put(new_work, "a", "b", "c")
    group = _claim(new_work)
    with new_work() as work:
        work.jobs.fail(group, "one of them is bad")
    _put(new_work, "d")
    assert _keys(_claim(new_work)) == ["d"], "new work goes on in groups"
    for key in ("a", "b", "c"):
        single = _claim(new_work)
        assert _keys(single) == [key]
        assert single.jobs[0].attempt == 2
        with new_work() as work:
            if key == "b":
                work.jobs.fail(single, "b is bad")
            else:
                work.jobs.finish(single)
    assert _nothing_to_claim(new_work)
    clock.advance(timedelta(seconds=11))
    assert _keys(_claim(new_work)) == ["b"]


def test_a_job_that_always_fails_waits_longer_and_is_parked(
    new_work: NewWork, clock: SettableClock, database: Database
) -> None:
    _put(new_work, "bad")
    waits = []
    for attempt in range(1, MAX_ATTEMPTS + 1):
        group = _claim(new_work)
        assert group.jobs[0].attempt == attempt
        with new_work() as work:
            work.jobs.fail(group, f"attempt {attempt}: " + "x" * 1000)
        with database.reading() as db:
            due = db.execute(select(jobs.c.due_at)).scalar_one()
        waits.append(due - clock.now())
        clock.advance(timedelta(hours=1))
    for attempt, wait in enumerate(waits[:-1]):
        full = timedelta(seconds=5) * 2**attempt
        assert full / 2 <= wait <= full
    assert _nothing_to_claim(new_work)
    with new_work() as work:
        ((kind, key, error),) = work.jobs.parked()
        assert (kind, key) == ("issue", "bad")
        assert error.startswith(f"attempt {MAX_ATTEMPTS}")
        assert len(error) == 500
        assert work.jobs.parked("other") == []
        assert not work.jobs.release("issue", "good")
        assert work.jobs.release("issue", "bad")
    assert _claim(new_work).jobs[0].attempt == 1


def test_a_job_that_kills_its_worker_each_time_is_parked_too(new_work: NewWork, clock: SettableClock) -> None:
    _put(new_work, "deadly", "harmless")
    assert _keys(_claim(new_work)) == ["deadly", "harmless"]
    finished = False
    for _ in range(4 * MAX_ATTEMPTS):
        clock.advance(_LEASE)
        with new_work() as work:
            group = work.jobs.claim("issue", _LEASE)
            if group is None:
                break
            if _keys(group) == ["harmless"]:
                work.jobs.finish(group)
                finished = True
    assert finished
    with new_work() as work:
        ((_, key, error),) = work.jobs.parked()
    assert key == "deadly"
    assert error.startswith("job-abandoned")


def test_done_work_is_forgotten_by_age(new_work: NewWork, clock: SettableClock, database: Database) -> None:
    _put(new_work, *"abcde")
    with new_work() as work:
        group = work.jobs.claim("issue", _LEASE, 4)
        assert group is not None
        work.jobs.finish(group)
    clock.advance(timedelta(days=31))
    with new_work() as work:
        assert work.jobs.forget_done(clock.now() - timedelta(days=30), most=3) == 3
        assert work.jobs.forget_done(clock.now() - timedelta(days=30), most=3) == 1
    with database.reading() as db:
        assert db.execute(select(jobs.c.key)).scalars().all() == ["e"]


@pytest.mark.parametrize("payload", [{"a": object()}, {"a": b"bytes"}, {"a": float("nan")}, {"a": "x" * (1 << 20)}])
def test_a_payload_is_small_plain_json(new_work: NewWork, payload: Mapping[str, Any]) -> None:
    with pytest.raises(PayloadMalformed), new_work() as work:
        work.jobs.put("issue", "a", payload)


def test_many_claimers_at_once_share_the_work(new_work: NewWork, database: Database) -> None:
    _put(new_work, *(f"{n:03}" for n in range(200)))
    taken: list[str] = []
    faults: list[BaseException] = []

    def work_off() -> None:
        try:
            while True:
                with new_work() as work:
                    group = work.jobs.claim("issue", _LEASE, 7)
                if group is None:
                    return
                taken.extend(_keys(group))
                with new_work() as work:
                    work.jobs.finish(group)
        except BaseException as fault:
            faults.append(fault)
            raise

    threads = [threading.Thread(target=work_off) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert sorted(taken) == [f"{n:03}" for n in range(200)]
    with database.reading() as db:
        assert not JobQueue(db, SettableClock()).waiting(["issue"])


def test_a_claim_reads_the_index_and_not_the_table(sqlite_database: Database) -> None:
    with sqlite_database.writing() as db:
        db.execute(update(jobs).values(error=None))
        plan = db.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT id FROM trust_job WHERE kind = 'x' AND done_at IS NULL AND parked_at IS NULL"
            " AND due_at <= '2026' AND attempts = 0 ORDER BY due_at, id LIMIT 50"
        ).fetchall()
    assert "ix_trust_job_waiting" in str(plan)
    assert "TEMP B-TREE" not in str(plan)
