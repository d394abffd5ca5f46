"""Single statements, each a transaction of its own, at a third to a fifth of the processor time of one that may hold more.

What every request of a platform asks is one indexed look-up or one new row. For that a pooled connection that is asked
whether it lives, told to begin, and told to commit is three trips too many; here a thread keeps a connection, and what a
statement compiles to is remembered with the statement.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Final, Self

import psycopg
from sqlalchemy import Dialect, Executable, Select, event
from sqlalchemy.engine import Engine
from sqlalchemy.sql.compiler import SQLCompiler

from trust.storage.database import Database
from trust.storage.errors import StorageUnavailable

MAX_PREPARED: Final = 500  # those of modules are few; a statement that is built anew at each call would pile up
BELIEVED_SECONDS: Final = 1.0  # after its last use a connection may have died with its server, and is asked first
_LOST: Final = (sqlite3.OperationalError, psycopg.OperationalError, psycopg.InterfaceError)

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a statement brought, in the ways repositories ask for it."""

    rows: Sequence[Mapping[str, Any]]
    rowcount: int

    def mappings(self) -> "Mapped":
        return Mapped(self.rows)

    def first(self) -> SimpleNamespace | None:
        return SimpleNamespace(**self.rows[0]) if self.rows else None

    def scalar(self) -> Any:
        return next(iter(self.rows[0].values())) if self.rows else None


@dataclass(frozen=True, slots=True)
class Mapped:
    """The same rows, as mappings by column."""

    rows: Sequence[Mapping[str, Any]]

    def first(self) -> Mapping[str, Any] | None:
        return self.rows[0] if self.rows else None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement in the words of one database, with what its values go through on their way in and out."""

    text: str
    positions: Sequence[str] | None  # names of the parameters in order, where the driver counts them
    fixed: Mapping[str, Any]  # values that stand in the statement itself
    inwards: Mapping[str, Convert]
    outwards: Sequence[tuple[str, Convert | None]]
    reads: bool

    @classmethod
    def of(cls, statement: Executable, dialect: Dialect, names: Sequence[str]) -> Self:
        reads = isinstance(statement, Select)
        compiled: Any = statement.compile(dialect=dialect, column_keys=None if reads else list(names))  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)
        inwards = {
            name: convert
            for name, bound in compiled.binds.items()
            if (convert := bound.type.dialect_impl(dialect).bind_processor(dialect)) is not None
        }
        fixed = {name: bound.effective_value for name, bound in compiled.binds.items() if not bound.required}
        columns = statement.selected_columns if isinstance(statement, Select) else ()
        outwards = [
            (column.key or "", column.type.dialect_impl(dialect).result_processor(dialect, None)) for column in columns
        ]
        return cls(str(compiled), compiled.positiontup, fixed, inwards, outwards, reads)

    def bind(self, values: Mapping[str, Any]) -> Any:
        """Return the parameters as the driver takes them."""
        given = {**self.fixed, **values} if self.fixed else values
        said = {name: self.inwards[name](value) if name in self.inwards else value for name, value in given.items()}
        return said if self.positions is None else [said[name] for name in self.positions]

    def read(self, row: Sequence[Any]) -> dict[str, Any]:
        return {
            name: value if convert is None else convert(value)
            for (name, convert), value in zip(self.outwards, row, strict=True)
        }


@dataclass(slots=True)
class _Kept:
    """The connection of one thread."""

    connection: Any
    used: float


@dataclass(frozen=True, slots=True)
class Statements:
    """Stands where a repository expects a connection, for calls that execute one statement; share it among threads."""

    engine: Engine
    turn: Any  # SQLite: writers of this process queue up here
    _prepared: dict[Executable, Prepared] = field(default_factory=dict, repr=False)
    _local: threading.local = field(default_factory=threading.local, repr=False)
    _all: list[Any] = field(default_factory=list, repr=False)

    @classmethod
    def of(cls, database: Database) -> Self:
        """Return statements on a database, whose connections end when the database is closed."""
        made = cls(database.engine, database.turn)
        event.listen(database.engine, "engine_disposed", lambda _: made.close())
        return made

    def execute(self, statement: Executable, values: Mapping[str, Any]) -> Answer:
        """Run a statement; a lost connection is replaced, and what only reads is then asked again.

        Raises:
            StorageUnavailable: no connection, no space, or no lock in time.
        """
        prepared = self._prepared.get(statement)
        if prepared is None:
            if len(self._prepared) >= MAX_PREPARED:
                self._prepared.clear()
            prepared = self._prepared[statement] = Prepared.of(statement, self.engine.dialect, list(values))
        bound = prepared.bind(values)
        try:
            return self._run(prepared, bound)
        except _LOST as error:
            self._forget()
            if not prepared.reads or isinstance(error, sqlite3.OperationalError):
                raise StorageUnavailable("the database is not available now") from error
        try:
            return self._run(prepared, bound)
        except _LOST as error:
            self._forget()
            raise StorageUnavailable("the database is not available now") from error

    def close(self) -> None:
        """End the connections of all threads."""
        while self._all:
            self._all.pop().close()

    def _run(self, prepared: Prepared, bound: Any) -> Answer:
        connection = self._connection()
        if prepared.reads or self.turn is None:
            cursor = connection.execute(prepared.text, bound)
        else:
            with self.turn:
                cursor = connection.execute(prepared.text, bound)
        rows = [prepared.read(row) for row in cursor.fetchall()] if prepared.reads else ()
        return Answer(rows, cursor.rowcount)

    def _connection(self) -> Any:
        kept: _Kept | None = getattr(self._local, "kept", None)
        now = time.monotonic()
        if kept is None:
            kept = self._local.kept = _Kept(self._connect(), now)
        elif self.turn is None and now - kept.used > BELIEVED_SECONDS and not _lives(kept.connection):
            self._forget()
            kept = self._local.kept = _Kept(self._connect(), now)
        kept.used = now
        return kept.connection

    def _connect(self) -> Any:
        """Take a connection out of the pool for good, prepared as all of the database's are."""
        pooled = self.engine.raw_connection()
        connection: Any = pooled.dbapi_connection
        pooled.detach()
        if self.turn is None:
            connection.autocommit = True
        self._all.append(connection)
        return connection

    def _forget(self) -> None:
        kept: _Kept | None = getattr(self._local, "kept", None)
        if kept is not None:
            self._local.kept = None
            if kept.connection in self._all:
                self._all.remove(kept.connection)
            kept.connection.close()


def _lives(connection: Any) -> bool:
    try:
        connection.execute("SELECT 1")
    except _LOST:
        return False
    return True
