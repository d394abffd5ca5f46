"""Two that may be one person, waiting for the owner to decide; each is decided once."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from idp.errors_ties import ConflictMissing
from idp.storage.tables_ties import conflicts as t

_OPEN = "open"
_GET = select(t).where(t.c.id == bindparam("of_id"), t.c.state == _OPEN)
_LIST = select(t).where(t.c.state == _OPEN, t.c.id > bindparam("after")).order_by(t.c.id).limit(bindparam("most"))
_OF_ACCOUNT = (
    select(t)
    .where(t.c.state == _OPEN, or_(t.c.account == bindparam("whose"), t.c.other == bindparam("whose")))
    .order_by(t.c.at)
    .limit(100)
)
_DECIDE = (
    update(t)
    .where(t.c.id == bindparam("of_id"), t.c.state == _OPEN)
    .values(state="decided", decision=bindparam("what"), decided_by=bindparam("who"), decided_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class Conflict:
    """An account and an imported user, or two accounts, with one number."""

    id: str
    account: str
    at: datetime
    source: str = ""
    old: bytes | None = None
    other: str = ""


@dataclass(frozen=True, slots=True)
class Conflicts:
    """The queue."""

    db: Connection

    def add_all(self, found: Sequence[Conflict]) -> None:
        """Queue conflicts; an empty id is replaced by a new one."""
        rows = [
            {
                "id": one.id or secrets.token_hex(16),
                "source": one.source,
                "old": one.old,
                "account": one.account,
                "other": one.other,
                "state": _OPEN,
                "decision": "",
                "decided_by": "",
                "at": one.at,
                "decided_at": None,
            }
            for one in found
        ]
        if rows:
            self.db.execute(insert(t), rows)

    def get(self, conflict: str) -> Conflict:
        """Return an open conflict; raises ConflictMissing."""
        row = self.db.execute(_GET, {"of_id": conflict}).first()
        if row is None:
            raise ConflictMissing("there is no such conflict, or it was decided")
        return _conflict(row)

    def open(self, after: str = "", most: int = 100) -> Sequence[Conflict]:
        """Return open conflicts in the order of their ids, those after one."""
        return [_conflict(row) for row in self.db.execute(_LIST, {"after": after, "most": most})]

    def of(self, account: str) -> Sequence[Conflict]:
        """Return the open conflicts in which an account stands."""
        return [_conflict(row) for row in self.db.execute(_OF_ACCOUNT, {"whose": account})]

    def between(self, account: str, other: str, at: datetime) -> Conflict:
        """Queue that two accounts are one person's; one that is open already is returned."""
        for one in self.of(account):
            if {one.account, one.other} == {account, other}:
                return one
        made = Conflict(secrets.token_hex(16), account, at, other=other)
        self.add_all([made])
        return made

    def decide(self, conflict: str, what: str, by: str, at: datetime) -> bool:
        """Decide one; tells whether it was open."""
        told = {"of_id": conflict, "what": what, "who": by, "now": at}
        return self.db.execute(_DECIDE, told).rowcount == 1


def _conflict(row: Any) -> Conflict:
    old = None if row.old is None else bytes(row.old)
    return Conflict(row.id, row.account, row.at, row.source, old, row.other)
