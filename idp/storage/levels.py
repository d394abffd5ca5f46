"""The repository of the table of levels; what was parsed once is kept, so that asking costs one small read."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Final

from sqlalchemy import Connection, bindparam, exc, insert, or_, select, update

from idp.errors import LevelsChanged
from idp.model.equivalence import Equivalence
from idp.model.ladder import Ladder
from idp.model.ladder_data import LadderData, packaged
from idp.storage.tables_levels import equivalences as e
from idp.storage.tables_levels import versions as t
from trust.values.assurance import Rank

KEPT: Final = 8  # versions parsed; a process uses one, and the next one while it changes

_NEWEST = select(t.c.version, t.c.digest).order_by(t.c.version.desc()).limit(1)
_TEXT = select(t.c.text).where(t.c.version == bindparam("of_version"))
_HISTORY = select(t.c.version, t.c.basis, t.c.changed_by, t.c.since).order_by(t.c.version)
_EQUIVALENCES = select(e).order_by(e.c.scheme, e.c.level, e.c.since, e.c.id)
_END = update(e).where(
    e.c.scheme == bindparam("of_scheme"),
    e.c.level == bindparam("of_level"),
    or_(e.c.until.is_(None), e.c.until > bindparam("at")),
)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the table of levels: its number, and who set it, when, by which document."""

    version: int
    basis: str
    by: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Levels:
    """The table of levels as one transaction sees it."""

    db: Connection

    def ladder(self) -> Ladder:
        """Return the newest version, ready to be asked."""
        row = self.db.execute(_NEWEST).first()
        if row is None:
            return _packaged()
        found = _kept.get(row.digest)
        if found is None:
            text = self.db.execute(_TEXT, {"of_version": row.version}).scalar_one()
            found = _kept.put(row.digest, Ladder(_parsed(text), self.equivalences()))
        return found

    def version(self) -> int:
        """Return the number of the newest version."""
        row = self.db.execute(_NEWEST).first()
        return 1 if row is None else int(row.version)

    def text(self) -> str:
        """Return the newest table as it was written."""
        row = self.db.execute(_NEWEST).first()
        return packaged() if row is None else str(self.db.execute(_TEXT, {"of_version": row.version}).scalar_one())

    def history(self) -> Sequence[Version]:
        """Return who changed the table or an equivalence, oldest first; the packaged version has no row."""
        return [Version(row.version, row.basis, row.changed_by, row.since) for row in self.db.execute(_HISTORY)]

    def equivalences(self) -> tuple[Equivalence, ...]:
        """Return what foreign levels are, were and will be worth."""
        return tuple(
            Equivalence(row.scheme, row.level, Rank(row.rank), row.basis, row.since, row.until, row.treaty)
            for row in self.db.execute(_EQUIVALENCES)
        )

    def add(self, text: str, basis: str, by: str, at: datetime) -> int:
        """Add the next version, which counts at once, and return its number.

        Raises:
            LevelsChanged: somebody else added one at the same moment.
        """
        number = self.version() + 1
        told = repr((text, self.equivalences())).encode()
        row = {
            "version": number,
            "digest": hashlib.sha256(told).hexdigest(),
            "text": text,
            "basis": basis,
            "changed_by": by,
            "since": at,
        }
        try:
            self.db.execute(insert(t), row)
        except exc.IntegrityError as error:
            raise LevelsChanged(f"somebody else made version {number} of the levels") from error
        return number

    def equate(self, row: Equivalence, by: str) -> None:
        """Record what a foreign level is worth from an instant on; what it was worth before ends there."""
        self.end(row.scheme, row.level, row.since)
        values = {
            "id": secrets.token_hex(16),
            "scheme": row.scheme,
            "level": row.level,
            "rank": row.rank.value,
            "treaty": row.treaty,
            "basis": row.basis,
            "changed_by": by,
            "since": row.since,
            "until": row.until,
        }
        self.db.execute(insert(e), values)

    def end(self, scheme: str, level: str, at: datetime) -> int:
        """End what a foreign level is worth; returns how many rows that changed."""
        told = {"of_scheme": scheme, "of_level": level, "at": at}
        return self.db.execute(_END.values(until=at), told).rowcount


class _Kept:
    """The ladders of the digests met last."""

    def __init__(self) -> None:
        self._ladders: dict[str, Ladder] = {}

    def get(self, digest: str) -> Ladder | None:
        return self._ladders.get(digest)

    def put(self, digest: str, ladder: Ladder) -> Ladder:
        # Replaced as a whole, so that threads that read meanwhile need no lock.
        self._ladders = {**dict(list(self._ladders.items())[1 - KEPT :]), digest: ladder}
        return ladder


_kept = _Kept()


@lru_cache(maxsize=KEPT)
def _parsed(text: str) -> LadderData:
    return LadderData.parse(text)


@cache
def _packaged() -> Ladder:
    return Ladder(_parsed(packaged()))
