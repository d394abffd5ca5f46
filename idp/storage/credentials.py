"""Passwords as one transaction sees them: the digest of today, and the few before it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select, update

from idp.storage.tables_factors import passwords as t
from trust.storage.upsert import insert_for

REMEMBERED: Final = 5  # the one of today among them
_GET = select(t).where(t.c.account == bindparam("of_account"))
_LOCK = _GET.with_for_update()
_ANY = select(t.c.account).where(t.c.account == bindparam("of_account"))
_RENEW = (
    update(t)
    .where(t.c.account == bindparam("of_account"), t.c.digest == bindparam("old"))
    .values(digest=bindparam("new"))
)


@dataclass(frozen=True, slots=True)
class StoredPassword:
    """Digests of one account."""

    digest: str = field(repr=False)
    former: tuple[str, ...] = field(repr=False)
    set_at: datetime

    @property
    def remembered(self) -> Sequence[str]:
        """The digest of today and the ones before it, newest first."""
        return (self.digest, *self.former)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Everybody's passwords."""

    db: Connection

    def find(self, account: str) -> StoredPassword | None:
        """Return what is kept for an account."""
        row = self.db.execute(_GET, {"of_account": account}).first()
        return None if row is None else StoredPassword(row.digest, tuple(json.loads(row.former)), row.set_at)

    def any(self, account: str) -> bool:
        """Whether the account has a password."""
        return self.db.execute(_ANY, {"of_account": account}).first() is not None

    def keep(self, account: str, digest: str, at: datetime) -> None:
        """Let a new digest count, and remember the one it replaces."""
        row = self.db.execute(_LOCK, {"of_account": account}).first()
        former = [] if row is None else [row.digest, *json.loads(row.former)][: REMEMBERED - 1]
        values = {"digest": digest, "former": json.dumps(former), "set_at": at}
        statement = insert_for(self.db, t).values(account=account, **values)
        self.db.execute(statement.on_conflict_do_update(index_elements=[t.c.account], set_=values))

    def renew(self, account: str, old: str, new: str) -> None:
        """Replace a digest by one of the same password; one that was changed meanwhile stays."""
        self.db.execute(_RENEW, {"of_account": account, "old": old, "new": new})

    def remove(self, account: str) -> bool:
        """Forget the password and those before it; False: there was none."""
        return self.db.execute(delete(t).where(t.c.account == account)).rowcount == 1


def keep_password(db: Connection, account: str, digest: str, at: datetime) -> None:
    """Let a new digest count, in the transaction at hand."""
    Credentials(db).keep(account, digest, at)
