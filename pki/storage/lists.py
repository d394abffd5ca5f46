"""Revocations and the lists that were published, as one transaction sees them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from certs.crl import Reason, Revocation
from pki.storage.certificates import Intent
from pki.storage.tables import lists as l
from pki.storage.tables import revocations as r
from trust.storage.upsert import insert_for

_IN_SHARD = (
    select(r.c.serial, r.c.at, r.c.reason, r.c.invalid_since)
    .where(r.c.authority == bindparam("of_authority"), r.c.shard == bindparam("of_shard"))
    .order_by(r.c.serial)
)
_ONE = select(r.c.serial, r.c.at, r.c.reason, r.c.invalid_since).where(
    r.c.authority == bindparam("of_authority"), r.c.serial == bindparam("of_serial")
)
_REMOVE = delete(r).where(r.c.authority == bindparam("of_authority"), r.c.serial == bindparam("of_serial"))
_NEWEST = (
    select(l)
    .where(l.c.authority == bindparam("of_authority"), l.c.shard == bindparam("of_shard"))
    .order_by(l.c.number.desc())
    .limit(1)
)
_LAST_UPDATES = select(l.c.authority, l.c.shard, func.max(l.c.this_update).label("last")).group_by(
    l.c.authority, l.c.shard
)


@dataclass(frozen=True, slots=True)
class Published:
    """A list that was published: its number, its times, and where its bytes are."""

    authority: str
    shard: int
    number: int
    this_update: datetime
    next_update: datetime
    address: str
    entries: int
    digest: str


@dataclass(frozen=True, slots=True)
class Lists:
    """What is revoked, and which lists said so."""

    db: Connection

    def entries(self, authority: str, shard: int) -> list[Revocation]:
        """Return everything revoked in a shard, expired certificates included."""
        told = {"of_authority": authority, "of_shard": shard}
        return [_revocation(row) for row in self.db.execute(_IN_SHARD, told)]

    def find_revocation(self, authority: str, serial: int) -> Revocation | None:
        """Return the revocation of a serial."""
        row = self.db.execute(_ONE, {"of_authority": authority, "of_serial": f"{serial:032x}"}).first()
        return None if row is None else _revocation(row)

    def revoke(self, intents: Iterable[Intent], at: datetime, reason: Reason, since: datetime | None = None) -> None:
        """Record revocations, in place of a hold where there is one."""
        for one in intents:
            statement = insert_for(self.db, r).values(
                authority=one.authority,
                serial=f"{one.serial:032x}",
                shard=one.shard,
                at=at,
                reason=int(reason),
                invalid_since=since,
            )
            changed = {"at": at, "reason": int(reason), "invalid_since": since}
            self.db.execute(statement.on_conflict_do_update(index_elements=[r.c.authority, r.c.serial], set_=changed))

    def resume(self, intent: Intent) -> None:
        """End a hold."""
        self.db.execute(_REMOVE, {"of_authority": intent.authority, "of_serial": f"{intent.serial:032x}"})

    def newest(self, authority: str, shard: int) -> Published | None:
        """Return the newest list of a shard."""
        row = self.db.execute(_NEWEST, {"of_authority": authority, "of_shard": shard}).first()
        return None if row is None else Published(**row._mapping)  # noqa: SLF001  SQLAlchemy's public name for it

    def last_updates(self) -> dict[tuple[str, int], datetime]:
        """Return when each shard's newest list was made."""
        return {(row.authority, row.shard): row.last for row in self.db.execute(_LAST_UPDATES)}

    def add(self, published: Published) -> bool:
        """Record a list; returns False when another publisher took its number.

        A list never goes back: a number that exists, or an instant not after the newest list's, is refused.
        """
        newest = self.newest(published.authority, published.shard)
        if newest is not None and (
            published.number != newest.number + 1 or published.this_update <= newest.this_update
        ):
            return False
        row = {name: getattr(published, name) for name in Published.__dataclass_fields__}
        try:
            with self.db.begin_nested():
                self.db.execute(insert(l), row)
        except IntegrityError:
            return False
        return True


def _revocation(row: Any) -> Revocation:
    return Revocation(int(row.serial, 16), row.at, Reason(row.reason), row.invalid_since)
