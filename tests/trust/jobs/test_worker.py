"""The worker gets all work done exactly once, whatever dies on the way, and stops when told."""

import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, func, select, text

from tests.support.clock import SettableClock
from tests.support.database import address
from trust.clock import SystemClock
from trust.jobs.queue import Group, JobQueue
from trust.jobs.worker import Handler, Periodic, Worker
from trust.storage.database import Database
from trust.storage.errors import StorageUnavailable
from trust.storage.unit_of_work import NewWork, units_of_work


class Recorder:
    """A handler that notes what it did and finishes it."""

    def __init__(self, new_work: NewWork, bad: frozenset[str] = frozenset()) -> None:
        self.new_work, self.bad = new_work, bad
        self.done: list[str] = []
        self.groups: list[int] = []

    def __call__(self, group: Group) -> None:
        keys = [job.key for job in group.jobs]
        self.groups.append(len(keys))
        if self.bad & set(keys):
            raise StorageUnavailable("one of them is bad")
        with self.new_work() as work:
            work.jobs.finish(group)
        self.done += keys


def _put(new_work: NewWork, *keys: str) -> None:
    with new_work() as work:
        work.jobs.put_all("issue", [(key, {}) for key in keys])


def test_work_is_done_in_groups(database: Database, new_work: NewWork, clock: SettableClock) -> None:
    _put(new_work, *(str(n) for n in range(120)))
    handler = Recorder(new_work)
    assert Worker(database, clock, {"issue": handler}).run_due() == 120
    assert handler.groups == [50, 50, 20]


def test_one_bad_job_is_parked_alone(database: Database, new_work: NewWork, clock: SettableClock) -> None:
    _put(new_work, *(str(n) for n in range(10)))
    handler = Recorder(new_work, frozenset({"7"}))
    worker = Worker(database, clock, {"issue": handler})
    for _ in range(12):
        worker.run_due()
        clock.advance(timedelta(hours=1))
    assert sorted(handler.done) == [str(n) for n in range(10) if n != 7]
    with new_work() as work:
        assert work.jobs.parked() == [("issue", "7", "storage-unavailable: one of them is bad")]


def test_a_handler_that_forgets_to_finish_is_told(database: Database, new_work: NewWork, clock: SettableClock) -> None:
    _put(new_work, "a")
    worker = Worker(database, clock, {"issue": lambda _: None})
    for _ in range(12):
        worker.run_due()
        clock.advance(timedelta(hours=1))
    with new_work() as work:
        ((_, _, error),) = work.jobs.parked()
    assert error.startswith("job-unfinished")


def test_a_fault_of_ours_is_parked_without_its_detail(
    database: Database, new_work: NewWork, clock: SettableClock
) -> None:
    def stumble(_: Group) -> None:
        raise KeyError("张三 110101199003070000")

    _put(new_work, "a")
    worker = Worker(database, clock, {"issue": stumble})
    for _ in range(12):
        worker.run_due()
        clock.advance(timedelta(hours=1))
    with new_work() as work:
        assert work.jobs.parked() == [("issue", "a", "internal: an unexpected fault")]


