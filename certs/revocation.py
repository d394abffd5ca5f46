"""The revocation status of a certificate at an instant, from lists that somebody supplied.

A list counts only if it is the issuer's, signed by it, and speaks for this certificate: the shard named inside the
signed list must be one that the certificate itself names, else a revoked serial could hide behind another shard.

Standard:
    RFC 5280 section 6.3; X.509 clause 9.5.2.8 (ExpiredCertsOnCRL).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final, TypeAlias

from certs.certificate import Certificate
from certs.crl import CertificateList, Covers, Reason
from certs.errors import CertsError, MalformedEncoding
from certs.extensions import KeyUsage
from certs.keys import PublicKey
from certs.validation import ValidatedPath

_REMEMBERED_LISTS: Final = 128
_COMPROMISED: Final = frozenset({Reason.KEY_COMPROMISE, Reason.CA_COMPROMISE, Reason.AA_COMPROMISE})


@dataclass(frozen=True, slots=True)
class Good:
    """Not revoked at the instant asked for, says a list of `this_update`."""

    this_update: datetime


@dataclass(frozen=True, slots=True)
class Revoked:
    """Revoked at or before the instant asked for."""

    since: datetime
    reason: Reason
    serial: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """No list at hand answers; `reasons` tells why each was passed over."""

    reasons: tuple[str, ...]


Status: TypeAlias = Good | Revoked | Unknown


def status_at(certificate: Certificate, issuer: Certificate, lists: Iterable[CertificateList], at: datetime) -> Status:
    """Return whether a certificate was revoked at an instant.

    A revocation counts from its date; where the key was compromised, from the date since which it may have been. Any
    list that names the certificate proves that, however old. That it was not revoked is proven by a list whose period
    holds the instant, or by a later one that still lists what has expired meanwhile.
    """
    good: Good | None = None
    passed_over: list[str] = []
    revoked: list[Revoked] = []
    for one in lists:
        reason = _unusable(one, certificate, issuer)
        if reason is None:
            try:
                entry = one.find(certificate.serial)
            except MalformedEncoding:
                reason = "entry-malformed"
            else:
                if entry is not None:
                    since = entry.at
                    if entry.invalid_since is not None and entry.reason in _COMPROMISED:
                        since = min(since, entry.invalid_since)
                    if since <= at:
                        revoked.append(Revoked(since, entry.reason, certificate.serial))
                        continue
                reason = _silent(one, certificate, at)
                if reason is None and (good is None or good.this_update < one.this_update):
                    good = Good(one.this_update)
        if reason is not None:
            passed_over.append(reason)
    if revoked:
        return min(revoked, key=lambda found: found.since)
    return good or Unknown(tuple(passed_over))


def status_of_path(validated: ValidatedPath, lists: Iterable[CertificateList], at: datetime) -> Status | None:
    """Return the worst status on a chain, the anchor aside, or None if no certificate on it says where to ask.

    A certificate that names neither a list nor a responder has nothing to be asked; a list that revokes it counts.
    """
    known = tuple(lists)
    worst: Status | None = None
    for one, issuer in zip(validated.chain, validated.chain[1:], strict=False):
        status = status_at(one, issuer, known, at)
        asked = bool(one.crl_urls or one.ocsp_urls or one.distribution_points)
        if isinstance(status, Revoked):
            if not isinstance(worst, Revoked) or status.since < worst.since:
                worst = status
        elif isinstance(worst, Revoked) or not asked:
            continue
        elif (
            isinstance(status, Unknown)
            or worst is None
            or (isinstance(worst, Good) and status.this_update < worst.this_update)
        ):
            worst = status
    return worst


def _unusable(one: CertificateList, certificate: Certificate, issuer: Certificate) -> str | None:
    """Return why a list says nothing about a certificate, or None if it does."""
    if one.issuer != certificate.issuer or issuer.subject != certificate.issuer:
        return "other-issuer"
    if one.unknown_critical or one.scope.indirect:
        return "unknown-critical-extension"
    if not _covers(one, certificate):
        return "other-scope"
    if issuer.key_usage is not None and KeyUsage.CRL_SIGN not in issuer.key_usage:
        return "issuer-signs-no-lists"
    try:
        holds = _holds(one, issuer.public_key)
    except CertsError:
        holds = False
    return None if holds else "signature-wrong"


def _covers(one: CertificateList, certificate: Certificate) -> bool:
    """Match the list's own scope with what the certificate says about itself."""
    scope = one.scope
    if scope.covers is Covers.ATTRIBUTES:
        return False
    if scope.covers is (Covers.USERS if certificate.is_authority else Covers.AUTHORITIES):
        return False
    if not scope.names:
        return True
    points = {name for point in certificate.distribution_points for name in point.names if not point.other_issuer}
    return bool(points & {*scope.names})


def _silent(one: CertificateList, certificate: Certificate, at: datetime) -> str | None:
    """Return why the silence of a list proves nothing about an instant, or None if it does."""
    if one.scope.some_reasons:
        return "some-reasons"
    if at > one.this_update:
        return "stale" if one.next_update is None or at > one.next_update else None
    if certificate.not_after >= one.this_update:
        return None
    kept = one.expired_since is not None and one.expired_since <= certificate.not_after
    return None if kept else "expired-before-list"


@lru_cache(maxsize=_REMEMBERED_LISTS)
def _holds(one: CertificateList, key: PublicKey) -> bool:
    try:
        one.verify_signed_by(key)
    except CertsError:
        return False
    return True
