"""One transaction and everything that may be changed in it: what it names is committed together or not at all."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from trust.audit.journal import Journal
from trust.clock import Clock
from trust.jobs.queue import JobQueue
from trust.storage.database import Database
from trust.storage.registry import RegistryDrafts


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """An open transaction; packages put their own repositories over ``db``."""

    db: Connection
    journal: Journal
    jobs: JobQueue
    registry: RegistryDrafts


NewWork = Callable[[], AbstractContextManager[UnitOfWork]]
"""Each call opens one transaction; a clean exit commits it, an exception rolls it back.

Never open one inside another on the same thread: on SQLite the inner one waits for the outer until it gives up.
"""


def units_of_work(database: Database, clock: Clock, journal_key: bytes) -> NewWork:
    """Return what opens units of work on this database.

    Args:
        database: where.
        clock: what stamps journal entries and jobs.
        journal_key: the secret ``journal-mac`` of the key ring.
    """

    @contextmanager
    def new_work() -> Iterator[UnitOfWork]:
        with database.writing() as db:
            yield UnitOfWork(db, Journal(db, clock, journal_key), JobQueue(db, clock), RegistryDrafts(db, clock))

    return new_work
