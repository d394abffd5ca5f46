"""Append to the journal inside the caller's own transaction, and read what was appended.

An entry enters without a number, so that writers never wait for one another; the sequencer numbers it a moment
later. When it cannot be inserted the transaction fails and nothing has happened.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from trust.audit.entry import Entry
from trust.audit.tables import journal_entries as t
from trust.clock import Clock

_INSERT = insert(t).inline()  # its id is asked by nobody
_COLUMNS = (t.c.nonce, t.c.at, t.c.event, t.c.subject, t.c.by, t.c.facts)
_ABOUT = select(t.c.leaf_index, *_COLUMNS).order_by(t.c.id)


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing to record, for callers that record many at once."""

    event: str
    subject: str
    by: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal as one unit of work sees it."""

    db: Connection
    clock: Clock
    key: bytes = field(repr=False)  # HMAC-SM3; whoever has only the database cannot write an entry that verifies

    def append(self, event: str, subject: str, by: str, facts: Mapping[str, str] | None = None) -> None:
        """Record what happens in this transaction.

        Args:
            event: a name such as ``certificate-issued``.
            subject: the identifier of what it happened to.
            by: the principal; of a command ``operator os:<user>``.
            facts: further identifiers and digests; no personal values.

        Raises:
            EntryMalformed: a name that is not one.
        """
        self.db.execute(_INSERT, self._row(Happening(event, subject, by, facts or {}), self.clock.now()))

    def append_all(self, happenings: Iterable[Happening]) -> None:
        """Record a group in one statement, in its order."""
        at = self.clock.now()
        rows = [self._row(happening, at) for happening in happenings]
        if rows:
            self.db.execute(_INSERT, rows)

    def about(self, subject: str) -> Iterator[tuple[int | None, Entry]]:
        """Walk the entries of one subject, oldest first, with their numbers where they have one."""
        for row in self.db.execute(_ABOUT.where(t.c.subject == subject)):
            yield row.leaf_index, entry_of(row)

    def _row(self, what: Happening, at: datetime) -> dict[str, Any]:
        entry = Entry.of(secrets.token_hex(16), at, what.event, what.subject, what.by, what.facts)
        return {
            "nonce": entry.nonce,
            "at": entry.at,
            "event": entry.event,
            "subject": entry.subject,
            "by": entry.by,
            "facts": entry.facts,
            "mac": entry.mac(self.key),
        }


def entry_of(row: Any) -> Entry:
    """Return the entry that a row with an entry's columns holds."""
    return Entry(row.nonce, row.at, row.event, row.subject, row.by, row.facts)
