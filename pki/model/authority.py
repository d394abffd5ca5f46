"""An authority of ours: its name, its key's name, its certificate, and what it issues."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from certs.builder import Issuer
from certs.certificate import Certificate
from certs.crl import Covers
from pki.model import shards

LEAF_LIST_EVERY: Final = timedelta(hours=6)
LEAF_LIST_HOLDS: Final = timedelta(days=7)
AUTHORITY_LIST_EVERY: Final = timedelta(days=30)
AUTHORITY_LIST_HOLDS: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class CertificateAuthority:
    """One authority.

    Attributes:
        name: what tables, addresses and commands call it.
        key: the name of its key in the ring.
        certificate: its own.
        above: the name of the authority that certified it, or None for the root.
        profiles: what it issues; `issuing-ca` alone for the root.
        shards: how many lists it publishes.
    """

    name: str
    key: str
    certificate: Certificate
    above: str | None
    profiles: frozenset[str]
    shards: int

    @property
    def issuer(self) -> Issuer:
        """What certificates and lists of this authority say about their issuer."""
        return Issuer.of(self.certificate)

    @property
    def covers(self) -> Covers:
        """What its lists speak for."""
        return shards.covers(issues_authorities="issuing-ca" in self.profiles)

    @property
    def list_every(self) -> timedelta:
        """How long a list stays the newest."""
        return AUTHORITY_LIST_EVERY if self.covers is Covers.AUTHORITIES else LEAF_LIST_EVERY

    @property
    def list_holds(self) -> timedelta:
        """How long a list may be relied on."""
        return AUTHORITY_LIST_HOLDS if self.covers is Covers.AUTHORITIES else LEAF_LIST_HOLDS

    def list_due(self, last: datetime | None, at: datetime) -> bool:
        """Tell whether a list has to be renewed, given when the last one was made."""
        return last is None or at >= last + self.list_every


@dataclass(frozen=True, slots=True)
class TimeStampAuthority:
    """Whoever stamps time: a leaf certificate and its key."""

    name: str
    key: str
    certificate: Certificate
    above: str

    @property
    def key_ends(self) -> datetime:
        """The last instant at which its key may stamp."""
        period = self.certificate.key_period
        if period is None or period.not_after is None:
            return self.certificate.not_after
        return min(period.not_after, self.certificate.not_after)


def chain(name: str | None, known: Mapping[str, CertificateAuthority]) -> tuple[Certificate, ...]:
    """Return the certificates of an authority and of all above it, the root last."""
    found: list[Certificate] = []
    while name is not None and name in known and len(found) < len(known):
        found.append(known[name].certificate)
        name = known[name].above
    return tuple(found)
