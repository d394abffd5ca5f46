"""Merges of accounts as one transaction sees them, with all that a reversal has to move back."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Table, bindparam, insert, or_, select, update

from idp.model.mandate import MandateState
from idp.storage.tables import consents, grants, identifiers
from idp.storage.tables_ties import conflicts, imported, links, mandates
from idp.storage.tables_ties import merges as t

_GET = select(t).where(t.c.id == bindparam("of_id"))
_OF = (
    select(t)
    .where(or_(t.c.kept == bindparam("whose"), t.c.gone == bindparam("whose")), t.c.undone_at.is_(None))
    .order_by(t.c.at.desc())
)
_UNDO = (
    update(t)
    .where(t.c.id == bindparam("of_id"), t.c.undone_at.is_(None), t.c.until > bindparam("now"))
    .values(undone_at=bindparam("now"))
)

Moved = Mapping[str, Sequence[str]]  # by table, the rows that went over
_OWNED: Final[Mapping[str, tuple[Table, str, str]]] = {  # table, its key, its column of the account
    "links": (links, "id", "account"),
    "mandates": (mandates, "id", "grantee"),
    "consents": (consents, "id", "account"),
    "grants": (grants, "id", "account"),
    "conflicts": (conflicts, "id", "account"),
}


@dataclass(frozen=True, slots=True)
class Merge:
    """One account went into another one."""

    id: str
    kept: str
    gone: str
    moved: Moved
    at: datetime
    until: datetime
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Merges:
    """Which accounts became one."""

    db: Connection

    def add(self, kept: str, gone: str, by: str, at: datetime, until: datetime) -> Merge:
        """Move what ties people and platforms to the account that goes, and record it.

        What signs somebody in and what was proved stays behind: the account that is kept has its own.
        """
        moved = self._move(kept, gone)
        merge = Merge(secrets.token_hex(16), kept, gone, moved, at, until)
        row = {
            "id": merge.id,
            "kept": kept,
            "gone": gone,
            "by": by,
            "moved": json.dumps(moved, separators=(",", ":")),
            "at": at,
            "until": until,
            "undone_at": None,
        }
        self.db.execute(insert(t), row)
        return merge

    def find(self, merge: str) -> Merge | None:
        row = self.db.execute(_GET, {"of_id": merge}).first()
        return None if row is None else _merge(row)

    def of(self, account: str) -> Sequence[Merge]:
        """Return the merges of an account that stand, the newest first."""
        return [_merge(row) for row in self.db.execute(_OF, {"whose": account})]

    def undo(self, merge: Merge, at: datetime) -> bool:
        """Move everything back that is there still; tells whether the merge stood and its time was not over."""
        if self.db.execute(_UNDO, {"of_id": merge.id, "now": at}).rowcount != 1:
            return False
        for name, (table, key, whose) in _OWNED.items():
            rows = list(merge.moved.get(name, ()))
            if rows:
                mine = update(table).where(table.c[key].in_(rows), table.c[whose] == merge.kept)
                self.db.execute(mine.values({whose: merge.gone}))
        for pair in merge.moved.get("identifiers", ()):
            kind, _, ix = pair.partition(":")
            mine = update(identifiers).where(
                identifiers.c.kind == kind, identifiers.c.ix == bytes.fromhex(ix), identifiers.c.account == merge.kept
            )
            self.db.execute(mine.values(account=merge.gone))
        back = update(imported).where(imported.c.account == merge.kept)
        pairs = [one.partition(":") for one in merge.moved.get("imported", ())]
        for source, _, old in pairs:
            mine = back.where(imported.c.source == source, imported.c.old == bytes.fromhex(old))
            self.db.execute(mine.values(account=merge.gone))
        return True

    def _move(self, kept: str, gone: str) -> dict[str, list[str]]:
        there = select(links.c.provider).where(links.c.account == kept)
        wanted: dict[str, Any] = {
            "links": links.c.provider.not_in(there),
            "mandates": mandates.c.state != MandateState.ENDED.value,
            "consents": consents.c.withdrawn_at.is_(None),
            "grants": grants.c.offline.is_(True) & grants.c.revoked_at.is_(None),
            "conflicts": (conflicts.c.state == "open") & conflicts.c.old.is_not(None),
        }
        moved: dict[str, list[str]] = {}
        for name, (table, key, whose) in _OWNED.items():
            rows = self.db.execute(select(table.c[key]).where(table.c[whose] == gone, wanted[name])).scalars().all()
            moved[name] = list(rows)
            if rows:
                self.db.execute(update(table).where(table.c[key].in_(rows)).values({whose: kept}))
        found = self.db.execute(select(identifiers.c.kind, identifiers.c.ix).where(identifiers.c.account == gone))
        moved["identifiers"] = [f"{row.kind}:{bytes(row.ix).hex()}" for row in found]
        self.db.execute(update(identifiers).where(identifiers.c.account == gone).values(account=kept))
        came = self.db.execute(select(imported.c.source, imported.c.old).where(imported.c.account == gone))
        moved["imported"] = [f"{row.source}:{bytes(row.old).hex()}" for row in came]
        self.db.execute(update(imported).where(imported.c.account == gone).values(account=kept))
        return moved


def _merge(row: Any) -> Merge:
    return Merge(row.id, row.kept, row.gone, json.loads(row.moved), row.at, row.until, row.undone_at)
