"""SM2 certificates: the words that are to be signed, and whether a certificate that signed them may sign in.

Signature, chain, purpose and live status are looked at with no transaction open, since lists come over the network.

Standard:
    GB/T 20518-2018 (certificates); RFC 5280, 6.1 and 6.3 (path and revocation); GM/T 0010-2012 (signed data).
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import Connection

from certs import oids, validation
from certs.certificate import Certificate
from certs.errors import CertsError
from certs.extensions import KeyUsage
from certs.keys import KeyKind
from certs.revocation import Good, Revoked
from certs.validation import Use, ValidatedPath
from idp.errors import CredentialUnfit, ProofRefused
from idp.factors import signed_statement
from idp.model.account import AccountKind
from idp.model.assurance import Evidence
from idp.model.challenge import Challenge, ChallengeKind, new_nonce, statement
from idp.model.device import BoundCertificate, certificate_digest
from idp.storage.certificates import BoundCertificates
from idp.storage.challenges import Challenges
from idp.storage.evidence import EvidenceRecords
from trust.statuses import Standing

BINDING: Final = "idp-certificate-binding"  # stands where a relying platform's name does when somebody signs in
EVIDENCE: Final = {AccountKind.NATURAL: "personal-certificate", AccountKind.STAFF: "staff-certificate"}
_FOR_SIGN_IN: Final = frozenset({oids.CLIENT_AUTH, oids.ANY_EXTENDED_KEY_USAGE})
_REFUSED: Final = "the certificate was not accepted"
_SHOWN_ISSUER: Final = 200
_SHOWN_SERIAL: Final = 60


class Statuses(Protocol):
    """Whoever knows which certificates are revoked now."""

    def standing_of_path(self, path: ValidatedPath, at: datetime | None = None) -> Standing:
        """The worst answer on a path."""
        ...


class CertificateRefused(ProofRefused):
    """A signature that holds, under a certificate that does not count now."""

    def __init__(self, certificate: Certificate, why: str, *, revoked: bool = False) -> None:
        """Say which and why; neither is for the browser."""
        super().__init__(_REFUSED)
        self.digest, self.why, self.revoked = certificate_digest(certificate), why, revoked


@dataclass(frozen=True, slots=True)
class CertificateFactor:
    """Asks for signatures at one origin.

    Attributes:
        origin: what a signing agent compares with the page it was asked from.
        life: how long a challenge waits.
        authorities: who may certify persons, at an instant.
        statuses: who knows what is revoked.
    """

    origin: str
    life: timedelta
    authorities: Callable[[datetime], Sequence[Certificate]]
    statuses: Statuses

    def ask(self, db: Connection, account: str | None, client: str, browser: bytes, at: datetime) -> Challenge:
        """Return a challenge for whoever wants to sign in."""
        return self._ask(db, ChallengeKind.CERTIFICATE, account, client, browser, at)

    def ask_binding(self, db: Connection, account: str, browser: bytes, at: datetime) -> Challenge:
        """Return a challenge for somebody who wants to bind a certificate."""
        return self._ask(db, ChallengeKind.CERTIFICATE_BINDING, account, BINDING, browser, at)

    def statement(self, challenge: Challenge) -> str:
        """Return the words to sign."""
        return statement(challenge.nonce, self.origin, challenge.client, challenge.at)

    def verify(self, challenge: Challenge, answer: str, enclosed: str, at: datetime) -> Certificate:
        """Return the certificate that signed the words, when it may sign people in now.

        Raises:
            ProofRefused: the signature does not hold.
            CertificateRefused: it holds, and the certificate is of another purpose or time, from an authority we do not
                know, revoked, or nobody can tell whether it is.
        """
        signed = signed_statement.signer(answer, enclosed, self.statement(challenge))
        found = signed.certificate
        self._fits(found)
        try:
            path = validation.validate(found, signed.pool, self.authorities(at), at, use=Use.SIGNATURE, strict=True)
        except CertsError as error:
            raise CertificateRefused(found, "chain") from error
        status = self.statuses.standing_of_path(path, at).status
        if not isinstance(status, Good):
            raise CertificateRefused(found, "status", revoked=isinstance(status, Revoked))
        return found

    @staticmethod
    def _fits(found: Certificate) -> None:
        usage, purposes = found.key_usage, found.extended_key_usage
        if found.public_key.kind is not KeyKind.SM2:
            raise CertificateRefused(found, "key")
        if usage is not None and KeyUsage.DIGITAL_SIGNATURE not in usage:
            raise CertificateRefused(found, "usage")
        personal = oids.POLICY_PERSON in found.policies
        if purposes and not personal and not _FOR_SIGN_IN & set(purposes):
            raise CertificateRefused(found, "purpose")

    def _ask(
        self,
        db: Connection,
        kind: ChallengeKind,
        account: str | None,
        client: str,
        browser: bytes,
        at: datetime,
    ) -> Challenge:
        second = at.replace(microsecond=0)  # the words name the second
        challenge = Challenge(kind, new_nonce(), account, client, second, at + self.life)
        Challenges(db).ask(challenge, browser)
        return challenge


def binding(certificate: Certificate, account: str, at: datetime) -> BoundCertificate:
    """Return the binding of a certificate to an account.

    Raises:
        CredentialUnfit: the serial number is longer than any authority's.
    """
    serial = f"{certificate.serial:x}"
    if len(serial) > _SHOWN_SERIAL:
        raise CredentialUnfit("a serial number of more than 30 octets")
    issuer = certificate.issuer.get(oids.COMMON_NAME) or certificate.issuer.get(oids.ORGANISATION) or "—"
    return BoundCertificate(
        digest=certificate_digest(certificate),
        account=account,
        issuer=issuer[:_SHOWN_ISSUER],
        serial=serial,
        key=key_digest(certificate),
        not_after=certificate.not_after,
        created_at=at,
    )


def key_digest(certificate: Certificate) -> bytes:
    """Return the digest of the subject's key, which a certificate found by its serial must have kept."""
    return hashlib.sha256(certificate.public_key.spki).digest()


def withdraw_evidence(db: Connection, account: str, name: str, at: datetime) -> None:
    """Let a certificate prove nothing about its holder any more; another one that is bound takes its place."""
    records = EvidenceRecords(db)
    for held in records.of(account, at):
        if held.kind in EVIDENCE.values() and held.txn == name:
            records.revoke(account, held.kind, at)
            others = [one for one in BoundCertificates(db).of(account) if one.id != name and one.not_after > at]
            if others:
                longest = max(others, key=lambda one: one.not_after)
                records.add(account, evidence_of(longest, held.kind, at))


def evidence_of(bound: BoundCertificate, kind: str, at: datetime) -> Evidence:
    """Return what a bound certificate proves, until it ends; its subject is a pseudonym, so never the number."""
    return Evidence(kind, at, bound.not_after, "certificate", bound.id)
