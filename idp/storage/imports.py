"""Users of older systems as one transaction sees them: taken in by groups, claimed one by one and once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from idp.model.imported import ImportedRow, ImportedUser, ImportState
from idp.storage.persons import Vault
from idp.storage.tables import identifiers as i
from idp.storage.tables_ties import import_runs as r
from idp.storage.tables_ties import imported as t
from trust.keys.fields import Cell
from trust.storage.upsert import insert_for
from trust.values.assurance import Rank

MAX_OF_A_NAME: Final = 5  # several older systems may have the same login name
_BY_NAME = (
    select(t)
    .where(
        t.c.name_ix.in_(bindparam("indexes", expanding=True)),
        t.c.state.in_((ImportState.IMPORTED.value, ImportState.CONFLICT.value)),
    )
    .order_by(t.c.at, t.c.source)
    .limit(MAX_OF_A_NAME)
)
_GET = select(t).where(t.c.source == bindparam("of_source"), t.c.old == bindparam("of_old"))
_MOVE = (
    update(t)
    .where(t.c.source == bindparam("of_source"), t.c.old == bindparam("of_old"), t.c.state == bindparam("from_state"))
    .values(state=bindparam("to_state"), account=bindparam("whose"), claimed_at=bindparam("now"))
)
_NUMBERED = select(t).where(
    t.c.state == ImportState.IMPORTED.value, t.c.number_ix.in_(bindparam("indexes", expanding=True))
)
_DIGESTED = select(t).where(
    t.c.state == ImportState.IMPORTED.value,
    t.c.source == bindparam("of_source"),
    t.c.number_digest == bindparam("of_digest"),
)
_OWNERS = select(i.c.ix, i.c.account).where(i.c.kind == "number", i.c.ix.in_(bindparam("indexes", expanding=True)))
_RUN = select(r).where(r.c.source == bindparam("of_source"), r.c.file == bindparam("of_file"))
_PROGRESS = (
    update(r)
    .where(r.c.id == bindparam("of_id"))
    .values(rows=bindparam("new_rows"), faults=bindparam("new_faults"), finished_at=bindparam("new_finished"))
)


@dataclass(frozen=True, slots=True)
class Run:
    """One import of one file, and how far it has come."""

    id: str
    rows: int
    faults: int
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class ImportedUsers:
    """Who is to come over."""

    db: Connection
    vault: Vault

    def add_all(
        self, source: str, run: str, rows: Sequence[tuple[ImportedRow, Rank, str | None]], at: datetime
    ) -> frozenset[str]:
        """Record a group in one statement; returns the old ids that were new.

        Each row comes with the rank of its level and, when its number is somebody's already, with whose.
        """
        told = [self._row(source, run, *one, at) for one in rows]
        names = {one["old"]: row.old_id for one, (row, _, _) in zip(told, rows, strict=True)}
        statement = insert_for(self.db, t).on_conflict_do_nothing(index_elements=[t.c.source, t.c.old])
        return frozenset(names[bytes(row.old)] for row in self.db.execute(statement.returning(t.c.old), told))

    def owners(self, numbers: Sequence[str]) -> dict[str, str]:
        """Return which of these numbers are an account's, and whose."""
        indexes = {ix: number for number in numbers for ix in self.vault.look_up("number", number)}
        if not indexes:
            return {}
        rows = self.db.execute(_OWNERS, {"indexes": list(indexes)})
        return {indexes[bytes(row.ix)]: row.account for row in rows}

    def named(self, username: str) -> Sequence[ImportedUser]:
        """Return who had this login name in an older system and has not come over."""
        rows = self.db.execute(_BY_NAME, {"indexes": self.vault.look_up("idp-old-name", username)})
        return [self._user(row) for row in rows]

    def find(self, source: str, old: bytes) -> ImportedUser | None:
        row = self.db.execute(_GET, {"of_source": source, "of_old": old}).first()
        return None if row is None else self._user(row)

    def numbered(self, number: str) -> Sequence[ImportedUser]:
        """Return who has this number and has not come over."""
        rows = self.db.execute(_NUMBERED, {"indexes": self.vault.look_up("number", number)})
        return [self._user(row) for row in rows]

    def digested(self, source: str, digest: bytes) -> Sequence[ImportedUser]:
        """Return whose number has this digest in a source."""
        return [self._user(row) for row in self.db.execute(_DIGESTED, {"of_source": source, "of_digest": digest})]

    def move(self, user: ImportedUser, after: ImportState, account: str | None, at: datetime) -> bool:
        """Take a user from its state to another one; tells whether it was in that state still."""
        told = {
            "of_source": user.source,
            "of_old": user.old,
            "from_state": user.state.value,
            "to_state": after.value,
            "whose": account,
            "now": at,
        }
        return self.db.execute(_MOVE, told).rowcount == 1

    def run(self, name: str, source: str, file: bytes, by: str, at: datetime) -> Run:
        """Return the run of a file, begun now or before."""
        row = {"id": name, "source": source, "file": file, "rows": 0, "faults": 0, "by": by, "at": at}
        self.db.execute(insert_for(self.db, r).on_conflict_do_nothing(), row)
        found = self.db.execute(_RUN, {"of_source": source, "of_file": file}).one()
        return Run(found.id, found.rows, found.faults, found.finished_at)

    def progress(self, run: Run) -> None:
        """Write down how far a run has come."""
        told = {"of_id": run.id, "new_rows": run.rows, "new_faults": run.faults, "new_finished": run.finished_at}
        self.db.execute(_PROGRESS, told)

    def _row(
        self, source: str, run: str, row: ImportedRow, rank: Rank, owner: str | None, at: datetime
    ) -> dict[str, Any]:
        old = self.vault.write_index("idp-old-id", f"{source}\0{row.old_id}")
        digest = bytes.fromhex(row.number_digest) if row.number_digest else None
        return {
            "source": source,
            "old": old,
            "name_ix": self.vault.write_index("idp-old-name", row.username),
            "number_ix": self.vault.write_index("number", row.number) if row.number else None,
            "number_digest": digest,
            "phone_ix": self.vault.write_index("phone", row.phone) if row.phone else None,
            "cell": self.vault.cipher.encrypt(_cell(source, old), row.encode()),
            "state": (ImportState.IMPORTED if owner is None else ImportState.CONFLICT).value,
            "rank": rank.value,
            "account": owner,
            "run": run,
            "at": at,
            "claimed_at": None,
        }

    def _user(self, row: Any) -> ImportedUser:
        old = bytes(row.old)
        told = ImportedRow.decode(self.vault.cipher.decrypt(_cell(row.source, old), bytes(row.cell)))
        return ImportedUser(row.source, old, told, ImportState(row.state), Rank(row.rank), row.account, row.at)


def _cell(source: str, old: bytes) -> Cell:
    return Cell("idp_imported", "cell", f"{source}:{old.hex()}")
