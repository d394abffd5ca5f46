"""One table of signature algorithms and digests: object identifier, kind of key, digest, and whether it is weak.

Standard:
    GB/T 33560-2017 (SM algorithm identifiers); RFC 5758 (ECDSA); RFC 4055 (RSA); RFC 3279 (SHA-1 with RSA).
"""

import hashlib
from dataclasses import dataclass
from enum import Enum
from typing import Final

from certs import der, oids
from certs import der_writer as write
from certs.der import Reader
from certs.errors import UnknownAlgorithm
from certs.sm import sm3


class KeyKind(Enum):
    """The kinds of keys we verify with."""

    SM2 = "SM2"
    P256 = "P-256"
    RSA = "RSA"


@dataclass(frozen=True, slots=True)
class SignatureAlgorithm:
    """How a message becomes a signature under a kind of key.

    Attributes:
        oid: its object identifier.
        key_kind: the keys it works with.
        digest: the name of its digest, as `digest()` takes it.
        weak: verified for the sake of old documents, refused for new ones.
        identifier: the AlgorithmIdentifier that we write.
    """

    oid: str
    key_kind: KeyKind
    digest: str
    weak: bool
    identifier: bytes


def _algorithm(
    oid: str, kind: KeyKind, digest_name: str, *, weak: bool = False, parameters: bytes = b""
) -> SignatureAlgorithm:
    return SignatureAlgorithm(oid, kind, digest_name, weak, write.sequence(write.oid(oid), parameters))


SM2_SM3: Final = _algorithm(oids.SM2_WITH_SM3, KeyKind.SM2, "sm3")
ECDSA_SHA256: Final = _algorithm(oids.ECDSA_WITH_SHA256, KeyKind.P256, "sha256")
RSA_SHA256: Final = _algorithm(oids.SHA256_WITH_RSA, KeyKind.RSA, "sha256", parameters=write.NULL)
RSA_SHA1: Final = _algorithm(oids.SHA1_WITH_RSA, KeyKind.RSA, "sha1", weak=True, parameters=write.NULL)

_BY_OID: Final = {algorithm.oid: algorithm for algorithm in (SM2_SM3, ECDSA_SHA256, RSA_SHA256, RSA_SHA1)}
_DEFAULTS: Final = {KeyKind.SM2: SM2_SM3, KeyKind.P256: ECDSA_SHA256, KeyKind.RSA: RSA_SHA256}
_DIGESTS: Final = {oids.SM3: "sm3", oids.SHA256: "sha256", oids.SHA1: "sha1"}
_DIGEST_OIDS: Final = {name: oid for oid, name in _DIGESTS.items()}
_DIGEST_SIZES: Final = {"sm3": 32, "sha256": 32, "sha1": 20}


def by_oid(oid: str) -> SignatureAlgorithm:
    """Return the signature algorithm of an object identifier.

    Raises:
        UnknownAlgorithm: it is not in the table. (The SM2 identifier .301.1, right in GB/T 35275 and wrong elsewhere,
            is not: who accepts it says where.)
    """
    try:
        return _BY_OID[oid]
    except KeyError:
        raise UnknownAlgorithm(f"no signature algorithm {oid}") from None


def for_kind(kind: KeyKind) -> SignatureAlgorithm:
    """Return the algorithm that keys of a kind sign with."""
    return _DEFAULTS[kind]


def read_identifier(reader: Reader) -> SignatureAlgorithm:
    """Take a signature AlgorithmIdentifier; absent parameters and NULL both occur and mean the same.

    Raises:
        UnknownAlgorithm: not in the table.
        MalformedEncoding: other parameters.
    """
    with reader.inside() as parts:
        found = by_oid(parts.oid())
        if parts.has(der.NULL):
            parts.null()
    return found


def digest_name(name_or_oid: str) -> str:
    """Return the name of a digest given by name or object identifier.

    Raises:
        UnknownAlgorithm: not in the table.
    """
    name = _DIGESTS.get(name_or_oid, name_or_oid)
    if name not in _DIGEST_SIZES:
        raise UnknownAlgorithm(f"no digest {name_or_oid}")
    return name


def digest_oid(name_or_oid: str) -> str:
    """Return the object identifier of a digest; raises UnknownAlgorithm."""
    return _DIGEST_OIDS[digest_name(name_or_oid)]


def digest_size(name_or_oid: str) -> int:
    """Return the size of a digest in bytes; raises UnknownAlgorithm."""
    return _DIGEST_SIZES[digest_name(name_or_oid)]


def digest(name_or_oid: str, data: bytes) -> bytes:
    """Return the digest of the bytes.

    Raises:
        UnknownAlgorithm: not in the table.
    """
    name = digest_name(name_or_oid)
    if name == "sm3":
        return sm3.digest(data)
    return hashlib.new(name, data, usedforsecurity=name != "sha1").digest()
