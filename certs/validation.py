"""Validate a certificate at a stated instant: a chain to an anchor whose signatures, dates and constraints hold.

Policies are validated under the initial set any-policy without requiring an explicit one, so policy mappings and
inhibitAnyPolicy change nothing; policyConstraints, which could demand one, counts as an unknown extension.

Standard:
    RFC 5280 section 6.1; GB/T 20518-2018.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Final, NamedTuple

from certs import algorithms, constraints, oids, path
from certs.certificate import Certificate
from certs.errors import CertsError, ChainFault, ChainRejected, MalformedEncoding
from certs.extensions import KeyUsage, NameConstraints
from certs.keys import PublicKey

MAX_CANDIDATES: Final = 32
_REMEMBERED_LINKS: Final = 1024
_SIGNING: Final = frozenset({KeyUsage.DIGITAL_SIGNATURE, KeyUsage.NON_REPUDIATION})
_DECISIVE: Final = frozenset({oids.KEY_USAGE, oids.BASIC_CONSTRAINTS, oids.EXTENDED_KEY_USAGE, oids.NAME_CONSTRAINTS})
_UNDERSTOOD: Final = _DECISIVE | {
    oids.SUBJECT_KEY_IDENTIFIER,
    oids.AUTHORITY_KEY_IDENTIFIER,
    oids.PRIVATE_KEY_USAGE_PERIOD,
    oids.SUBJECT_ALT_NAME,
    oids.ISSUER_ALT_NAME,
    oids.CERTIFICATE_POLICIES,
    oids.POLICY_MAPPINGS,
    oids.INHIBIT_ANY_POLICY,
    oids.CRL_DISTRIBUTION_POINTS,
    oids.AUTHORITY_INFO_ACCESS,
}


class Use(Enum):
    """What the certificate at the end of the chain is to be used for."""

    ANY = "any"
    SIGNATURE = "signature"  # seals, documents: digitalSignature or nonRepudiation where KeyUsage is present
    DOCUMENT = "document"  # as SIGNATURE, and a stated purpose must be document signing or any
    TIME_STAMP = "time-stamp"  # RFC 3161 section 2.3: timeStamping, alone and critical
    AUTHORITY = "authority"  # an issuer itself


@dataclass(frozen=True, slots=True)
class ValidatedPath:
    """A chain that held at the instant asked for.

    Attributes:
        chain: from the certificate to the anchor, both included; of length one if it is itself an anchor.
        remarks: deviation codes met on the way, `critical-extension-unknown` among them.
    """

    chain: tuple[Certificate, ...]
    remarks: frozenset[str]

    @property
    def anchor(self) -> Certificate:
        """The certificate that is trusted by decision."""
        return self.chain[-1]


class _Fault(NamedTuple):
    kind: ChainFault
    detail: str


def validate(
    certificate: Certificate,
    pool: Iterable[Certificate],
    anchors: Iterable[Certificate],
    at: datetime,
    *,
    use: Use = Use.SIGNATURE,
    strict: bool = False,
    accept_weak: bool = False,
) -> ValidatedPath:
    """Return a chain from a certificate to one of the anchors that is valid at an instant.

    Args:
        certificate: whose validity is asked.
        pool: further certificates, from anywhere, none of them trusted.
        anchors: certificates trusted by decision.
        at: the instant, whose whole seconds count: a last instant belongs to the life.
        use: what it is to be used for.
        strict: refuse an unknown critical extension instead of remarking on it.
        accept_weak: accept links signed with SHA-1.

    Raises:
        ChainRejected: none; its `reason` tells an unknown anchor, a broken chain, dates and usage apart.
    """
    own = [*_dates(certificate, at), *_usage(certificate, use)]
    best: list[_Fault] | None = None
    for count, chain in enumerate(path.candidates(certificate, tuple(pool), tuple(anchors))):
        if count >= MAX_CANDIDATES:
            break
        remarks: set[str] = set()
        faults = list(_chain_faults(chain, at, strict=strict, accept_weak=accept_weak, remarks=remarks))
        if not faults and not own:
            return ValidatedPath(chain, frozenset(remarks))
        if best is None or _weight(faults) < _weight(best):
            best = faults
    if best is None:
        best = [_Fault(ChainFault.NO_ANCHOR, f"no chain of names from {_shown(certificate)} to an anchor")]
    found = sorted([*own, *best], key=lambda fault: _ORDER[fault.kind])
    raise ChainRejected("; ".join(fault.detail for fault in found), tuple(dict.fromkeys(f.kind for f in found)))


_ORDER: Final = {kind: place for place, kind in enumerate(ChainFault)}


def _weight(faults: list[_Fault]) -> tuple[int, int]:
    """Order candidates: one that reaches an anchor by good signatures explains more than one that does not."""
    kinds = {fault.kind for fault in faults}
    return (
        2 * (ChainFault.NO_ANCHOR in kinds) + (ChainFault.CHAIN_BROKEN in kinds),
        len(faults),
    )


# --- one certificate -----------------------------------------------------------------------------------------------


def _dates(certificate: Certificate, at: datetime) -> Iterator[_Fault]:
    if at < certificate.not_before:
        yield _Fault(ChainFault.NOT_YET_VALID, f"{_shown(certificate)} is not yet valid")
    elif at.replace(microsecond=0) > certificate.not_after:
        yield _Fault(ChainFault.EXPIRED, f"{_shown(certificate)} has expired")


def _usage(certificate: Certificate, use: Use) -> Iterator[_Fault]:
    usage, purposes = certificate.key_usage, certificate.extended_key_usage
    if broken := certificate.broken & {oids.KEY_USAGE, oids.EXTENDED_KEY_USAGE}:
        yield _Fault(ChainFault.USAGE, f"{_shown(certificate)}: {', '.join(sorted(broken))} cannot be read")
    if use is Use.AUTHORITY:
        if not certificate.is_authority or (usage is not None and KeyUsage.KEY_CERT_SIGN not in usage):
            yield _Fault(ChainFault.USAGE, f"{_shown(certificate)} is no authority")
        return
    if use is Use.ANY:
        return
    if usage is not None and not usage & _SIGNING:
        yield _Fault(ChainFault.USAGE, f"the key of {_shown(certificate)} is not for signing")
    if use is Use.DOCUMENT and purposes and not {oids.DOCUMENT_SIGNING, oids.ANY_EXTENDED_KEY_USAGE} & {*purposes}:
        yield _Fault(ChainFault.USAGE, f"{_shown(certificate)} is not for documents")
    if use is Use.TIME_STAMP:
        extension = certificate.extension(oids.EXTENDED_KEY_USAGE)
        if purposes != (oids.TIME_STAMPING,) or extension is None or not extension.critical:
            yield _Fault(ChainFault.USAGE, f"{_shown(certificate)} is not for time stamps alone")


# --- the chain -----------------------------------------------------------------------------------------------------


def _chain_faults(
    chain: tuple[Certificate, ...], at: datetime, *, strict: bool, accept_weak: bool, remarks: set[str]
) -> Iterator[_Fault]:
    """Yield what is wrong with a chain, from the anchor down; the dates and usage of its first are judged elsewhere."""
    limits: list[NameConstraints] = []
    for place in range(len(chain) - 1, -1, -1):
        one = chain[place]
        yield from _extension_faults(one, strict=strict, remarks=remarks)
        remarks |= one.remarks
        if place + 1 < len(chain):
            yield from _link_faults(one, chain[place + 1], accept_weak=accept_weak)
        if limits and (place == 0 or not one.is_self_issued):
            yield from _name_faults(one, limits)
        if place > 0:
            yield from _dates(one, at)
            yield from _authority_faults(one, below=chain[1:place], anchor=place == len(chain) - 1)
            if one.name_constraints is not None:
                limits.append(one.name_constraints)


def _link_faults(one: Certificate, issuer: Certificate, *, accept_weak: bool) -> Iterator[_Fault]:
    """Check the signature of a certificate under the one above it."""
    try:
        weak = algorithms.by_oid(one.signature_algorithm).weak
        holds = _holds(one, issuer.public_key)
    except CertsError as wrong:
        yield _Fault(ChainFault.CHAIN_BROKEN, f"{_shown(one)}: {wrong}")
        return
    if weak and not accept_weak:
        yield _Fault(ChainFault.CHAIN_BROKEN, f"{_shown(one)} is signed with a weak algorithm")
    if not holds:
        # An issuer of the same name with another label is another key, not a forged link.
        kind = ChainFault.NO_ANCHOR if path.label_fits(one, issuer) is False else ChainFault.CHAIN_BROKEN
        yield _Fault(kind, f"the signature on {_shown(one)} does not verify under {_shown(issuer)}")


@lru_cache(maxsize=_REMEMBERED_LINKS)
def _holds(one: Certificate, key: PublicKey) -> bool:
    """Tell whether a link verifies; the answer depends on the bytes alone, so it is worth remembering."""
    try:
        one.verify_signed_by(key)
    except CertsError:
        return False
    return True


def _authority_faults(one: Certificate, below: tuple[Certificate, ...], *, anchor: bool) -> Iterator[_Fault]:
    """Check that a certificate above others may be there."""
    if not one.is_authority and not (anchor and one.version == 1):
        yield _Fault(ChainFault.CHAIN_BROKEN, f"{_shown(one)} is no authority")
    if one.key_usage is not None and KeyUsage.KEY_CERT_SIGN not in one.key_usage:
        yield _Fault(ChainFault.CHAIN_BROKEN, f"the key of {_shown(one)} is not for signing certificates")
    limit = one.basic_constraints.path_length if one.basic_constraints else None
    if limit is not None and sum(not other.is_self_issued for other in below) > limit:
        yield _Fault(ChainFault.CHAIN_BROKEN, f"more authorities below {_shown(one)} than it allows")


def _extension_faults(one: Certificate, *, strict: bool, remarks: set[str]) -> Iterator[_Fault]:
    for oid in one.broken:
        extension = one.extension(oid)
        if oid in _DECISIVE or (extension is not None and extension.critical):
            yield _Fault(ChainFault.CHAIN_BROKEN, f"{_shown(one)}: extension {oid} cannot be read")
    for extension in one.extensions:
        if extension.critical and extension.oid not in _UNDERSTOOD:
            if strict:
                yield _Fault(ChainFault.CHAIN_BROKEN, f"{_shown(one)}: unknown critical extension {extension.oid}")
            remarks.add("critical-extension-unknown")


def _name_faults(one: Certificate, limits: list[NameConstraints]) -> Iterator[_Fault]:
    try:
        allowed = all(constraints.permits(limit, one) for limit in limits)
    except MalformedEncoding:
        allowed = False
    if not allowed:
        yield _Fault(ChainFault.CHAIN_BROKEN, f"{_shown(one)} lies outside the names its issuers may certify")


def _shown(certificate: Certificate) -> str:
    """Name a certificate in a message without the personal data its name may hold."""
    return f"certificate {certificate.serial:x}"
