"""Certificates from intent to end, as one transaction sees them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, text, update

from certs import certificate, name_rules
from certs.certificate import Certificate
from certs.keys import PublicKey
from certs.name import Name
from certs.sm import sm3
from pki.model.issuance import Draft, State
from pki.storage.tables import certificates as t

_INSERT = insert(t)
_KNOWN = select(
    t.c.authority,
    t.c.serial,
    t.c.shard,
    t.c.state,
    t.c.subject,
    t.c.skeleton,
    t.c.key_digest,
    t.c.requester,
    t.c.idempotency_key,
    t.c.order_digest,
    t.c.certificate,
    t.c.intended_at,
).where(
    or_(
        t.c.key_digest.in_(bindparam("keys", expanding=True)),
        t.c.skeleton.in_(bindparam("skeletons", expanding=True)),
        (t.c.requester == bindparam("asker")) & t.c.idempotency_key.in_(bindparam("wishes", expanding=True)),
    )
)
# PostgreSQL lets transactions run side by side, so whoever asks about a key, a name or a wish holds it till the end.
_HOLD = text(
    "SELECT pg_advisory_xact_lock(held) FROM (SELECT unnest(CAST(:held AS bigint[])) AS held ORDER BY 1) AS ordered"
)
_ISSUE = (
    update(t)
    .where(
        t.c.authority == bindparam("of_authority"),
        t.c.serial == bindparam("of_serial"),
        t.c.state == State.INTENDED.value,
    )
    .values(state=State.ISSUED.value, certificate=bindparam("result"), resolved_at=bindparam("now"))
)
_ABANDON = (
    update(t)
    .where(
        t.c.authority == bindparam("of_authority"),
        t.c.serial == bindparam("of_serial"),
        t.c.state == State.INTENDED.value,
    )
    .values(state=State.ABANDONED.value, idempotency_key=None, resolved_at=bindparam("now"))
)
_STALE = (
    select(t.c.authority, t.c.serial, t.c.shard)
    .where(t.c.state == State.INTENDED.value, t.c.intended_at < bindparam("before"))
    .order_by(t.c.intended_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_ONE = select(t.c.shard, t.c.state, t.c.certificate).where(
    t.c.authority == bindparam("of_authority"), t.c.serial == bindparam("of_serial")
)
_ONE_LOCKED = _ONE.with_for_update()
_STATES = select(t.c.authority, t.c.serial, t.c.state).where(t.c.serial.in_(bindparam("serials", expanding=True)))


@dataclass(frozen=True, slots=True)
class Intent:
    """A recorded intent: whose, which serial, and on which list it would stand."""

    authority: str
    serial: int
    shard: int


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was recorded before under a requester's key."""

    intent: Intent
    state: State
    order_digest: str
    certificate: Certificate | None
    intended_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """What is already recorded about the keys, names and wishes of a group of orders."""

    rows: Sequence[Any]
    requester: str

    def earlier(self, idempotency_key: str) -> Earlier | None:
        """Return what this requester got, or is getting, for this key."""
        for row in self.rows:
            if row.idempotency_key == idempotency_key and row.requester == self.requester:
                found = None if row.certificate is None else certificate.read(row.certificate)
                intent = Intent(row.authority, int(row.serial, 16), row.shard)
                return Earlier(intent, State(row.state), row.order_digest, found, row.intended_at)
        return None

    def key_holder(self, key: PublicKey, subject: Name) -> Name | None:
        """Return another subject under which this key is known."""
        digest = _digest(key.spki)
        return self._other("key_digest", digest, subject)

    def look_alike(self, subject: Name) -> Name | None:
        """Return another subject that reads like this one."""
        return self._other("skeleton", _skeleton(subject), subject)

    def _other(self, column: str, value: str, subject: Name) -> Name | None:
        for row in self.rows:
            if getattr(row, column) == value and row.subject != subject.der:
                return Name(row.subject)
        return None


