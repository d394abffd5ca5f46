"""Keys of apps as one transaction sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exc, insert, select, update

from idp.errors import CredentialTaken
from idp.model.device import DeviceKey
from idp.storage.tables_devices import device_keys as t

_FIND = select(t).where(t.c.id == bindparam("of_id"))
_OF_ACCOUNT = select(t).where(t.c.account == bindparam("of_account")).order_by(t.c.created_at, t.c.id)
_ANY = select(t.c.id).where(t.c.account == bindparam("of_account")).limit(1)
_USED = update(t).where(t.c.id == bindparam("of_id")).values(last_used_at=bindparam("at"))
_REMOVE = delete(t).where(t.c.id == bindparam("of_id"), t.c.account == bindparam("of_account"))


@dataclass(frozen=True, slots=True)
class DeviceKeys:
    """Who holds which key in an app."""

    db: Connection

    def add(self, key: DeviceKey) -> None:
        """Record a key.

        Raises:
            CredentialTaken: the key is enrolled already.
        """
        row = {
            "id": key.id,
            "account": key.account,
            "digest": key.digest,
            "spki": key.spki,
            "name": key.name,
            "created_at": key.created_at,
            "last_used_at": key.last_used_at,
        }
        try:
            self.db.execute(insert(t), row)
        except exc.IntegrityError as error:
            raise CredentialTaken("this key is set up already") from error

    def find(self, key: str) -> DeviceKey | None:
        """Return the key of this id."""
        row = self.db.execute(_FIND, {"of_id": key}).first()
        return None if row is None else _key(row)

    def of(self, account: str) -> Sequence[DeviceKey]:
        """Return the keys of an account, oldest first."""
        return [_key(row) for row in self.db.execute(_OF_ACCOUNT, {"of_account": account})]

    def any(self, account: str) -> bool:
        """Whether the account has a key."""
        return self.db.execute(_ANY, {"of_account": account}).first() is not None

    def use(self, key: DeviceKey, at: datetime) -> None:
        """Note that it signed."""
        self.db.execute(_USED, {"of_id": key.id, "at": at})

    def remove(self, account: str, key: str) -> bool:
        """Delete a key of an account; tells whether it was there."""
        return self.db.execute(_REMOVE, {"of_account": account, "of_id": key}).rowcount == 1


def _key(row: Any) -> DeviceKey:
    return DeviceKey(row.id, row.account, row.spki, row.name, row.created_at, row.last_used_at)
