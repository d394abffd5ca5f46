"""Give entries their numbers and grow the Merkle tree: one sequencer at a time, everything of a step in one transaction.

PostgreSQL: an advisory lock of the transaction keeps a second sequencer out, which then simply finds nothing to do.
SQLite: the write lock does. Entries are taken where they have no number, not "after the last one", because an id
may commit late. A crash anywhere leaves the step undone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, bindparam, func, select, text, update

from trust.audit.journal import entry_of
from trust.audit.tables import journal_entries as t
from trust.audit.tables import journal_tiles as tiles_table
from trust.storage.upsert import insert_for
from trust.transparency import merkle, tiles

MOST: Final = 1_000
_LOCK: Final = 0x74727573_6A6F7572  # "trusjour"

_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(:key)").bindparams(bindparam("key", type_=BigInteger))
_COLUMNS = (t.c.id, t.c.nonce, t.c.at, t.c.event, t.c.subject, t.c.by, t.c.facts, t.c.mac)
_PENDING = select(*_COLUMNS).where(t.c.leaf_index.is_(None)).order_by(t.c.id).limit(bindparam("most"))
_ANY_PENDING = select(t.c.id).where(t.c.leaf_index.is_(None)).limit(1)
_SIZE = select(func.max(t.c.leaf_index))
_NUMBER = (
    update(t)
    .where(t.c.id == bindparam("of_id"), t.c.leaf_index.is_(None))
    .values(leaf_index=bindparam("number"), mac=bindparam("sealed"))
)
_TILE = select(tiles_table.c.hashes).where(
    tiles_table.c.level == bindparam("level"), tiles_table.c.position == bindparam("position")
)


@dataclass(frozen=True, slots=True)
class Tree:
    """The journal's tree as one transaction sees it."""

    db: Connection

    def size(self) -> int:
        """Return how many entries have a number."""
        last = self.db.execute(_SIZE).scalar()
        return 0 if last is None else int(last) + 1

    def read_tile(self, level: int, position: int) -> bytes:
        """Return the hashes of a tile, none where there is no tile."""
        return self.db.execute(_TILE, {"level": level, "position": position}).scalar() or b""

    def root(self, size: int) -> bytes:
        """Return the root over the first entries, from the tiles.

        Raises:
            ValueError: the tiles do not reach so far.
        """
        return merkle.root(size, tiles.nodes(self.read_tile))

    def has_pending(self) -> bool:
        """Tell whether entries wait for a number; a glance without a lock."""
        return self.db.execute(_ANY_PENDING).first() is not None


@dataclass(frozen=True, slots=True)
class Sequencer:
    """Numbers entries in one transaction."""

    db: Connection
    keys: Sequence[bytes] = field(repr=False)  # the journal's HMAC-SM3 key in every generation, newest first

    def number(self, most: int = MOST) -> int:
        """Number waiting entries in the order they came and put them into the tree; returns how many.

        An entry that our service did not write gets its number too, and keeps a code that does not fit it:
        leaving it out would hide it, `verify-journal` names it.
        """
        if self.db.dialect.name != "sqlite" and not self.db.execute(_TRY_LOCK, {"key": _LOCK}).scalar():
            return 0
        rows = self.db.execute(_PENDING, {"most": most}).all()
        if not rows:
            return 0
        tree = Tree(self.db)
        size = tree.size()
        leaves = []
        numbered: list[dict[str, Any]] = []
        for index, row in enumerate(rows, size):
            entry = entry_of(row)
            leaves.append(merkle.leaf_hash(entry.encode()))
            ours = any(entry.mac(key) == row.mac for key in self.keys)
            sealed = entry.numbered_mac(self.keys[0], index) if ours else row.mac
            numbered.append({"of_id": row.id, "number": index, "sealed": sealed})
        self.db.execute(_NUMBER, numbered)
        self._write_tiles(tree, size, leaves)
        return len(rows)

    def _write_tiles(self, tree: Tree, size: int, leaves: list[bytes]) -> None:
        changed = tiles.append(size, leaves, tree.read_tile)
        statement = insert_for(self.db, tiles_table)
        self.db.execute(
            statement.on_conflict_do_update(
                index_elements=[tiles_table.c.level, tiles_table.c.position],
                set_={"hashes": statement.excluded.hashes},
            ),
            [{"level": at[0], "position": at[1], "hashes": hashes} for at, hashes in changed.items()],
        )
