"""Certificates that people bound to their accounts, as one transaction sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exc, insert, select, update

from idp.errors import CredentialTaken
from idp.model.device import BoundCertificate
from idp.storage.tables_devices import certificates as t

_FIND = select(t).where(t.c.digest == bindparam("of_digest"))
_OF_ACCOUNT = select(t).where(t.c.account == bindparam("of_account")).order_by(t.c.created_at, t.c.digest)
_USED = update(t).where(t.c.digest == bindparam("of_digest")).values(last_used_at=bindparam("at"))
_REMOVE = delete(t).where(t.c.digest == bindparam("of_digest"), t.c.account == bindparam("of_account"))


@dataclass(frozen=True, slots=True)
class BoundCertificates:
    """Who signs in with which certificate."""

    db: Connection

    def add(self, bound: BoundCertificate) -> None:
        """Record a binding.

        Raises:
            CredentialTaken: the certificate is bound already.
        """
        row = {
            "digest": bound.digest,
            "account": bound.account,
            "issuer": bound.issuer,
            "serial": bound.serial,
            "key": bound.key,
            "not_after": bound.not_after,
            "created_at": bound.created_at,
            "last_used_at": bound.last_used_at,
        }
        try:
            self.db.execute(insert(t), row)
        except exc.IntegrityError as error:
            raise CredentialTaken("this certificate is bound already") from error

    def find(self, digest: bytes) -> BoundCertificate | None:
        """Return the binding of an issuer and serial."""
        row = self.db.execute(_FIND, {"of_digest": digest}).first()
        return None if row is None else _bound(row)

    def of(self, account: str) -> Sequence[BoundCertificate]:
        """Return the bindings of an account, oldest first."""
        return [_bound(row) for row in self.db.execute(_OF_ACCOUNT, {"of_account": account})]

    def use(self, bound: BoundCertificate, at: datetime) -> None:
        """Note a sign-in."""
        self.db.execute(_USED, {"of_digest": bound.digest, "at": at})

    def remove(self, account: str, digest: bytes) -> bool:
        """Delete a binding of an account; tells whether it was there."""
        return self.db.execute(_REMOVE, {"of_account": account, "of_digest": digest}).rowcount == 1


def _bound(row: Any) -> BoundCertificate:
    return BoundCertificate(
        digest=row.digest,
        account=row.account,
        issuer=row.issuer,
        serial=row.serial,
        key=row.key,
        not_after=row.not_after,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
    )
