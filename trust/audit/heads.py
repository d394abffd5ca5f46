"""The journal's signed heads: one of each hour in the database, the newest also in a file outside of it.

Whoever can rewrite the whole database still meets the file; copy it to a write-once place or to neighbours.
"""

import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, delete, select

from certs.keys import PublicKey
from trust.audit.tables import journal_heads as t
from trust.storage.upsert import insert_for
from trust.transparency.checkpoint import Checkpoint, open_checkpoint

_ALL = select(t.c.note).order_by(t.c.size)


@dataclass(frozen=True, slots=True)
class HeadFile:
    """The newest signed head, replaced as a whole."""

    path: Path

    def read(self) -> str | None:
        """Return the note, or None where no head was ever signed."""
        try:
            return self.path.read_text("utf-8")
        except FileNotFoundError:
            return None

    def write(self, note: str) -> None:
        """Replace the note, durably."""
        temporary = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("x", encoding="utf-8") as file:
                file.write(note)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@dataclass(frozen=True, slots=True)
class Heads:
    """The heads in the database."""

    db: Connection

    def save(self, head: Checkpoint, note: str, at: datetime) -> None:
        """Keep a signed head in the place of earlier ones of its hour; one of the same size stays."""
        hour = at.replace(minute=0, second=0, microsecond=0)
        self.db.execute(delete(t).where(t.c.at >= hour, t.c.size < head.size))
        statement = insert_for(self.db, t).on_conflict_do_nothing(index_elements=[t.c.size])
        self.db.execute(statement, {"size": head.size, "at": at, "note": note})

    def newest(self) -> str | None:
        """Return the note of the largest head."""
        return self.db.execute(select(t.c.note).order_by(t.c.size.desc()).limit(1)).scalar()

    def notes(self) -> Sequence[str]:
        """Return all notes, smallest head first."""
        return self.db.execute(_ALL).scalars().all()


@dataclass(frozen=True, slots=True)
class HeadKeys:
    """Which log a head must be of, and the keys that may have signed it, newest last."""

    origin: str
    keys: tuple[PublicKey, ...]

    def open(self, note: str) -> Checkpoint:
        """Return the checkpoint of a note; raises NoteMalformed or NoteUnsigned."""
        return open_checkpoint(note, self.origin, self.keys)
