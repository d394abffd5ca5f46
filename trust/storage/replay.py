"""Values that count once: identifiers of proofs and of notices, remembered until they could no longer be accepted."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Index, LargeBinary, String, Table, bindparam, delete, select

from trust.storage.database import Database
from trust.storage.tables import UtcDateTime, metadata
from trust.storage.upsert import insert_for

seen = Table(
    "trust_seen",
    metadata,
    Column("kind", String(40), primary_key=True),
    Column("digest", LargeBinary(32), primary_key=True),  # SHA-256 of the value
    Column("until", UtcDateTime, nullable=False),
)
Index("ix_trust_seen_until", seen.c.until)

t = seen.c
_KNOWN = select(t.until).where(
    t.kind == bindparam("of_kind"), t.digest == bindparam("of_digest"), t.until > bindparam("now")
)
_FORGET = delete(seen).where(t.until <= bindparam("now"))


@dataclass(frozen=True, slots=True)
class Replays:
    """The values as one transaction sees them."""

    db: Connection

    def take(self, kind: str, value: str, until: datetime, at: datetime) -> bool:
        """Return True for the first who brings a value, False for everybody else before `until`."""
        statement = insert_for(self.db, seen).values(kind=kind, digest=_digest(value), until=until)
        again = statement.on_conflict_do_update(
            index_elements=[t.kind, t.digest], set_={"until": until}, where=t.until <= at
        )
        return self.db.execute(again.returning(t.kind)).first() is not None

    def known(self, kind: str, value: str, at: datetime) -> bool:
        """Whether a value was taken and still counts."""
        told = {"of_kind": kind, "of_digest": _digest(value), "now": at}
        return self.db.execute(_KNOWN, told).first() is not None

    def forget(self, at: datetime) -> int:
        """Delete what no longer counts; returns how many went."""
        return self.db.execute(_FORGET, {"now": at}).rowcount


@dataclass(frozen=True, slots=True)
class SeenProofs:
    """The proofs of possession that were used in this home, each in a transaction of its own."""

    database: Database
    kind: str = "dpop"

    def take(self, value: str, until: datetime, at: datetime) -> bool:
        """Return True the first time, False for every repetition before `until`."""
        with self.database.writing() as db:
            return Replays(db).take(self.kind, value, until, at)


def _digest(value: str) -> bytes:
    return hashlib.sha256(value.encode()).digest()
