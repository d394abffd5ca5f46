"""Hand out one journal entry with the proof that the signed head covers it."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from trust.audit.heads import HeadKeys, Heads
from trust.audit.journal import entry_of
from trust.audit.sequencer import Tree
from trust.audit.tables import journal_entries as t
from trust.errors import Kind, TrustError
from trust.storage.database import Database
from trust.transparency import merkle, tiles
from trust.transparency.proof import LogProof

_ENTRY = select(t.c.nonce, t.c.at, t.c.event, t.c.subject, t.c.by, t.c.facts).where(
    t.c.leaf_index == bindparam("index")
)


class EntryNotCovered(TrustError):
    """No signed head covers an entry of this index yet."""

    kind, code = Kind.NOT_FOUND, "journal-entry-not-covered"


@dataclass(frozen=True, slots=True)
class ProveEntry:
    """Find an entry, and lead from it to the newest head in the database."""

    database: Database
    head_keys: HeadKeys

    def __call__(self, index: int) -> tuple[bytes, LogProof]:
        """Return the entry's canonical bytes and a proof that verifies without us.

        Raises:
            EntryNotCovered: no such entry, or no head has been signed since.
        """
        with self.database.reading() as db:
            note = Heads(db).newest()
            row = db.execute(_ENTRY, {"index": index}).first()
            if note is None or row is None or index >= (size := self.head_keys.open(note).size):
                raise EntryNotCovered(f"no signed head covers entry {index}")
            path = merkle.inclusion_path(index, size, tiles.nodes(Tree(db).read_tile))
            return entry_of(row).encode(), LogProof(index, tuple(path), note)
