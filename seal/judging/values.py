"""Signature values: the algorithm they are said to follow, and whether they verify over the received bytes.

Standard:
    GB/T 38540-2020 sections 6 and 7 (what is signed); GB/T 35276-2017 (the value's form).
"""

from typing import Final

from certs import algorithms, oids
from certs.algorithms import SignatureAlgorithm
from certs.certificate import Certificate
from certs.errors import CertsError, InvalidSignature, MalformedEncoding, UnknownAlgorithm
from certs.keys import KeyKind, PublicKey
from certs.signature_value import read_sm2
from certs.sm import sm2

_MISWRITTEN: Final = frozenset({oids.SM2_SIGN, oids.GM_SIGNED_DATA})


def key_of(certificate: Certificate) -> PublicKey | None:
    """Return the key of a certificate, or None if it is of no kind we verify with."""
    try:
        return certificate.public_key
    except CertsError:
        return None


def algorithm_for(oid: str, key: PublicKey, remarks: set[str], *, strict: bool) -> SignatureAlgorithm:
    """Return the algorithm a value follows; other identifiers that products write for SM2 are tolerated.

    Raises:
        UnknownAlgorithm: not in our table, or not fitting the key.
    """
    if oid in _MISWRITTEN and key.kind is KeyKind.SM2 and not strict:
        remarks.add("wrong-signature-oid-accepted")
        return algorithms.SM2_SM3
    found = algorithms.by_oid(oid)
    if found.key_kind is not key.kind:
        raise UnknownAlgorithm(f"{oid} with a key of kind {key.kind.value}")
    return found


def verifies(
    key: PublicKey, signature: bytes, message: bytes, algorithm: SignatureAlgorithm, remarks: set[str], *, strict: bool
) -> bool:
    """Tell whether a value verifies over a message, whatever tolerated form it is written in."""
    try:
        if algorithm.key_kind is KeyKind.SM2:
            signature = read_sm2(signature, remarks, strict=strict)
        key.verify(signature, message, algorithm)
    except (InvalidSignature, MalformedEncoding):
        return False
    return True


def signs_digest_alone(key: PublicKey, signature: bytes, data_hash: bytes, original: bytes | None) -> bool:
    """Tell whether a value that is wrong over its proper bytes was made over the document's digest (or file) alone.

    Two products did so: seal, time and list are then bound by nothing, and any seal could be swapped in. It explains
    the failure; it excuses nothing.
    """
    if key.kind is KeyKind.SM2:
        try:
            value = read_sm2(signature, set())
            sm2.verify_digest(key.sm2, data_hash, value)
        except CertsError:
            return False
        return True
    if original is None:
        return False
    return any(
        verifies(key, signature, original, algorithm, set(), strict=False)
        for algorithm in (algorithms.RSA_SHA1, algorithms.RSA_SHA256)
        if key.kind is KeyKind.RSA
    )
