"""Run background work: claim groups, hand them to their handlers, keep leases alive, stop within two seconds.

A handler writes its results and calls ``work.jobs.finish(group)`` first in the same transaction. When it raises, a
group is tried again job by job, and a single job later and later until it is parked for the operator.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from trust.clock import Clock
from trust.errors import describe
from trust.jobs.errors import ClaimLost
from trust.jobs.queue import Group, JobQueue
from trust.storage.database import Database

POLL_SECONDS: Final = 0.25
STOP_SECONDS: Final = 2.0
_AFTER_FAULT_SECONDS: Final = 1.0
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Handler:
    """What does one kind of work, how many jobs it takes at once and for how long.

    A lease outlives an ordinary group; a slow one is renewed at half-time for as long as its process lives.
    """

    run: Callable[[Group], object]
    most: int = 50
    lease: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Periodic:
    """Work that falls due again and again: one job for each slot of time, whoever puts it first.

    Slots begin at whole multiples of the period. After a pause only the present slot is made up for.
    """

    kind: str
    every: timedelta
    payload: Mapping[str, Any] = field(default_factory=dict)

    def slot(self, at: datetime) -> datetime:
        """Return the beginning of the slot in which an instant lies."""
        return at - (at - _EPOCH) % self.every


class Worker:
    """The background work of one process, on one or more threads."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        handlers: Mapping[str, Handler | Callable[[Group], object]],
        periodic: Iterable[Periodic] = (),
        threads: int = 1,
    ) -> None:
        """Handlers by kind of work; a bare callable takes the usual group and lease."""
        self._database = database
        self._clock = clock
        self._handlers = {kind: each if isinstance(each, Handler) else Handler(each) for kind, each in handlers.items()}
        self._periodic = tuple(periodic)
        if unknown := {each.kind for each in self._periodic} - set(self._handlers):
            raise ValueError(f"periodic work without a handler: {sorted(unknown)}")
        self._put: dict[str, datetime] = {}
        self._running: dict[str, tuple[Group, timedelta, float]] = {}  # by holder; renew at this monotonic second
        self._guard = threading.Lock()
        self._stopping = threading.Event()
        self._bell = threading.Event()
        loops = [threading.Thread(target=self._loop, name=f"jobs-{n}", daemon=True) for n in range(threads)]
        self._threads = [*loops, threading.Thread(target=self._keep_leases, name="jobs-leases", daemon=True)]

    def start(self) -> None:
        """Begin, in the background."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Look for work now instead of at the next poll; call it after committing some."""
        self._bell.set()

    def stop(self, within: float = STOP_SECONDS) -> bool:
        """Finish the groups at hand and end; returns whether all ended in time.

        What did not is abandoned with the process and falls due when its lease ends.
        """
        self._stopping.set()
        self._bell.set()
        until = time.monotonic() + within
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def run_due(self) -> int:
        """Run what is due now, in this thread, until nothing is left; returns how many jobs were claimed."""
        count = 0
        self._put_slots()
        while not self._stopping.is_set():
            with self._database.reading() as db:
                kinds = JobQueue(db, self._clock).waiting(self._handlers)
            claimed = sum(self._run_one(kind) for kind in kinds if not self._stopping.is_set())
            count += claimed
            if not claimed:
                break
        return count

    def _loop(self) -> None:
        while not self._stopping.is_set():
            pause = POLL_SECONDS
            try:
                self.run_due()
            except Exception as fault:  # noqa: BLE001  the loop outlives whatever the database does
                _log.warning("jobs: %s", describe(fault).code)
                pause = _AFTER_FAULT_SECONDS
            self._bell.wait(pause)
            if not self._stopping.is_set():
                self._bell.clear()

    def _put_slots(self) -> None:
        now = self._clock.now()
        due = [(each, each.slot(now)) for each in self._periodic if self._put.get(each.kind) != each.slot(now)]
        if not due:
            return
        with self._database.writing() as db:
            for each, slot in due:
                JobQueue(db, self._clock).put(each.kind, slot.isoformat(), each.payload, slot)
        self._put.update({each.kind: slot for each, slot in due})

    def _run_one(self, kind: str) -> int:
        handler = self._handlers[kind]
        with self._database.writing() as db:
            group = JobQueue(db, self._clock).claim(kind, handler.lease, handler.most)
        if group is None:
            return 0
        half = handler.lease.total_seconds() / 2
        self._running[group.holder] = group, handler.lease, time.monotonic() + half
        try:
            handler.run(group)
        except ClaimLost as lost:
            _log.warning("jobs: %s", lost)
        except Exception as fault:  # noqa: BLE001  whatever it is, the job is tried again or parked
            told = describe(fault)
            _log.warning(
                "jobs: %s of %d failed: %s", kind, len(group.jobs), told.code, exc_info=told.code == "internal"
            )
            self._fail(group, f"{told.code}: {told.message}")
        else:
            with self._database.reading() as db:
                left = JobQueue(db, self._clock).unfinished(group)
            if left:
                self._fail(group.only(*left), "job-unfinished: the handler returned without finishing it")
        finally:
            with self._guard:
                del self._running[group.holder]
        return len(group.jobs)

    def _fail(self, group: Group, error: str) -> None:
        with self._database.writing() as db:
            JobQueue(db, self._clock).fail(group, error)

    def _keep_leases(self) -> None:
        while not self._stopping.wait(0.05):
            now = time.monotonic()
            for holder, (group, lease, renew_at) in list(self._running.items()):
                if now < renew_at:
                    continue
                try:
                    with self._database.writing() as db:
                        JobQueue(db, self._clock).renew(group, lease)
                except Exception as fault:  # noqa: BLE001  the handler will meet it when it finishes
                    _log.warning("jobs: lease of %s not renewed: %s", group.kind, describe(fault).code)
                with self._guard:  # the group may have ended meanwhile
                    if holder in self._running:
                        self._running[holder] = group, lease, now + lease.total_seconds() / 2
