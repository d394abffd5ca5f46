"""Codes that were sent, as one transaction sees them: five tries, one use, in the browser that asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, update

from idp.storage.tables_factors import sent_codes as t

MOST_TRIES: Final = 5
_TRY = (
    update(t)
    .where(
        t.c.id == bindparam("of_id"),
        t.c.method == bindparam("of_method"),
        t.c.browser == bindparam("of_browser"),
        t.c.used_at.is_(None),
        t.c.until > bindparam("now"),
        t.c.tries < MOST_TRIES,
    )
    .values(tries=t.c.tries + 1)
    .returning(t.c.account, t.c.digest)
)
_TAKE = (
    update(t).where(t.c.id == bindparam("of_id"), t.c.used_at.is_(None)).values(used_at=bindparam("now"))
)  # fmt: skip
_FORGET = delete(t).where(t.c.until <= bindparam("now"))


@dataclass(frozen=True, slots=True)
class SentCodes:
    """What was sent."""

    db: Connection

    def add(self, name: str, method: str, account: str, browser: bytes, digest: bytes, until: datetime) -> None:
        """Remember a code."""
        row = {"id": name, "method": method, "account": account, "browser": browser, "digest": digest}
        self.db.execute(insert(t), {**row, "tries": 0, "until": until, "used_at": None})

    def attempt(self, name: str, method: str, browser: bytes, at: datetime) -> tuple[str, bytes] | None:
        """Count a try; returns account and digest while there are tries left."""
        told = {"of_id": name, "of_method": method, "of_browser": browser, "now": at}
        row = self.db.execute(_TRY, told).first()
        return None if row is None else (row.account, bytes(row.digest))

    def take(self, name: str, at: datetime) -> bool:
        """Return True for the first who shows it."""
        return self.db.execute(_TAKE, {"of_id": name, "now": at}).rowcount == 1

    def forget(self, at: datetime) -> int:
        """Delete what nobody can use any more; returns how many went."""
        return self.db.execute(_FORGET, {"now": at}).rowcount
