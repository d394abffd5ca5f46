"""The floor's stores: transactions with a journal entry, numbering and examining them, jobs by one and in groups."""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import insert

from tests.benchmarks.harness import Effort, Row
from tests.support import postgres
from tests.support.clock import SettableClock
from tests.support.journal import JournalUnderTest
from trust.audit.journal import Happening
from trust.jobs.tables import jobs
from trust.migrations import schema
from trust.storage.database import Database

_LEASE = timedelta(seconds=30)


def run(effort: Effort) -> list[Row]:
    """Measure on both databases, each synchronising its disk as in production."""
    rows = []
    for name in ("SQLite", "PostgreSQL"):
        with _opened(name) as journal:
            rows += [*_transactions(name, journal, effort), *_log(name, journal, effort), *_jobs(name, journal, effort)]
    return rows


@contextmanager
def _opened(name: str) -> Iterator[JournalUnderTest]:
    with tempfile.TemporaryDirectory() as folder:
        server = None
        url = f"sqlite:///{folder}/bench.db"
        if name == "PostgreSQL":
            server = postgres.Server(durable=True)
            url = server.url()
        database = Database.open(url)
        schema.upgrade(database, ["trust"])
        yield JournalUnderTest(database, Path(folder), SettableClock())
        database.close()
        if server:
            server.stop()


def _transactions(name: str, journal: JournalUnderTest, effort: Effort) -> Iterator[Row]:
    counter = iter(range(1 << 60))
    new_work = journal.new_work

    def bare() -> None:
        number = next(counter)
        with journal.database.writing() as db:
            db.execute(insert(jobs), {"kind": "b", "key": str(number), "payload": "", "due_at": journal.clock.now()})

    def recorded() -> None:
        with new_work() as work:
            work.journal.append("thing-done", f"thing/{next(counter)}", "operator os:bench")

    for writers in (1, 32):
        plain, _ = _rate(bare, writers, effort)
        rate, slowest = _rate(recorded, writers, effort, meanwhile=journal.sequence)
        yield Row(
            f"{name}: act and journal entry, {writers} at once, sequencer beside",
            f"{rate:,.0f}/s, p99 {slowest * 1000:.0f} ms",
            rate / plain,
            "an insert without journal",
            "≥ 2,000/s, p99 ≤ 100 ms" if (name, writers) == ("PostgreSQL", 32) else "",
        )


def _log(name: str, journal: JournalUnderTest, effort: Effort) -> Iterator[Row]:
    count = 500 if effort.quick else 20_000
    with journal.new_work() as work:
        work.journal.append_all(Happening("thing-done", f"thing/{n}", "operator os:bench") for n in range(count))
    seconds = _seconds(journal.sequence)
    yield Row(f"{name}: entries numbered into the tree", f"{count / seconds:,.0f}/s")
    seconds = _seconds(journal.verify)
    yield Row(f"{name}: entries examined", f"{journal.verify().size / seconds:,.0f}/s", aim="≥ 33,000/s on two cores")


def _jobs(name: str, journal: JournalUnderTest, effort: Effort) -> Iterator[Row]:
    count = 100 if effort.quick else 2_000
    rates = {}
    for most in (1, 50):
        with journal.new_work() as work:
            work.jobs.put_all(f"by-{most}", [(str(n), {}) for n in range(count)])
        rates[most] = count / _seconds(partial(_work_off, journal, most))
    yield Row(f"{name}: jobs claimed and finished one by one", f"{rates[1]:,.0f}/s")
    yield Row(f"{name}: the same in groups of 50", f"{rates[50]:,.0f}/s", rates[50] / rates[1], "one by one")


def _work_off(journal: JournalUnderTest, most: int) -> None:
    while True:
        with journal.new_work() as work:
            group = work.jobs.claim(f"by-{most}", _LEASE, most)
        if group is None:
            return
        with journal.new_work() as work:
            work.jobs.finish(group)


def _rate(
    act: Callable[[], object], writers: int, effort: Effort, meanwhile: Callable[[], object] | None = None
) -> tuple[float, float]:
    """Return acts per second of so many threads, and the 99th percentile of one in seconds."""
    seconds = effort.seconds * effort.rounds
    until = time.monotonic() + seconds
    taken: list[float] = []
    done = threading.Event()

    def write() -> None:
        while time.monotonic() < until:
            begun = time.perf_counter()
            act()
            taken.append(time.perf_counter() - begun)

    def beside() -> None:
        while meanwhile is not None and not done.wait(0.2):
            meanwhile()

    threads = [threading.Thread(target=write) for _ in range(writers)]
    sequencer = threading.Thread(target=beside)
    for thread in (*threads, sequencer):
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    sequencer.join()
    return len(taken) / seconds, sorted(taken)[int(len(taken) * 0.99)]


def _seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun
