"""Check signed messages: find each signer's certificate, verify each value over what was received.

A certificate is found by what the signer names, never by its place. With signed attributes the value stands over the
attribute set; real sets are not always in the order of DER, so the received order is tried first, then the sorted one.

Standard:
    GB/T 35275-2017 (SM2 cryptography message syntax) signed data; RFC 5652 sections 5.4 to 5.6.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from certs import algorithms, certificate, der, oids
from certs import der_writer as write
from certs.algorithms import SignatureAlgorithm
from certs.certificate import Certificate
from certs.cms import SignedData, SignerInfo
from certs.der import Reader
from certs.errors import InvalidSignature, MalformedEncoding, SignerUnknown, UnknownAlgorithm
from certs.keys import KeyKind, PublicKey
from certs.signature_value import read_sm2

_SM2_SIGNATURES: Final = frozenset({oids.SM2_WITH_SM3, oids.SM2_SIGN})
_SM3_DIGESTS: Final = frozenset({oids.SM3, oids.SM3_WITHOUT_KEY})


@dataclass(frozen=True, slots=True)
class VerifiedSigner:
    """A signer whose value holds, and the certificate it was checked under. Nothing is said about trust."""

    info: SignerInfo
    certificate: Certificate


def find_certificate(signer: SignerInfo, certificates: Iterable[Certificate]) -> Certificate | None:
    """Find the certificate a signer names by issuer and serial (or key identifier); never merely "the first"."""
    return next((one for one in certificates if signer.is_of(one)), None)


def read_certificates(encoded: Iterable[bytes]) -> tuple[Certificate, ...]:
    """Read the enclosed certificates, leaving out what cannot be read."""
    readable: list[Certificate] = []
    for one in encoded:
        try:
            readable.append(certificate.read(one))
        except (MalformedEncoding, UnknownAlgorithm):
            continue
    return tuple(readable)


def algorithm_of(signer: SignerInfo) -> SignatureAlgorithm:
    """Return the signature algorithm that a signer's two identifiers mean together.

    Raises:
        UnknownAlgorithm: not in our table, or digest and signature do not go together.
    """
    named, digest = signer.signature_algorithm, signer.digest_algorithm
    if named in _SM2_SIGNATURES:
        if digest not in _SM3_DIGESTS:
            raise UnknownAlgorithm(f"SM2 over the digest {digest}")
        return algorithms.SM2_SM3
    if named == oids.RSA:
        named = {oids.SHA1: oids.SHA1_WITH_RSA, oids.SHA256: oids.SHA256_WITH_RSA}.get(digest, named)
    return algorithms.by_oid(named)


def verify_value(signer: SignerInfo, key: PublicKey, content: bytes, *, strict: bool = False) -> frozenset[str]:
    """Verify one signer's value under a key, over its attributes or, without any, over `content`; return remarks.

    The digest attribute is not compared here: that is a question about the content.

    Raises:
        InvalidSignature: the value does not hold.
        UnknownAlgorithm: an algorithm outside our table, or one that does not fit the key.
    """
    algorithm = algorithm_of(signer)
    remarks: set[str] = set()
    value = signer.signature
    if algorithm.key_kind is KeyKind.SM2:
        try:
            value = read_sm2(value, remarks, strict=strict)
        except MalformedEncoding as wrong:
            raise InvalidSignature(f"not an SM2 signature value: {wrong}") from wrong
    if signer.received_attributes is None:
        key.verify(value, content, algorithm)
        return frozenset(remarks)
    received = write.tlv(der.SET, signer.received_attributes)
    distinguished = _sorted_set(signer.received_attributes)
    if received == distinguished:
        key.verify(value, received, algorithm)
        return frozenset(remarks)
    if strict:
        key.verify(value, distinguished, algorithm)
        return frozenset(remarks)
    remarks.add("ber-encoding")
    try:
        key.verify(value, received, algorithm)
    except InvalidSignature:
        key.verify(value, distinguished, algorithm)
    return frozenset(remarks)


def verify(
    signed: SignedData, *, content: bytes | None = None, certificates: Iterable[Certificate] = ()
) -> tuple[VerifiedSigner, ...]:
    """Verify every signer of a message over its content (or, detached, over `content`).

    Raises:
        SignerUnknown: a signer's certificate is neither enclosed nor given.
        InvalidSignature: a value or a digest does not hold, or the message encloses other content than the given.
    """
    if signed.content is not None:
        if content is not None and content != signed.content:
            raise InvalidSignature("the message encloses other content")
        content = signed.content
    if content is None:
        raise InvalidSignature("a detached message without its content")
    known = (*read_certificates(signed.certificates), *certificates)
    verified = []
    for signer in signed.signers:
        found = find_certificate(signer, known)
        if found is None:
            raise SignerUnknown("the certificate that the signer names is not there")
        verify_value(signer, found.public_key, content)
        _verify_attributes(signed, signer, content)
        verified.append(VerifiedSigner(signer, found))
    return tuple(verified)


def _verify_attributes(signed: SignedData, signer: SignerInfo, content: bytes) -> None:
    if signer.received_attributes is None:
        return
    if signer.message_digest != algorithms.digest(algorithm_of(signer).digest, content):
        raise InvalidSignature("the signed digest is not that of the content")
    if signer.content_type not in (None, signed.content_type):
        raise InvalidSignature("the signed content type is not that of the message")


def _sorted_set(content: bytes) -> bytes:
    reader = Reader(content, strict=False)
    parts = []
    while reader.more():
        parts.append(reader.raw())
    return write.set_of(parts)
