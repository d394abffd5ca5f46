"""Passkeys as one transaction sees them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exc, insert, select, update

from idp.errors import CredentialTaken
from idp.model.device import SYNCED, Passkey
from idp.storage.tables_devices import passkeys as t

_FIND = select(t).where(t.c.digest == bindparam("of_digest"))
_OF_ACCOUNT = select(t).where(t.c.account == bindparam("of_account")).order_by(t.c.created_at, t.c.digest)
_METHODS = select(t.c.method).where(t.c.account == bindparam("of_account")).distinct()
_USED = (
    update(t)
    .where(t.c.digest == bindparam("of_digest"))
    .values(counter=bindparam("new_counter"), last_used_at=bindparam("at"))
)
_COUNTED = _USED.where(t.c.counter < bindparam("new_counter"))
_REMOVE = delete(t).where(t.c.digest == bindparam("of_digest"), t.c.account == bindparam("of_account"))


@dataclass(frozen=True, slots=True)
class Passkeys:
    """Who signs in with which passkey."""

    db: Connection

    def add(self, passkey: Passkey) -> None:
        """Record a passkey.

        Raises:
            CredentialTaken: its id is known already.
        """
        row = {
            "digest": passkey.digest,
            "account": passkey.account,
            "credential": passkey.credential,
            "public_key": passkey.public_key,
            "counter": passkey.counter,
            "method": passkey.method,
            "aaguid": passkey.aaguid,
            "transports": ",".join(passkey.transports),
            "name": passkey.name,
            "created_at": passkey.created_at,
            "last_used_at": passkey.last_used_at,
        }
        try:
            self.db.execute(insert(t), row)
        except exc.IntegrityError as error:
            raise CredentialTaken("this passkey is set up already") from error

    def find(self, credential: bytes) -> Passkey | None:
        """Return the passkey of a credential's id."""
        row = self.db.execute(_FIND, {"of_digest": hashlib.sha256(credential).digest()}).first()
        return None if row is None else _passkey(row)

    def of(self, account: str) -> Sequence[Passkey]:
        """Return the passkeys of an account, oldest first."""
        return [_passkey(row) for row in self.db.execute(_OF_ACCOUNT, {"of_account": account})]

    def methods(self, account: str) -> frozenset[str]:
        """Return what the passkeys of an account prove."""
        return frozenset(self.db.execute(_METHODS, {"of_account": account}).scalars())

    def use(self, passkey: Passkey, counter: int, at: datetime) -> bool:
        """Note a sign-in; False when one with this count, or a higher one, was seen meanwhile.

        A synced passkey signs on several devices, none of which knows the counts of the others.
        """
        counts = passkey.method != SYNCED and (counter > 0 or passkey.counter > 0)
        told = {"of_digest": passkey.digest, "new_counter": counter, "at": at}
        return self.db.execute(_COUNTED if counts else _USED, told).rowcount == 1

    def remove(self, account: str, digest: bytes) -> bool:
        """Delete a passkey of an account; tells whether it was there."""
        return self.db.execute(_REMOVE, {"of_account": account, "of_digest": digest}).rowcount == 1


def _passkey(row: Any) -> Passkey:
    return Passkey(
        credential=row.credential,
        account=row.account,
        public_key=row.public_key,
        counter=row.counter,
        method=row.method,
        aaguid=row.aaguid,
        transports=tuple(each for each in row.transports.split(",") if each),
        name=row.name,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
    )
