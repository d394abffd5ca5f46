"""Recovery codes as one transaction sees them: digests, each used once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from idp.storage.tables_factors import recovery_codes as t

_TAKE = (
    update(t)
    .where(t.c.account == bindparam("of_account"), t.c.digest == bindparam("of_digest"), t.c.used_at.is_(None))
    .values(used_at=bindparam("now"))
)
_LEFT = select(func.count()).select_from(t).where(t.c.account == bindparam("of_account"), t.c.used_at.is_(None))


@dataclass(frozen=True, slots=True)
class RecoveryCodes:
    """Everybody's codes."""

    db: Connection

    def replace(self, account: str, digests: Iterable[bytes], at: datetime) -> None:
        """Keep new codes; those before them count no more."""
        self.remove(account)
        rows = [{"account": account, "digest": one, "made_at": at, "used_at": None} for one in digests]
        self.db.execute(insert(t), rows)

    def take(self, account: str, digest: bytes, at: datetime) -> bool:
        """Return True for the first who shows a code."""
        told = {"of_account": account, "of_digest": digest, "now": at}
        return self.db.execute(_TAKE, told).rowcount == 1

    def left(self, account: str) -> int:
        """Return how many were not used yet."""
        left: int = self.db.execute(_LEFT, {"of_account": account}).scalar_one()
        return left

    def remove(self, account: str) -> int:
        """Forget them all; returns how many went."""
        return self.db.execute(delete(t).where(t.c.account == account)).rowcount
