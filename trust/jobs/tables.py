"""Rows of background work: due, claimed under a lease, done or parked."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text, UniqueConstraint, text

from trust.storage.tables import UtcDateTime, metadata

jobs = Table(
    "trust_job",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("kind", String(100), nullable=False),
    Column("key", String(200), nullable=False),  # what makes it one and the same work, however often it is put
    Column("payload", Text, nullable=False),  # JSON; identifiers, no personal values
    Column("due_at", UtcDateTime, nullable=False),  # of a claimed job: the end of its lease
    Column("holder", String(32)),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", Text),  # of the last attempt that failed
    Column("parked_at", UtcDateTime),  # given up, until an operator releases it
    Column("done_at", UtcDateTime),
    UniqueConstraint("kind", "key"),
)
_WAITING = text("done_at IS NULL AND parked_at IS NULL")
Index(
    "ix_trust_job_waiting",
    jobs.c.kind,
    jobs.c.due_at,
    jobs.c.id,
    sqlite_where=_WAITING,
    postgresql_where=_WAITING,
)
Index("ix_trust_job_done_at", jobs.c.done_at)
