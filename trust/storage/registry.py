"""Entries of our region's registry: proposed by packages in their own transaction, published by the floor."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, Index, String, Table, Text, bindparam, select, text, update

from trust.clock import Clock
from trust.recognition.registry import Entry
from trust.recognition.registry_json import entry_from_json, entry_to_json
from trust.storage.tables import UtcDateTime, metadata
from trust.storage.upsert import insert_for

drafts = Table(
    "trust_registry_draft",
    metadata,
    Column("entry", String(64), primary_key=True),  # the entry's id, one row for ever
    Column("body", Text, nullable=False),  # the entry in the registry's JSON
    Column("proposed_at", UtcDateTime, nullable=False),
    Column("version", BigInteger),  # that published this body; none while it waits
)
Index(
    "ix_trust_registry_draft_waiting",
    drafts.c.entry,
    sqlite_where=text("version IS NULL"),
    postgresql_where=text("version IS NULL"),
)
versions = Table(
    "trust_registry_version",
    metadata,
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("address", String(64), nullable=False),  # of the signed file in the object store: its SM3
    Column("issued_at", UtcDateTime, nullable=False),
    Column("next_update", UtcDateTime, nullable=False),
)

_BODY = select(drafts.c.body).where(drafts.c.entry == bindparam("of_entry"))
_WAITING = select(drafts.c.body).where(drafts.c.version.is_(None)).order_by(drafts.c.entry)
_PUBLISH = (
    update(drafts)
    .where(drafts.c.entry == bindparam("of_entry"), drafts.c.body == bindparam("as_published"))
    .values(version=bindparam("in_version"))
)


@dataclass(frozen=True, slots=True)
class Version:
    """A published version of our registry."""

    version: int
    address: str
    issued_at: datetime
    next_update: datetime


@dataclass(frozen=True, slots=True)
class RegistryDrafts:
    """The drafts as one unit of work sees them."""

    db: Connection
    clock: Clock

    def propose(self, entry: Entry) -> None:
        """Propose an entry, or a new state of one, for the next version; proposing the same again changes nothing.

        Raises:
            RegistryMalformed: the entry breaks a rule of the format.
        """
        body = entry_to_json(entry).decode()
        statement = insert_for(self.db, drafts).values(entry=entry.id, body=body, proposed_at=self.clock.now())
        self.db.execute(
            statement.on_conflict_do_update(
                index_elements=[drafts.c.entry],
                set_={"body": body, "proposed_at": self.clock.now(), "version": None},
                where=drafts.c.body != body,
            )
        )

    def find(self, entry: str) -> Entry | None:
        """Return the newest state of an entry, published or not."""
        body = self.db.execute(_BODY, {"of_entry": entry}).scalar()
        return None if body is None else entry_from_json(body.encode())

    def waiting(self) -> tuple[Entry, ...]:
        """Return what no version has published yet, in the order of the ids."""
        return tuple(entry_from_json(body.encode()) for body in self.db.execute(_WAITING).scalars())

    def mark_published(self, entries: Iterable[Entry], version: Version) -> None:
        """Record a version that was signed and stored; an entry proposed anew meanwhile goes on waiting."""
        self.db.execute(
            versions.insert(),
            {
                "version": version.version,
                "address": version.address,
                "issued_at": version.issued_at,
                "next_update": version.next_update,
            },
        )
        rows = [
            {"of_entry": entry.id, "as_published": entry_to_json(entry).decode(), "in_version": version.version}
            for entry in entries
        ]
        if rows:
            self.db.execute(_PUBLISH, rows)

    def newest_version(self) -> Version | None:
        """Return the version that was published last."""
        row = self.db.execute(select(versions).order_by(versions.c.version.desc()).limit(1)).first()
        return None if row is None else Version(row.version, row.address, row.issued_at, row.next_update)
