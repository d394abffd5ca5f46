"""Links to accounts at other providers as one transaction sees them: one outside account, one account here."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from idp.errors_ties import LinkTaken
from idp.model.link import Link, OutsideAccount
from idp.storage.persons import Vault
from idp.storage.tables_ties import links as t
from trust.storage.upsert import insert_for

_FIND = select(t).where(
    t.c.provider == bindparam("of_provider"), t.c.ix.in_(bindparam("indexes", expanding=True))
)  # fmt: skip
_OF_ACCOUNT = select(t).where(t.c.account == bindparam("of_account")).order_by(t.c.at)
_USED = update(t).where(t.c.id == bindparam("of_id")).values(last_used_at=bindparam("now"))
_REMOVE = delete(t).where(t.c.account == bindparam("of_account"), t.c.provider == bindparam("of_provider"))


@dataclass(frozen=True, slots=True)
class Links:
    """Which outside accounts sign in as whom; their ids are kept as keyed digests."""

    db: Connection
    vault: Vault

    def add(self, account: str, outside: OutsideAccount, at: datetime, *, strong: bool) -> Link:
        """Link an outside account.

        Raises:
            LinkTaken: it is linked already, or the account has another one of this provider.
        """
        link = Link(secrets.token_hex(16), outside.provider, account, strong, at)
        row = {
            "id": link.id,
            "provider": link.provider,
            "ix": self.vault.write_index(_kind(outside.provider), outside.id),
            "account": account,
            "strong": strong,
            "at": at,
            "last_used_at": None,
        }
        # Older generations of the index would not meet the unique one of today.
        if self.find(outside) is None:
            statement = insert_for(self.db, t).on_conflict_do_nothing()
            if self.db.execute(statement.returning(t.c.id), row).first() is not None:
                return link
        raise LinkTaken("this outside account, or one of the same provider, is linked already")

    def find(self, outside: OutsideAccount) -> Link | None:
        """Return the link of an outside account."""
        indexes = self.vault.look_up(_kind(outside.provider), outside.id)
        row = self.db.execute(_FIND, {"of_provider": outside.provider, "indexes": indexes}).first()
        return None if row is None else _link(row)

    def of(self, account: str) -> Sequence[Link]:
        """Return the links of an account."""
        return [_link(row) for row in self.db.execute(_OF_ACCOUNT, {"of_account": account})]

    def used(self, link: str, at: datetime) -> None:
        """Note that somebody signed in over it."""
        self.db.execute(_USED, {"of_id": link, "now": at})

    def remove(self, account: str, provider: str) -> bool:
        """Take the link of a provider away from an account; tells whether there was one."""
        return self.db.execute(_REMOVE, {"of_account": account, "of_provider": provider}).rowcount == 1


def enrolled(db: Connection, account: str) -> frozenset[str]:
    """Return the methods that an account's links give it."""
    rows = db.execute(_OF_ACCOUNT, {"of_account": account}).all()
    weak = {f"link:{row.provider}" for row in rows}
    return frozenset(weak | {f"link-strong:{row.provider}" for row in rows if row.strong})


def _kind(provider: str) -> str:
    return f"idp-link-{provider}"


def _link(row: Any) -> Link:
    return Link(row.id, row.provider, row.account, row.strong, row.at, row.last_used_at)
