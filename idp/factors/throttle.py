"""Failed tries counted in the database: growing delays, then a lock, for one account from one place.

Citizens are slowed and locked together with the place the tries come from, so that nobody locks another one out; staff
and administrators as accounts. A device that signed in to the account before has a count of its own.

Standard:
    OWASP ASVS 5.0, 6.3.1; GB/T 22239-2019, 8.1.4.1 b.
"""

import hashlib
import ipaddress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from sqlalchemy import Connection, bindparam, case, delete, select, update

from idp.errors import TooManyAttempts
from idp.storage.tables_factors import failures as t
from idp.storage.tables_factors import known_devices as k
from trust.storage.upsert import insert_for

LOCK: Final = timedelta(minutes=15)
SLOW_FROM: Final = 5
LOCKED_FROM: Final = 10
STAFF_LOCKED_FROM: Final = 5
REMEMBERED: Final = timedelta(hours=24)  # without a further failure
DEVICE_LIFE: Final = timedelta(days=180)
_FREE = select(t.c.free_at).where(t.c.digest == bindparam("of_digest"))
_HOLD = _FREE.with_for_update()
_KNOWN = select(k.c.at).where(
    k.c.device == bindparam("of_device"), k.c.account == bindparam("of_account"), k.c.at > bindparam("since")
)
_WAIT = update(t).where(t.c.digest == bindparam("of_digest")).values(free_at=bindparam("until"))
_RESET = delete(t).where(t.c.digest == bindparam("of_digest"))
_FORGET = delete(t).where(t.c.last_at <= bindparam("before"), t.c.free_at <= bindparam("now"))
_FORGET_DEVICES = delete(k).where(k.c.at <= bindparam("before"))


class Throttled(TooManyAttempts):
    """Wait this many seconds."""

    def __init__(self, seconds: int) -> None:
        """Say how long."""
        super().__init__(f"too many attempts, try again in {seconds} s")
        self.retry_after = seconds


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who is tried, how, and from where.

    Attributes:
        who: the account's id; for a name that nobody has, its blind index in hexadecimal.
        method: what is tried; each has its own count.
        block: from `address_block`.
        staff: whether the account is staff's or an administrator's.
        device: digest of the browser's lasting cookie, if it has one.
    """

    who: str
    method: str
    block: str
    staff: bool = False
    device: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Throttle:
    """The counts as one transaction sees them.

    Ask `permit` before the work, then tell `failed` or `succeeded` in one transaction with what follows: of many tries
    at once, those that end after the limit was reached are worth nothing, right or wrong.
    """

    db: Connection

    def permit(self, attempt: Attempt, at: datetime) -> None:
        """Let a try go on.

        Raises:
            Throttled: it has to wait.
        """
        _wait(self.db.execute(_FREE, {"of_digest": self._place(attempt, at)}).scalar(), at)

    def failed(self, attempt: Attempt, at: datetime) -> int:
        """Count a failure; returns how many there are now."""
        digest = self._place(attempt, at)
        statement = insert_for(self.db, t).values(digest=digest, failures=1, last_at=at, free_at=at)
        count = case((t.c.last_at <= at - REMEMBERED, 1), else_=t.c.failures + 1)
        said = statement.on_conflict_do_update(index_elements=[t.c.digest], set_={"failures": count, "last_at": at})
        failures: int = self.db.execute(said.returning(t.c.failures)).scalar_one()
        delay = _delay(failures, staff=attempt.staff)
        if delay:
            self.db.execute(_WAIT, {"of_digest": digest, "until": at + delay})
        return failures

    def succeeded(self, attempt: Attempt, at: datetime) -> None:
        """Forget the failures of this place, and know the device from now on.

        Raises:
            Throttled: others failed meanwhile so often that this one counts no more.
        """
        digest = self._place(attempt, at)
        free_at = self.db.execute(_HOLD, {"of_digest": digest}).scalar()
        if free_at is not None:
            _wait(free_at, at)
            self.db.execute(_RESET, {"of_digest": digest})
        if attempt.device is not None:
            statement = insert_for(self.db, k).values(device=attempt.device, account=attempt.who, at=at)
            self.db.execute(statement.on_conflict_do_update(index_elements=[k.c.device, k.c.account], set_={"at": at}))

    def forget(self, at: datetime) -> int:
        """Delete what no longer counts; returns how many went."""
        gone = self.db.execute(_FORGET, {"before": at - REMEMBERED, "now": at}).rowcount
        return gone + self.db.execute(_FORGET_DEVICES, {"before": at - DEVICE_LIFE}).rowcount

    def _place(self, attempt: Attempt, at: datetime) -> bytes:
        """Return the digest under which a try is counted."""
        if attempt.device is not None:
            told = {"of_device": attempt.device, "of_account": attempt.who, "since": at - DEVICE_LIFE}
            if self.db.execute(_KNOWN, told).first() is not None:
                return _digest(attempt.method, attempt.who, "device", attempt.device.hex())
        place = () if attempt.staff else (attempt.block,)
        return _digest(attempt.method, attempt.who, *place)


def address_block(address: str) -> str:
    """Return the block that an address counts for: 24 bits of IPv4, 56 of IPv6; what is no address is one block."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return str(ipaddress.ip_network((ip, 24 if ip.version == 4 else 56), strict=False))


def _delay(failures: int, *, staff: bool) -> timedelta:
    if failures >= (STAFF_LOCKED_FROM if staff else LOCKED_FROM):
        return LOCK
    return timedelta(seconds=2 ** (failures - SLOW_FROM)) if failures >= SLOW_FROM else timedelta()


def _wait(free_at: datetime | None, at: datetime) -> None:
    if free_at is not None and free_at > at:
        raise Throttled(max(1, ceil((free_at - at).total_seconds())))


def _digest(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode()).digest()