@dataclass(frozen=True, slots=True)
class Certificates:
    """Every certificate that we meant to issue."""

    db: Connection

    def known(self, drafts: Sequence[Draft], requester: str) -> Known:
        """Look up what is recorded about a group; nobody else decides about the same until the transaction ends."""
        told: dict[str, Any] = {
            "keys": [_digest(one.wanted.public_key.spki) for one in drafts],
            "skeletons": [_skeleton(one.wanted.subject) for one in drafts],
            "wishes": [one.wanted.idempotency_key for one in drafts],
            "asker": requester,
        }
        if self.db.dialect.name != "sqlite":
            wishes = (f"{requester}\0{one}" for one in told["wishes"])
            held = {*told["keys"], *told["skeletons"], *(_digest(one.encode()) for one in wishes)}
            self.db.execute(_HOLD, {"held": [int(one[:16], 16) - (1 << 63) for one in held]})
        return Known(self.db.execute(_KNOWN, told).all(), requester)

    def intend(self, drafts: Iterable[Draft], requester: str) -> None:
        """Record the exact bytes that are about to be signed."""
        rows = [_row(one, requester) for one in drafts]
        if rows:
            self.db.execute(_INSERT, rows)

    def issue(self, results: Mapping[tuple[str, int], Certificate], at: datetime) -> set[tuple[str, int]]:
        """Record results; returns those whose intent was abandoned meanwhile, for which nothing changed."""
        rows = [
            {"of_authority": authority, "of_serial": _hex(serial), "result": found.der, "now": at}
            for (authority, serial), found in results.items()
        ]
        if not rows or self.db.execute(_ISSUE, rows if len(rows) > 1 else rows[0]).rowcount == len(rows):
            return set()
        states = self.db.execute(_STATES, {"serials": [row["of_serial"] for row in rows]})
        issued = {(row.authority, int(row.serial, 16)) for row in states if row.state == State.ISSUED.value}
        return set(results) - issued

    def abandon(self, intents: Iterable[Intent], at: datetime) -> tuple[Intent, ...]:
        """Give intents up, so that their orders may be given again; the serials stay used for ever.

        Returns those that were still open: what was issued meanwhile stays issued.
        """
        told = ((one, {"of_authority": one.authority, "of_serial": _hex(one.serial), "now": at}) for one in intents)
        return tuple(one for one, values in told if self.db.execute(_ABANDON, values).rowcount == 1)

    def stale(self, before: datetime, most: int) -> tuple[Intent, ...]:
        """Return intents that nobody carried to an end since an instant."""
        rows = self.db.execute(_STALE, {"before": before, "most": most})
        return tuple(Intent(row.authority, int(row.serial, 16), row.shard) for row in rows)

    def find(self, authority: str, serial: int, *, lock: bool = False) -> tuple[Intent, Certificate] | None:
        """Return an issued certificate; locked, nobody else decides about it until the transaction ends."""
        statement = _ONE_LOCKED if lock else _ONE
        row = self.db.execute(statement, {"of_authority": authority, "of_serial": _hex(serial)}).first()
        if row is None or row.state != State.ISSUED.value:
            return None
        return Intent(authority, serial, row.shard), certificate.read(row.certificate)


def _row(one: Draft, requester: str) -> dict[str, Any]:
    wanted = one.wanted
    return {
        "authority": wanted.above.name,
        "serial": _hex(one.serial),
        "shard": one.shard,
        "profile": wanted.profile.id,
        "state": State.INTENDED.value,
        "subject": wanted.subject.der,
        "skeleton": _skeleton(wanted.subject),
        "key_digest": _digest(wanted.public_key.spki),
        "requester": requester,
        "idempotency_key": wanted.idempotency_key,
        "order_digest": wanted.digest,
        "tbs": one.tbs,
        "not_after": one.looked_at.not_after,
        "intended_at": one.at,
    }


def _hex(serial: int) -> str:
    return f"{serial:032x}"


def _digest(data: bytes) -> str:
    return sm3.digest(data).hex()


def _skeleton(subject: Name) -> str:
    return _digest(name_rules.skeleton(subject).encode())
