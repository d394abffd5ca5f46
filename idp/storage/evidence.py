"""What was proved about accounts, as one transaction sees it; nothing is deleted, it ends."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from idp.model.assurance import Evidence
from idp.storage.tables import evidence as t

_LIVE = select(t).where(
    t.c.account == bindparam("of_account"),
    t.c.revoked_at.is_(None),
    or_(t.c.expires_at.is_(None), t.c.expires_at > bindparam("at")),
)
_ALL = select(t).where(t.c.account == bindparam("of_account")).order_by(t.c.at)


@dataclass(frozen=True, slots=True)
class Recorded:
    """Evidence with its row's id, and when it was taken back."""

    id: str
    evidence: Evidence
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class EvidenceRecords:
    """Proofs of identity."""

    db: Connection

    def add(self, account: str, evidence: Evidence) -> str:
        """Record evidence and return its id; an older one of the same kind is replaced, its row stays."""
        self.revoke(account, evidence.kind, evidence.at)
        name = secrets.token_hex(16)
        row = {
            "id": name,
            "account": account,
            "kind": evidence.kind,
            "source": evidence.source,
            "txn": evidence.txn,
            "at": evidence.at,
            "expires_at": evidence.expires_at,
            "revoked_at": None,
            "carries_number": evidence.carries_number,
        }
        self.db.execute(insert(t), row)
        return name

    def of(self, account: str, at: datetime) -> tuple[Evidence, ...]:
        """Return what holds now."""
        return tuple(_evidence(row) for row in self.db.execute(_LIVE, {"of_account": account, "at": at}))

    def history(self, account: str) -> Sequence[Recorded]:
        """Return everything ever recorded, oldest first."""
        rows = self.db.execute(_ALL, {"of_account": account})
        return [Recorded(row.id, _evidence(row), row.revoked_at) for row in rows]

    def renew(self, account: str, kind: str, until: datetime | None, at: datetime) -> None:
        """Let evidence that ends without use go on; nothing is written unless it moves by a day."""
        if until is None:
            return
        due = (t.c.account == account, t.c.kind == kind, t.c.revoked_at.is_(None), t.c.expires_at > at,
               t.c.expires_at < until - timedelta(days=1))  # fmt: skip
        self.db.execute(update(t).where(*due).values(expires_at=until))

    def revoke(self, account: str, kind: str, at: datetime) -> int:
        """Take back what is recorded of a kind; returns how many."""
        statement = update(t).where(t.c.account == account, t.c.kind == kind, t.c.revoked_at.is_(None))
        return self.db.execute(statement.values(revoked_at=at)).rowcount


def _evidence(row: Any) -> Evidence:
    return Evidence(
        kind=row.kind,
        at=row.at,
        expires_at=row.expires_at,
        source=row.source,
        txn=row.txn,
        carries_number=row.carries_number,
    )
