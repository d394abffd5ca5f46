"""The case: whom we accept, what proofs are at hand, and the instant; and how a certificate stands in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from certs import certificate as certificates
from certs import crl
from certs.certificate import Certificate
from certs.crl import CertificateList
from certs.errors import CertsError, ChainFault, ChainRejected
from certs.revocation import Revoked, Status, Unknown, status_of_path
from certs.validation import Use, ValidatedPath, validate
from trust.recognition.anchors import Anchors
from trust.recognition.evidence import Evidence
from trust.recognition.registry import Purpose


@dataclass(frozen=True, slots=True)
class Standing:
    """How a certificate stands at an instant.

    Attributes:
        path: a chain that holds, or None.
        faults: why none holds, the gravest first.
        status: the worst revocation status on the chain; None where nothing on it says where to ask.
        remarks: deviation codes met on the chain.
    """

    path: ValidatedPath | None
    faults: tuple[ChainFault, ...] = ()
    detail: str = ""
    status: Status | None = None

    @property
    def revoked_since(self) -> datetime | None:
        """Since when something on the chain is revoked."""
        return self.status.since if isinstance(self.status, Revoked) else None

    @property
    def status_unknown(self) -> bool:
        """Whether a certificate on the chain names a list, and no list at hand answers."""
        return isinstance(self.status, Unknown)

    @property
    def good(self) -> bool:
        """A chain that holds, with nothing revoked and nothing unanswered."""
        return self.path is not None and self.revoked_since is None and not self.status_unknown


@dataclass(frozen=True, slots=True)
class Case:
    """Everything a judgement depends on besides the document.

    Attributes:
        pool: certificates at hand, none of them trusted.
        lists: revocation lists at hand.
        at: the instant the judgement holds for.
        strict: refuse what the standard refuses.
    """

    anchors: Anchors
    pool: tuple[Certificate, ...]
    lists: tuple[CertificateList, ...]
    at: datetime
    strict: bool
    _standings: dict[tuple[bytes, Purpose, Use, datetime], Standing] = field(default_factory=dict)

    @classmethod
    def open(cls, anchors: Anchors, evidence: Evidence, at: datetime, *, strict: bool) -> "Case":
        """Read the proofs at hand; what cannot be read proves nothing and is left out."""
        return cls(anchors, read_all(evidence.certificates), read_lists(evidence.crls), at, strict)

    def with_proofs(self, found: Sequence[Certificate], lists: Sequence[CertificateList] = ()) -> "Case":
        """Return the case with further proofs, met inside a value or a token."""
        if not found and not lists:
            return self
        pool = tuple(dict.fromkeys((*self.pool, *found)))
        return Case(self.anchors, pool, tuple(dict.fromkeys((*self.lists, *lists))), self.at, self.strict)

    def standing(self, certificate: Certificate, purpose: Purpose, at: datetime, use: Use = Use.SIGNATURE) -> Standing:
        """Judge a certificate for a purpose at an instant, by the anchors that counted for it then."""
        key = (certificate.fingerprint, purpose, use, at)
        known = self._standings.get(key)
        if known is None:
            known = self._standings[key] = self._judge(certificate, purpose, at, use)
        return known

    def _judge(self, certificate: Certificate, purpose: Purpose, at: datetime, use: Use) -> Standing:
        anchors = self.anchors.certificates(purpose, at)
        try:
            path = validate(certificate, self.pool, anchors, at, use=use, strict=self.strict)
        except ChainRejected as rejected:
            return Standing(None, rejected.reasons, str(rejected))
        return Standing(path, status=status_of_path(path, self.lists, at))


def read_all(encoded: Iterable[bytes]) -> tuple[Certificate, ...]:
    """Read certificates, leaving out what cannot be read."""
    found = []
    for one in dict.fromkeys(encoded):
        try:
            found.append(certificates.read(one))
        except CertsError:
            continue
    return tuple(found)


def read_lists(encoded: Iterable[bytes]) -> tuple[CertificateList, ...]:
    """Read revocation lists, leaving out what cannot be read."""
    found = []
    for one in dict.fromkeys(encoded):
        try:
            found.append(crl.read(one))
        except CertsError:
            continue
    return tuple(found)
