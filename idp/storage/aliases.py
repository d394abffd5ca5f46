"""Subjects that platforms knew before accounts were merged: each sector goes on seeing the one it has."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, func, insert, select, union, update

from idp.model import subject
from idp.storage.clients import Clients
from idp.storage.tables import accounts as a
from idp.storage.tables import consents, grants, releases
from idp.storage.tables_ties import aliases as t

PUBLIC = ""  # in the place of a sector: clients that share one subject for everybody
_FIND = select(t.c.sub).where(
    t.c.account == bindparam("of_account"), t.c.sector == bindparam("of_sector"), t.c.shown.is_(True)
)  # fmt: skip
_SHOWN = select(t.c.sector, t.c.sub).where(t.c.account == bindparam("of_account"), t.c.shown.is_(True))
_CLIENTS = union(
    *(select(one.c.client).where(one.c.account == bindparam("of_account")) for one in (grants, consents, releases))
)
_LEFT = select(func.count()).select_from(t).where(t.c.account == bindparam("of_account"))
_FLAG = update(a).where(a.c.id == bindparam("of_account")).values(aliased=bindparam("has"))


@dataclass(frozen=True, slots=True)
class SubjectAliases:
    """What sectors are told instead of the subject that would be worked out."""

    db: Connection

    def find(self, account: str, sector: str) -> str | None:
        """Return the older subject of an account in a sector (`PUBLIC` for public subjects); None: it has none there.

        Ask only of accounts whose `aliased` is set.
        """
        return self.db.execute(_FIND, {"of_account": account, "of_sector": sector}).scalar_one_or_none()

    def known(self, account: str, secret: bytes) -> dict[str, str]:
        """Return the sectors that know an account, each with the subject it was told."""
        found: dict[str, str] = {}
        clients = Clients(self.db)
        for name in self.db.execute(_CLIENTS, {"of_account": account}).scalars():
            client = clients.find(name)
            if client is None:
                continue
            if client.pairwise:
                found[client.sector] = subject.pairwise(secret, client.sector, account)
            else:
                found[PUBLIC] = subject.public(secret, account)
        found |= {row.sector: row.sub for row in self.db.execute(_SHOWN, {"of_account": account})}
        return found

    def keep(self, merge: str, kept: str, told: Mapping[str, str], before: Mapping[str, str]) -> int:
        """Let the sectors that knew only the account that goes see its subject still; returns how many these are.

        Of a sector that knew both, the subject of the account that stays is the one that counts; the other is kept
        on record.

        Args:
            merge: its id.
            kept: the account that stays.
            told: by sector, the subjects of the account that goes.
            before: those of the account that stays.
        """
        rows = [
            {"merge": merge, "sector": sector, "account": kept, "sub": sub, "shown": sector not in before}
            for sector, sub in told.items()
        ]
        if rows:
            self.db.execute(insert(t), rows)
            self.db.execute(_FLAG, {"of_account": kept, "has": True})
        return len(told.keys() - before.keys())

    def forget(self, merge: str, kept: str) -> None:
        """Drop what a merge left, because it is undone."""
        self.db.execute(delete(t).where(t.c.merge == merge))
        left = self.db.execute(_LEFT, {"of_account": kept}).scalar_one()
        self.db.execute(_FLAG, {"of_account": kept, "has": left > 0})
