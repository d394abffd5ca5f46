"""What a region says about those it recognises: entries with purposes, entitlements and their whole history."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from certs.keys import PublicKey
from trust.values.credit_code import CreditCode
from trust.values.region import Area


class EntryType(Enum):
    """What somebody is recognised as."""

    CA = "ca"  # certificates below this one count
    SEAL_MAKER = "seal-maker"  # this certificate signs seals (制章者)
    SEAL_SYSTEM = "seal-system"  # a system that applies seals for bodies
    TIME_STAMP_AUTHORITY = "time-stamp-authority"  # this certificate stamps time
    LICENCE_ISSUER = "licence-issuer"  # this body issues licences, as its entitlements say


class Purpose(Enum):
    """For what an entry counts."""

    SEAL_SIGNING = "seal-signing"  # certificates of those who apply seals (签章者)
    SEAL_MAKING = "seal-making"
    SEAL_OPERATION = "seal-operation"
    TIME_STAMPING = "time-stamping"
    LICENCE_ISSUING = "licence-issuing"


PURPOSES: Final = {
    EntryType.CA: frozenset({Purpose.SEAL_SIGNING, Purpose.SEAL_MAKING, Purpose.TIME_STAMPING}),
    EntryType.SEAL_MAKER: frozenset({Purpose.SEAL_MAKING}),
    EntryType.SEAL_SYSTEM: frozenset({Purpose.SEAL_OPERATION}),
    EntryType.TIME_STAMP_AUTHORITY: frozenset({Purpose.TIME_STAMPING}),
    EntryType.LICENCE_ISSUER: frozenset({Purpose.LICENCE_ISSUING}),
}


class Status(Enum):
    """How an entry stands."""

    GRANTED = "granted"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Standing:
    """A status and the instant since which it holds."""

    status: Status
    since: datetime


@dataclass(frozen=True, slots=True)
class Entitlement:
    """The body of the entry may issue this licence type for this area and all below it, in this time.

    Attributes:
        licence_type: the 21 characters of a licence type (GB/T 36904: credit code of the defining body and three digits).
        area: the area and all below it.
        start: the first instant.
        end: the first instant after it, or None while no end is set.
    """

    licence_type: str
    area: Area
    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One that is recognised, and every standing it ever had.

    Attributes:
        id: the name of the entry in its registry, for ever.
        name: what people call it.
        standings: all of them in order of time, the present one last.
        body: the credit code; an issuer of licences always has one.
        certificate: DER.
        jwk: a bare key, instead of a certificate.
        basis: the document that recognises it.
    """

    id: str
    type: EntryType
    name: str
    standings: tuple[Standing, ...]
    purposes: frozenset[Purpose]
    basis: str
    body: CreditCode | None = None
    certificate: bytes | None = None
    jwk: PublicKey | None = None
    entitlements: tuple[Entitlement, ...] = ()

    def standing_at(self, at: datetime) -> Standing | None:
        """The standing that held at an instant; None before the first."""
        for standing in reversed(self.standings):
            if standing.since <= at:
                return standing
        return None

    def granted_at(self, at: datetime) -> bool:
        standing = self.standing_at(at)
        return standing is not None and standing.status is Status.GRANTED

    @property
    def history(self) -> tuple[Standing, ...]:
        """The past standings, without the present one."""
        return self.standings[:-1]


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything a region says at one time.

    Attributes:
        region: whose registry this is; it speaks about this area alone.
        version: 1, 2, 3 …
        issued_at: when this version was signed.
        next_update: when the next one is due at the latest.
        previous: SM3 of the file of the version before; None in the first.
        entries: in the order of their ids; none is ever taken out.
    """

    region: Area
    version: int
    issued_at: datetime
    next_update: datetime
    previous: bytes | None
    entries: tuple[Entry, ...]

    def find(self, entry: str) -> Entry | None:
        return next((each for each in self.entries if each.id == entry), None)

    def issuers(self, body: CreditCode) -> Iterator[Entry]:
        """The entries by which a body issues licences."""
        return (each for each in self.entries if each.type is EntryType.LICENCE_ISSUER and each.body == body)


def contradictions(known: Registry, newer: Registry) -> Iterator[str]:
    """What a newer version takes back of what was said before; nothing, when the history was kept.

    A standing may be added, and an entitlement may be given an end or added. Everything else stays.
    """
    there = {entry.id: entry for entry in newer.entries}
    for entry in known.entries:
        now = there.get(entry.id)
        if now is None:
            yield f"{entry.id} is gone"
        elif (now.type, now.body, now.certificate, now.jwk) != (entry.type, entry.body, entry.certificate, entry.jwk):
            yield f"{entry.id} is somebody else"
        elif now.standings[: len(entry.standings)] != entry.standings:
            yield f"{entry.id} has another past"
        else:
            kept = {(each.licence_type, each.area, each.start) for each in now.entitlements}
            lost = [each for each in entry.entitlements if (each.licence_type, each.area, each.start) not in kept]
            if lost:
                yield f"{entry.id} was never entitled to {lost[0].licence_type}"
