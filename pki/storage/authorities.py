"""Authorities and stampers as one transaction sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from certs import certificate
from pki.errors import AuthorityMissing, ClockUnsure
from pki.model.authority import CertificateAuthority, TimeStampAuthority, chain
from pki.storage.tables import authorities as t
from pki.storage.tables import stampers as s
from trust.storage.upsert import insert_for

_ALL = select(t).order_by(t.c.since, t.c.name)
_BY_NAME = select(t).where(t.c.name == bindparam("of_name"))
_LAST = select(s.c.last_at, s.c.count.label("counted")).where(s.c.name == bindparam("of_name"))
_LOCK = _LAST.with_for_update()  # SQLite holds the write lock of the whole transaction already
_ADVANCE = (
    update(s)
    .where(s.c.name == bindparam("of_name"))
    .values(last_at=bindparam("said"), count=s.c.count + bindparam("more"))
)


@dataclass(frozen=True, slots=True)
class Authorities:
    """Who issues and who stamps here."""

    db: Connection

    def add(self, authority: CertificateAuthority, since: datetime) -> None:
        """Record an authority."""
        self._insert(authority, "\n".join(sorted(authority.profiles)), authority.shards, since)

    def add_stamper(self, stamper: TimeStampAuthority, since: datetime) -> None:
        """Record a stamper, or its new certificate under the same name."""
        statement = insert_for(self.db, t).values(
            name=stamper.name,
            key=stamper.key,
            above=stamper.above,
            profiles="",
            shards=0,
            certificate=stamper.certificate.der,
            since=since,
        )
        renewed = {"key": stamper.key, "above": stamper.above, "certificate": stamper.certificate.der, "since": since}
        self.db.execute(statement.on_conflict_do_update(index_elements=[t.c.name], set_=renewed))
        counter = insert_for(self.db, s).values(name=stamper.name, last_at=since, count=0)
        self.db.execute(counter.on_conflict_do_nothing(index_elements=[s.c.name]))

    def find(self, name: str) -> CertificateAuthority | None:
        """Return the authority of this name."""
        row = self.db.execute(_BY_NAME, {"of_name": name}).mappings().first()
        return _authority(row) if row is not None and row["profiles"] else None

    def find_stamper(self, name: str) -> TimeStampAuthority | None:
        """Return the stamper of this name."""
        row = self.db.execute(_BY_NAME, {"of_name": name}).mappings().first()
        return _stamper(row) if row is not None and not row["profiles"] else None

    def all(self) -> tuple[CertificateAuthority, ...]:
        """Return every authority, those above before those below."""
        found = {row["name"]: _authority(row) for row in self.db.execute(_ALL).mappings() if row["profiles"]}
        return tuple(sorted(found.values(), key=lambda one: len(chain(one.name, found))))

    def stampers(self) -> tuple[TimeStampAuthority, ...]:
        """Return every stamper, the oldest first."""
        return tuple(_stamper(row) for row in self.db.execute(_ALL).mappings() if not row["profiles"])

    def next_instant(self, stamper: str, now: datetime, count: int, tolerance: timedelta) -> tuple[datetime, int]:
        """Take the instant of the next tokens, never before that of the last, and the number of the first of them.

        The row stays locked until the transaction ends, so that the order of the numbers is the order of the instants.

        Raises:
            AuthorityMissing: no such stamper.
            ClockUnsure: the clock stands before the last token by more than the tolerance.
        """
        row = self.db.execute(_LOCK, {"of_name": stamper}).first()
        if row is None:
            raise AuthorityMissing(f"there is no time-stamp authority {stamper!r}")
        if now < row.last_at - tolerance:
            raise ClockUnsure(f"the clock went back {row.last_at - now} behind the last token")
        at = max(now, row.last_at)
        self.db.execute(_ADVANCE, {"of_name": stamper, "said": at, "more": count})
        return at, row.counted + 1

    def _insert(self, authority: CertificateAuthority, profiles: str, shards: int, since: datetime) -> None:
        values = {
            "name": authority.name,
            "key": authority.key,
            "above": authority.above,
            "profiles": profiles,
            "shards": shards,
            "certificate": authority.certificate.der,
            "since": since,
        }
        self.db.execute(insert(t), values)


def _authority(row: Mapping[Any, Any]) -> CertificateAuthority:
    return CertificateAuthority(
        name=row["name"],
        key=row["key"],
        certificate=certificate.read(row["certificate"]),
        above=row["above"],
        profiles=frozenset(row["profiles"].split("\n")),
        shards=row["shards"],
    )


def _stamper(row: Mapping[Any, Any]) -> TimeStampAuthority:
    return TimeStampAuthority(row["name"], row["key"], certificate.read(row["certificate"]), row["above"])