def test_each_periodic_slot_runs_once_among_all_workers(
    database: Database, new_work: NewWork, clock: SettableClock
) -> None:
    handler = Recorder(new_work)
    periodic = [Periodic("crl", timedelta(hours=1))]
    workers = [Worker(database, clock, {"crl": handler}, periodic) for _ in range(4)]
    for _ in range(5):
        for worker in workers:
            worker.run_due()
        clock.advance(timedelta(minutes=30))
    clock.advance(timedelta(hours=7))
    threads = [threading.Thread(target=worker.run_due) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert handler.done == [f"2026-03-01T{hour:02}:00:00+00:00" for hour in (8, 9, 10, 17)]


def test_periodic_work_needs_a_handler(database: Database, clock: SettableClock) -> None:
    with pytest.raises(ValueError, match="crl"):
        Worker(database, clock, {}, [Periodic("crl", timedelta(hours=1))])


def test_a_worker_in_the_background_finds_new_work_and_stops_in_time(database: Database, new_work: NewWork) -> None:
    handler = Recorder(new_work)
    worker = Worker(database, SystemClock(), {"issue": handler}, threads=2)
    worker.start()
    _put(new_work, "a", "b")
    worker.wake()
    until = time.monotonic() + 5
    while len(handler.done) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    started = time.monotonic()
    assert worker.stop()
    assert time.monotonic() - started < 2
    assert sorted(handler.done) == ["a", "b"]


def test_stopping_does_not_wait_for_a_handler_that_hangs(sqlite_database: Database) -> None:
    release = threading.Event()
    clock = SystemClock()
    new_work = units_of_work(sqlite_database, clock, bytes(32))
    _put(new_work, "a")
    worker = Worker(sqlite_database, clock, {"issue": lambda _: release.wait(30)})
    worker.start()
    time.sleep(0.5)
    started = time.monotonic()
    assert not worker.stop(0.5)
    assert time.monotonic() - started < 2
    release.set()
    assert worker.stop(5)


def test_a_slow_group_keeps_its_lease(database: Database) -> None:
    clock = SystemClock()
    new_work = units_of_work(database, clock, bytes(32))
    stolen: list[Group] = []

    def slow(group: Group) -> None:
        for _ in range(8):
            time.sleep(0.2)
            with new_work() as work:
                other = work.jobs.claim("issue", timedelta(seconds=1))
            if other:
                stolen.append(other)
        with new_work() as work:
            work.jobs.finish(group)

    _put(new_work, "a")
    worker = Worker(database, clock, {"issue": Handler(slow, lease=timedelta(seconds=1))})
    worker.start()
    time.sleep(2.2)
    assert worker.stop()
    assert stolen == []
    with database.reading() as db:
        assert db.execute(text("SELECT count(*) FROM trust_job WHERE done_at IS NULL")).scalar() == 0


def test_the_loop_outlives_a_database_that_is_away(postgres_database: Database) -> None:
    clock = SystemClock()
    new_work = units_of_work(postgres_database, clock, bytes(32))
    handler = Recorder(new_work)
    worker = Worker(postgres_database, clock, {"issue": handler})
    worker.start()
    with postgres_database.engine.connect() as db, pytest.raises(Exception, match="terminat"):
        db.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"))
    _put(new_work, "a")
    until = time.monotonic() + 5
    while not handler.done and time.monotonic() < until:
        time.sleep(0.02)
    assert worker.stop()
    assert handler.done == ["a"]


_effects = Table("effect", MetaData(), Column("id", Integer, primary_key=True), Column("key", String(20)))

_WORKER = textwrap.dedent(
    """
    import sys, time
    from datetime import timedelta
    from sqlalchemy import text
    from trust.clock import SystemClock
    from trust.jobs.worker import Handler, Worker
    from trust.storage.database import Database
    from trust.storage.unit_of_work import units_of_work

    database = Database.open(sys.argv[1])
    new_work = units_of_work(database, SystemClock(), bytes(32))

    def handle(group):
        time.sleep(0.002 * len(group.jobs))
        with new_work() as work:
            work.jobs.finish(group)
            work.db.execute(text('INSERT INTO effect (key) VALUES (:key)'), [{'key': job.key} for job in group.jobs])

    worker = Worker(database, SystemClock(), {"issue": Handler(handle, most=10, lease=timedelta(seconds=1))})
    worker.start()
    print("ready", flush=True)
    time.sleep(60)
    """
)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_killed_workers_lose_nothing_and_double_nothing(kind: str, tmp_path: Path) -> None:
    total = 600
    with address(kind, tmp_path) as url:
        database = Database.open(url)
        with database.writing() as db:
            _effects.create(db)
        new_work = units_of_work(database, SystemClock(), bytes(32))
        _put(new_work, *(str(n) for n in range(total)))
        workers = [_spawn(url), _spawn(url)]
        chance = random.Random(7)
        for _ in range(5):
            time.sleep(chance.uniform(0.08, 0.25))
            victim = workers.pop(0)
            victim.kill()
            victim.wait()
            workers.append(_spawn(url))
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with database.reading() as db:
                left = db.execute(text("SELECT count(*) FROM trust_job WHERE done_at IS NULL")).scalar_one()
            if not left:
                break
            time.sleep(0.1)
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        with database.reading() as db:
            count, distinct = db.execute(
                select(func.count(_effects.c.key), func.count(_effects.c.key.distinct()))
            ).one()
            assert not JobQueue(db, SystemClock()).parked()
        database.close()
    assert (left, count, distinct) == (0, total, total)


def _spawn(url: str) -> "subprocess.Popen[str]":
    process = subprocess.Popen([sys.executable, "-c", _WORKER, url], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.stdout.close()
    return process
