"""The front door: what a certificate authority does for the services above, wherever it runs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from certs.certificate import Certificate
from certs.crl import Reason
from certs.errors import CertsError
from certs.request import CertificateRequest
from trust.errors import TrustError
from trust.values.principal import Principal

__all__ = ["Authority", "Evidence", "IssueOrder", "Issued", "Outcome", "Reason", "RevokeOrder", "StampedTime"]


@dataclass(frozen=True, slots=True)
class IssueOrder:
    """Ask for one certificate.

    Attributes:
        profile: its name in `certs.profile`.
        request: subject and key, signed by the key.
        idempotency_key: the same key of the same requester gives the same certificate, however often it is asked.
        life: shorter than the profile's longest, or None for as long as profile and issuer allow.
    """

    profile: str
    request: CertificateRequest
    idempotency_key: str
    life: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate and the authorities above it, the root last."""

    certificate: Certificate
    chain: tuple[Certificate, ...]


Outcome: TypeAlias = Issued | TrustError | CertsError
"""What became of one order of a group."""


@dataclass(frozen=True, slots=True)
class RevokeOrder:
    """Ask for one certificate to be revoked.

    Attributes:
        certificate: which.
        reason: why; `CERTIFICATE_HOLD` suspends, `REMOVE_FROM_CRL` ends a suspension.
        invalid_since: since when its key may have been bad, if known.
    """

    certificate: Certificate
    reason: Reason
    invalid_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a verifier without network needs about a certificate: its path and the newest lists for each step of it.

    Attributes:
        chain: the authorities above, the root last.
        lists: DER of one revocation list for each certificate on the path that names one.
    """

    chain: tuple[Certificate, ...]
    lists: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class StampedTime:
    """A time-stamp token and what it says."""

    token: bytes
    at: datetime
    serial: int


class Authority(Protocol):
    """Whoever issues certificates and stamps time for us: in this process, or across the network."""

    def issue(self, order: IssueOrder, by: Principal) -> Issued:
        """Return the certificate that is ordered.

        Raises:
            OrderRefused: it must not be issued, or the request proves nothing.
            AuthorityMissing: nobody here issues this profile.
            IdempotencyKeyReused: the key was used for another order.
            IssueInProgress: the same order is being carried out.
            ClockUnsure: the clock cannot be relied on.
        """
        ...

    def issue_all(self, orders: Sequence[IssueOrder], by: Principal) -> tuple[Outcome, ...]:
        """Carry out a group of orders in two transactions; each has its own outcome, in the order given."""
        ...

    def revoke(self, order: RevokeOrder, by: Principal) -> None:
        """Revoke, suspend or resume; the next list, published at once, says so.

        Raises:
            CertificateMissing: not issued here.
            AlreadyRevoked: for good, and for another reason.
            RevocationRefused: a reason or a date that makes no sense.
        """
        ...

    def timestamp(self, value: bytes) -> StampedTime:
        """Return a token over the SM3 digest of a value, such as a signature.

        Raises:
            AuthorityMissing: there is no time-stamp authority.
            ClockUnsure: the clock cannot be relied on.
        """
        ...

    def timestamp_all(self, values: Sequence[bytes]) -> tuple[StampedTime, ...]:
        """Stamp a group in one transaction, each with its own token."""
        ...

    def stamper(self) -> Certificate:
        """Return the certificate that stamps time now; raises AuthorityMissing."""
        ...

    def evidence(self, certificate: Certificate) -> Evidence:
        """Return the path of a certificate of ours and the newest lists on it.

        Raises:
            CertificateMissing: not issued here.
            ListMissing: a list that it names is missing or too old, and its key is not here to publish it.
        """
        ...

    def authorities(self) -> Iterable[Certificate]:
        """Return the certificates of all authorities, the root first; none before the ceremony."""
        ...
