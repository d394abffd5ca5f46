"""A relational database, SQLite or PostgreSQL, opened so that nothing acknowledged is lost.

SQLite runs in WAL mode with full synchronisation. A transaction that may write takes the write lock when it begins:
one that reads first and writes later could not wait for the lock, it would fail at once. Readers begin plainly and
never wait. PostgreSQL runs without server-side prepared statements and session state, so that a pooler in
transaction mode may stand between.
"""

import logging
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, exc, make_url
from sqlalchemy.engine import URL
from sqlalchemy.pool import ConnectionPoolEntry

from trust.storage.errors import StorageUnavailable, StorageUnsupported

POOL_SIZE = 40  # the server's thread limit: a thread never waits for a connection
BUSY_MILLISECONDS = 10_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Database:
    """An opened database; share one among all threads of a process."""

    engine: Engine
    readers: Engine  # the same pool; its transactions take no write lock
    turn: "threading.Lock | None" = field(default=None, repr=False)  # SQLite: writers of this process queue up here

    @classmethod
    def open(cls, url: str | URL) -> Self:
        """Open ``sqlite:///path`` or ``postgresql://...``; connections are made when first needed.

        Raises:
            StorageUnsupported: another kind of database, or SQLite in memory.
        """
        try:
            address = make_url(url)
        except exc.ArgumentError as error:
            raise StorageUnsupported("the database address is not a URL") from error
        match address.get_backend_name():
            case "sqlite":
                return cls._open_sqlite(address)
            case "postgresql":
                return cls._open_postgresql(address.set(drivername="postgresql+psycopg"))
            case other:
                raise StorageUnsupported(f"{other} is neither sqlite nor postgresql")

    @classmethod
    def _open_sqlite(cls, address: URL) -> Self:
        if not address.database or address.database == ":memory:":
            raise StorageUnsupported("a SQLite database needs a file on a local disk")
        path = Path(address.database)
        path.parent.mkdir(parents=True, exist_ok=True)
        _create_private(path)
        engine = create_engine(address, pool_size=POOL_SIZE, max_overflow=0)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        # SQLite lets waiting writers poll with growing pauses, which starves some for seconds; a lock wakes the next.
        return cls(engine, engine.execution_options(reading=True), threading.Lock())

    @classmethod
    def _open_postgresql(cls, address: URL) -> Self:
        engine = create_engine(
            address,
            pool_size=POOL_SIZE,
            max_overflow=0,
            pool_pre_ping=True,  # a connection that died with its server is replaced before it is used
            connect_args={"prepare_threshold": None, "connect_timeout": 10},
        )
        return cls(engine, engine.execution_options(postgresql_readonly=True))

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that may write; a clean exit commits it, anything else rolls it back.

        Raises:
            StorageUnavailable: no connection, no space, or no lock in time.
        """
        with _translated(), self._turn(), self.engine.begin() as db:
            yield db

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that only reads and makes no writer wait.

        Raises:
            StorageUnavailable: no connection.
        """
        with _translated(), self.readers.begin() as db:
            yield db

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self.turn is None:
            yield
        elif self.turn.acquire(timeout=BUSY_MILLISECONDS / 1_000):
            try:
                yield
            finally:
                self.turn.release()
        else:
            raise StorageUnavailable("other writers hold the database")

    def close(self) -> None:
        """Give back all idle connections."""
        self.engine.dispose()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError) as error:
        _log.warning("database: %s", type(getattr(error, "orig", error)).__name__)
        raise StorageUnavailable("the database is not available now") from error
    except exc.DBAPIError as error:
        damaged = type(error) is exc.DatabaseError  # SQLite: not a database, or its pages are malformed
        if not damaged and not error.connection_invalidated:
            raise
        raise StorageUnavailable("the database is damaged" if damaged else "the connection was lost") from error


def _create_private(path: Path) -> None:
    """Create the file readable by its owner alone; SQLite gives its companions the same mode."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))


def _prepare_sqlite(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins nothing behind our back
    for pragma in (
        f"busy_timeout={BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(db: Connection) -> None:
    options: dict[str, Any] = dict(db.get_execution_options())
    db.exec_driver_sql("BEGIN" if options.get("reading") else "BEGIN IMMEDIATE")
