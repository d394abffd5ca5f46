"""Build what an issuer signs: a to-be-signed certificate from a profile, a name and a key; then join the signature.

Standard:
    RFC 5280 sections 4.1 and 4.2; GB/T 20518-2018; X.690 (defaults are left out).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final

from certs import algorithms, certificate, der, der_writer, extensions, oids, signed
from certs.algorithms import SignatureAlgorithm
from certs.certificate import Certificate
from certs.errors import CertsError, IssuedDiffers
from certs.extensions import Extension, KeyPeriod
from certs.keys import PublicKey
from certs.name import Name
from certs.profile import Profile

SERIAL_OCTETS: Final = 16
_VERSION_3: Final = der_writer.explicit(0, der_writer.integer(2))


@dataclass(frozen=True, slots=True)
class Issuer:
    """What a certificate takes from the one above it."""

    name: Name
    key_identifier: bytes
    algorithm: SignatureAlgorithm

    @classmethod
    def of(cls, above: Certificate) -> "Issuer":
        """Return the issuer that this authority's certificate describes."""
        key = above.public_key
        label = above.subject_key_identifier or key_identifier(key)
        return cls(above.subject, label, algorithms.for_kind(key.kind))

    @classmethod
    def itself(cls, subject: Name, public_key: PublicKey) -> "Issuer":
        """Return the issuer of a root."""
        return cls(subject, key_identifier(public_key), algorithms.for_kind(public_key.kind))


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that one certificate will say."""

    profile: Profile
    serial: int
    issuer: Issuer
    subject: Name
    public_key: PublicKey
    not_before: datetime
    not_after: datetime
    crl_urls: tuple[str, ...] = ()
    issuer_urls: tuple[str, ...] = ()
    ocsp_urls: tuple[str, ...] = ()
    further: tuple[Extension, ...] = field(default=())  # identity extensions, after all others


def key_identifier(public_key: PublicKey) -> bytes:
    """Return the usual label of a key: SHA-1 of its bits. Every tool expects it; nothing is protected by it.

    Standard:
        RFC 5280 section 4.2.1.2, method (1).
    """
    return hashlib.sha1(public_key.key_bits, usedforsecurity=False).digest()


def serial_number(random_octets: bytes) -> int:
    """Shape sixteen random octets into a serial: top bit 0, next bit 1, so every one has sixteen octets.

    Raises:
        ValueError: not sixteen octets.
    """
    if len(random_octets) != SERIAL_OCTETS:
        raise ValueError(f"a serial is made of {SERIAL_OCTETS} random octets")
    return int.from_bytes(random_octets, "big") & ~(1 << 127) | 1 << 126


def is_serial_number(serial: int) -> bool:
    """Tell whether a serial has the shape that `serial_number` gives."""
    return serial >> 126 == 1


def build(plan: Plan) -> bytes:
    """Return the to-be-signed certificate, in DER."""
    return der_writer.sequence(
        _VERSION_3,
        der_writer.integer(plan.serial),
        plan.issuer.algorithm.identifier,
        plan.issuer.name.der,
        der_writer.sequence(der_writer.time(plan.not_before), der_writer.time(plan.not_after)),
        plan.subject.der,
        plan.public_key.spki,
        der_writer.explicit(3, der_writer.sequence(*_extensions(plan))),
    )


def finish(tbs: bytes, signature: bytes) -> Certificate:
    """Join the signature to what was signed, and read the result back as a stranger would.

    Raises:
        IssuedDiffers: the result does not decode strictly, or says something else than was signed.
    """
    try:
        result = certificate.decode(signed.finish(tbs, _algorithm(tbs), signature))
    except CertsError as wrong:
        raise IssuedDiffers(f"the finished certificate does not decode: {wrong}") from wrong
    if result.tbs != tbs or result.signature != signature:
        raise IssuedDiffers("the finished certificate is not what was signed")
    return result


def draft(tbs: bytes) -> Certificate:
    """Read a to-be-signed certificate as if it had been signed, strictly if that can be, to look at before signing.

    Raises:
        MalformedEncoding: it is no to-be-signed certificate.
    """
    whole = signed.finish(tbs, _algorithm(tbs), b"\x00")
    try:
        return certificate.decode(whole)
    except CertsError:
        return certificate.read(whole)


def _algorithm(tbs: bytes) -> str:
    fields = der.Reader(tbs).inside()
    fields.raw(der.context(0))
    fields.raw(der.INTEGER)
    return _known_algorithm(fields.raw(der.SEQUENCE))


@lru_cache(maxsize=16)
def _known_algorithm(encoded: bytes) -> str:
    return signed.algorithm(encoded, strict=True, remarks=set())


def _extensions(plan: Plan) -> Iterable[bytes]:
    profile = plan.profile
    write = extensions.encode
    if profile.authority is not None:
        yield write(oids.BASIC_CONSTRAINTS, extensions.encode_basic_constraints(profile.authority), critical=True)
    yield write(oids.KEY_USAGE, der_writer.named_bits(profile.key_usage), critical=True)
    if profile.purposes:
        value = extensions.encode_object_identifiers(profile.purposes)
        yield write(oids.EXTENDED_KEY_USAGE, value, critical=profile.purposes_critical)
    yield write(oids.SUBJECT_KEY_IDENTIFIER, der_writer.octet_string(key_identifier(plan.public_key)))
    if not profile.self_signed:
        value = extensions.encode_authority_key_identifier(plan.issuer.key_identifier)
        yield write(oids.AUTHORITY_KEY_IDENTIFIER, value)
    if profile.key_life is not None:
        period = KeyPeriod(plan.not_before, min(plan.not_before + profile.key_life, plan.not_after))
        yield write(oids.PRIVATE_KEY_USAGE_PERIOD, extensions.encode_key_period(period))
    if profile.policies:
        yield write(oids.CERTIFICATE_POLICIES, extensions.encode_policies(profile.policies))
    if plan.crl_urls:
        yield write(oids.CRL_DISTRIBUTION_POINTS, extensions.encode_distribution_points(plan.crl_urls))
    places = [(oids.AD_OCSP, url) for url in plan.ocsp_urls] + [(oids.AD_CA_ISSUERS, url) for url in plan.issuer_urls]
    if places:
        yield write(oids.AUTHORITY_INFO_ACCESS, extensions.encode_information_access(places))
    for one in plan.further:
        yield write(one.oid, one.value, critical=one.critical)
