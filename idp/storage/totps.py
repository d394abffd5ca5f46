"""Secrets of one-time passwords as one transaction sees them; every step counts once."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from idp.storage.tables_factors import totps as t
from trust.keys.fields import Cell, FieldCipher
from trust.storage.upsert import insert_for

_GET = select(t).where(t.c.account == bindparam("of_account"))
_ANY = select(t.c.account).where(t.c.account == bindparam("of_account"), t.c.secret.is_not(None))
_TAKE = (
    update(t)
    .where(t.c.account == bindparam("of_account"), t.c.secret.is_not(None), t.c.step < bindparam("new_step"))
    .values(step=bindparam("new_step"))
)


@dataclass(frozen=True, slots=True)
class Totps:
    """Everybody's secrets."""

    db: Connection
    cipher: FieldCipher = field(repr=False)

    def offer(self, account: str, secret: str, until: datetime) -> None:
        """Keep a secret that waits for its first use; one that counts already stays."""
        sealed = self.cipher.encrypt(_cell(account, "pending"), secret)
        values = {"pending": sealed, "pending_until": until}
        statement = insert_for(self.db, t).values(account=account, secret=None, step=0, confirmed_at=None, **values)
        self.db.execute(statement.on_conflict_do_update(index_elements=[t.c.account], set_=values))

    def pending(self, account: str, at: datetime) -> str | None:
        """Return the secret that waits."""
        row = self.db.execute(_GET, {"of_account": account}).first()
        if row is None or row.pending is None or row.pending_until <= at:
            return None
        return self.cipher.decrypt(_cell(account, "pending"), row.pending)

    def confirm(self, account: str, secret: str, step: int, at: datetime) -> None:
        """Let a secret that waited count; the step that showed it is used."""
        sealed = self.cipher.encrypt(_cell(account, "secret"), secret)
        values = {"secret": sealed, "step": step, "pending": None, "pending_until": None, "confirmed_at": at}
        self.db.execute(update(t).where(t.c.account == account).values(**values))

    def find(self, account: str) -> str | None:
        """Return the secret that counts."""
        row = self.db.execute(_GET, {"of_account": account}).first()
        if row is None or row.secret is None:
            return None
        return self.cipher.decrypt(_cell(account, "secret"), row.secret)

    def take(self, account: str, step: int) -> bool:
        """Return True for the first who shows a step; it and those before it are used from then on."""
        return self.db.execute(_TAKE, {"of_account": account, "new_step": step}).rowcount == 1

    def remove(self, account: str) -> bool:
        """Forget the secret; False: there was none that counted."""
        counted = has_totp(self.db, account)
        self.db.execute(delete(t).where(t.c.account == account))
        return counted


def has_totp(db: Connection, account: str) -> bool:
    """Whether the account has a secret that counts."""
    return db.execute(_ANY, {"of_account": account}).first() is not None


def _cell(account: str, column: str) -> Cell:
    return Cell("idp_totp", column, account)
