"""The repository of seals and of the maker's certificates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from seal.errors import SealChanged, SealMissing
from seal.model.seal import Seal, SealId, Standing
from seal.storage.tables import makers
from seal.storage.tables import seals as t
from trust.values.credit_code import CreditCode
from trust.values.region import Area

_GET = select(t).where(t.c.id == bindparam("seal"))
_LOCK = _GET.with_for_update(read=True)  # a freeze waits for us, or we see it; SQLite has one writer anyway
_BY_ORDER = select(t).where(t.c.order_key == bindparam("of_key"))
_ALL = select(t).order_by(t.c.id)
_LAST = select(func.max(t.c.id)).where(t.c.id.like(bindparam("prefix")))
_CHANGE = update(t).where(t.c.id == bindparam("of_id"), t.c.revision == bindparam("of_revision"))
_MAKER = select(makers).order_by(makers.c.since.desc(), makers.c.fingerprint).limit(1)


@dataclass(frozen=True, slots=True)
class Maker:
    """The seal maker (制章者) at present: the name of the key and its certificate, DER."""

    key: str
    certificate: bytes
    fingerprint: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Seals:
    """Seals as one transaction sees them."""

    db: Connection

    def get(self, seal: SealId) -> Seal:
        """Return a seal; a glance without a lock.

        Raises:
            SealMissing: no seal has this code.
        """
        row = self.db.execute(_GET, {"seal": seal.text}).first()
        if row is None:
            raise SealMissing(f"there is no seal {seal}")
        return _seal(row)

    def unchanged(self, seal: Seal) -> Seal:
        """Return the seal if it is still the one that was read, and keep it so until this transaction ends.

        Raises:
            SealMissing: it is gone.
            SealChanged: something about it was changed.
        """
        row = self.db.execute(_LOCK, {"seal": seal.id.text}).first()
        if row is None:
            raise SealMissing(f"there is no seal {seal.id}")
        if row.revision != seal.revision:
            raise SealChanged(f"seal {seal.id} was changed and is {row.standing}")
        return _seal(row)

    def find_by_order(self, key: str) -> tuple[Seal, str] | None:
        """Return the seal that an order made or began, with the digest of that order."""
        row = self.db.execute(_BY_ORDER, {"of_key": key}).first()
        return None if row is None else (_seal(row), row.order_digest)

    def all(self) -> Sequence[Seal]:
        """Return every seal in the order of the codes."""
        return [_seal(row) for row in self.db.execute(_ALL)]

    def next_id(self, division: Area) -> SealId:
        """Return the next free code of a division; whoever asks at the same time waits until this transaction ends."""
        if self.db.dialect.name != "sqlite":  # where one writer has everything to itself
            self.db.execute(select(func.pg_advisory_xact_lock(int(division.code))))
        last = self.db.execute(_LAST, {"prefix": f"{division.code}%"}).scalar()
        return SealId.of(division, 1 if last is None else int(last[6:]) + 1)

    def add(self, seal: Seal, order_key: str, order_digest: str) -> None:
        """Add a seal that is in making."""
        row = {**_row(seal), "id": seal.id.text, "order_key": order_key, "order_digest": order_digest}
        self.db.execute(insert(t), row)

    def save(self, seal: Seal) -> None:
        """Save the next value of a seal.

        Raises:
            SealChanged: somebody else saved one meanwhile.
        """
        told = {**_row(seal), "of_id": seal.id.text, "of_revision": seal.revision - 1}
        if self.db.execute(_CHANGE, told).rowcount != 1:
            raise SealChanged(f"seal {seal.id} was changed by somebody else")

    def find_maker(self) -> Maker | None:
        """Return the present seal maker, if one was set up."""
        row = self.db.execute(_MAKER).first()
        return None if row is None else Maker(row.key_name, row.certificate, row.fingerprint, row.since)

    def add_maker(self, maker: Maker) -> None:
        """Make this the present seal maker; earlier ones stay on record."""
        values = {
            "fingerprint": maker.fingerprint,
            "key_name": maker.key,
            "certificate": maker.certificate,
            "since": maker.since,
        }
        self.db.execute(insert(makers), values)


def _row(seal: Seal) -> dict[str, Any]:
    return {
        "name": seal.name,
        "owner": seal.owner.text,
        "owner_name": seal.owner_name,
        "kind": seal.kind,
        "key_name": seal.key,
        "width": seal.width,
        "height": seal.height,
        "made_at": seal.made_at,
        "valid_from": seal.valid_from,
        "valid_to": seal.valid_to,
        "standing": seal.standing.value,
        "revision": seal.revision,
        "certificate": seal.certificate,
        "data": seal.data,
    }


def _seal(row: Any) -> Seal:
    return Seal(
        id=SealId(row.id),
        name=row.name,
        owner=CreditCode(row.owner),
        owner_name=row.owner_name,
        kind=row.kind,
        key=row.key_name,
        width=row.width,
        height=row.height,
        made_at=row.made_at,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        standing=Standing(row.standing),
        revision=row.revision,
        certificate=row.certificate,
        data=row.data,
    )


def distinct(ids: Iterable[SealId]) -> list[SealId]:
    """Return each code once, in one order for all, so that two groups that lock several seals never wait in a ring."""
    return sorted(set(ids))
