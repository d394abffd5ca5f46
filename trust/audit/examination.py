"""Walk the whole journal and compare what is there with what was written: entries, codes, tree and signed heads.

Three things have to agree: the code of each entry, which needs a secret of the key ring; the tree, whose tiles lie
in the database; and the signed heads, of which the newest lies outside of it. Whoever holds the database alone can
forge the tree, but neither the codes nor the heads.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select

from trust.audit.entry import Entry
from trust.audit.heads import HeadKeys
from trust.audit.journal import entry_of
from trust.audit.report import Fault, Flaw, JournalReport
from trust.audit.sequencer import Tree
from trust.audit.tables import journal_entries as t
from trust.audit.tables import journal_tiles
from trust.transparency import merkle, tiles
from trust.transparency.checkpoint import Checkpoint
from trust.transparency.errors import NoteMalformed, NoteUnsigned
from trust.transparency.merkle import HASH_SIZE

MAX_FLAWS: Final = 100
_STEP: Final = 16 * tiles.WIDTH

_COLUMNS = (t.c.id, t.c.leaf_index, t.c.nonce, t.c.at, t.c.event, t.c.subject, t.c.by, t.c.facts, t.c.mac)
_NUMBERED = (
    select(*_COLUMNS)
    .where(t.c.leaf_index >= bindparam("first"), t.c.leaf_index < bindparam("end"))
    .order_by(t.c.leaf_index, t.c.id)
    .limit(bindparam("most"))
)
_WAITING = select(*_COLUMNS).where(t.c.leaf_index.is_(None)).order_by(t.c.id)
_REPEATED = select(func.max(t.c.leaf_index)).group_by(t.c.nonce).having(func.count() > 1).limit(MAX_FLAWS)
_LAST_TILE = (
    select(journal_tiles.c.position, journal_tiles.c.hashes)
    .where(journal_tiles.c.level == 0)
    .order_by(journal_tiles.c.position.desc())
    .limit(1)
)


class _Enough(Exception):
    """As many flaws as anybody will read."""


@dataclass(slots=True)
class Examination:
    """One walk over the journal."""

    db: Connection
    keys: Sequence[bytes] = field(repr=False)  # every generation of the journal's HMAC-SM3 key
    head_keys: HeadKeys
    progress: Callable[[int, int], object] = lambda _done, _all: None
    _flaws: list[Flaw] = field(default_factory=list)
    _edge: dict[tuple[int, int], bytes] = field(default_factory=dict)  # tiles that are still growing

    def __call__(self, notes: Sequence[str]) -> JournalReport:
        """Examine all; ``notes`` are the signed heads that were read before the walk began."""
        size = Tree(self.db).size()
        agreed = waiting = 0
        try:
            heads = self._heads(notes)
            agreed = self._walk(size, heads)
            waiting = self._waiting(size)
            self._repeated()
        except _Enough:
            pass
        return JournalReport(size, waiting, agreed, tuple(self._flaws))

    def _heads(self, notes: Sequence[str]) -> list[Checkpoint]:
        heads = {}
        for note in notes:
            try:
                head = self.head_keys.open(note)
            except (NoteMalformed, NoteUnsigned) as error:
                self._add(0, Fault.UNSIGNED, str(error))
            else:
                heads[head.size, head.root] = head
        return sorted(heads.values(), key=lambda head: head.size)

    def _walk(self, size: int, heads: list[Checkpoint]) -> int:
        """Rebuild the tree from the entries, stopping at each head to compare; returns how many agree."""
        agreed = done = good = 0
        end = max([size, self._tiled_size(), *(head.size for head in heads)])
        for head in [*heads, None]:
            until = size if head is None else min(head.size, size)
            while done < until:
                step = min(until - done, _STEP - done % _STEP)
                self._grow(done, self._leaves(done, done + step))
                done += step
                self.progress(done, size)
            if head is None or head.size > size:
                continue
            if merkle.root(head.size, tiles.nodes(self._read_edge)) == head.root:
                agreed, good = agreed + 1, head.size
            else:
                self._add(good, Fault.HEAD, f"the head of {head.size}; the one of {good} is right")
        for at, tile in self._edge.items():
            self._compare_tile(at, tile, Tree(self.db).read_tile(*at)[: len(tile)])
        if size < end:
            self._add(size, Fault.MISSING, f"{end - size} entries up to {end - 1}")
        return agreed

    def _leaves(self, first: int, end: int) -> list[bytes]:
        """Return the leaf hashes of a range of entries, judging each entry on the way."""
        leaves: list[bytes] = []
        tree = Tree(self.db)
        for row in self._rows(first, end):
            expected = first + len(leaves)
            if row.leaf_index < expected:
                self._add(row.leaf_index, Fault.ALTERED, "two entries of one index")
                continue
            while expected < row.leaf_index:
                leaves.append(self._missing(tree, expected))
                expected += 1
            entry = entry_of(row)
            leaves.append(merkle.leaf_hash(entry.encode()))
            if not any(entry.numbered_mac(key, expected) == row.mac for key in self.keys):
                self._add(expected, Fault.ALTERED, entry.event)
        while first + len(leaves) < end:
            leaves.append(self._missing(tree, first + len(leaves)))
        return leaves

    def _rows(self, first: int, end: int) -> Iterator[Any]:
        # One row more than indexes, so that two entries of one index do not push the last one out of sight.
        return iter(self.db.execute(_NUMBERED, {"first": first, "end": end, "most": end - first + MAX_FLAWS}).all())

    def _missing(self, tree: Tree, index: int) -> bytes:
        """Note the gap, and take the hash from the tile, so that the walk goes on with the right tree."""
        self._add(index, Fault.MISSING)
        offset = index % tiles.WIDTH * HASH_SIZE
        return tree.read_tile(0, index // tiles.WIDTH)[offset : offset + HASH_SIZE].ljust(HASH_SIZE, b"\0")

    def _grow(self, size: int, leaves: list[bytes]) -> None:
        for at, tile in tiles.append(size, leaves, self._read_edge).items():
            if len(tile) == tiles.TILE_BYTES:
                self._compare_tile(at, tile, Tree(self.db).read_tile(*at))
                self._edge.pop(at, None)
            else:
                self._edge[at] = tile

    def _read_edge(self, level: int, position: int) -> bytes:
        return self._edge[level, position]

    def _compare_tile(self, at: tuple[int, int], right: bytes, stored: bytes) -> None:
        if stored == right:
            return
        level, position = at
        pairs = zip(tiles.split(right), [*tiles.split(stored), *[b""] * tiles.WIDTH], strict=False)
        differing = next(number for number, (one, other) in enumerate(pairs) if one != other)
        index = (position * tiles.WIDTH + differing) << (tiles.HEIGHT * level)
        beneath = range(index, index + (1 << tiles.HEIGHT * level))
        if not any(flaw.index in beneath for flaw in self._flaws):  # otherwise it only follows from that one
            self._add(index, Fault.TILE, f"tile {level}/{position}")

    def _tiled_size(self) -> int:
        last = self.db.execute(_LAST_TILE).first()
        return 0 if last is None else last.position * tiles.WIDTH + len(last.hashes) // HASH_SIZE

    def _waiting(self, size: int) -> int:
        count = 0
        for row in self.db.execute(_WAITING):
            entry: Entry = entry_of(row)
            if not any(entry.mac(key) == row.mac for key in self.keys):
                self._add(size + count, Fault.ALTERED, f"{entry.event}, not numbered yet")
            count += 1
        return count

    def _repeated(self) -> None:
        for index in self.db.execute(_REPEATED).scalars():
            self._add(index or 0, Fault.REPEATED)

    def _add(self, index: int, fault: Fault, detail: str = "") -> None:
        self._flaws.append(Flaw(index, fault, detail))
        if len(self._flaws) >= MAX_FLAWS:
            raise _Enough
