"""The frame that certificates, revocation lists and requests share: what is signed, by which algorithm, the value.

Standard:
    RFC 5280 section 4.1.1 (and the macro SIGNED of X.509); GB/T 35276-2017 (SM2 with SM3, parameters absent or NULL).
"""

from typing import Final, NamedTuple

from certs import algorithms, der, der_writer, oids
from certs.der import Reader, reading
from certs.errors import AlgorithmMismatch, LimitExceeded, MalformedEncoding

NULL_ALLOWED: Final = frozenset({oids.SM2_WITH_SM3})
_NULL_DEMANDED: Final = frozenset({oids.SHA1_WITH_RSA, oids.SHA256_WITH_RSA})


class Signed(NamedTuple):
    """Three parts of a signed structure, as received."""

    tbs: bytes
    algorithm: bytes
    signature: bytes


def take(encoded: bytes, *, limit: int, strict: bool, remarks: set[str]) -> Signed:
    """Open the frame.

    Raises:
        MalformedEncoding: these are not three such parts and nothing more.
        LimitExceeded: longer than `limit` bytes.
    """
    if len(encoded) > limit:
        raise LimitExceeded(f"{len(encoded)} bytes, where at most {limit} are read")
    with reading(encoded, strict=strict, remarks=remarks) as outer, outer.inside() as frame:
        parts = Signed(frame.raw(der.SEQUENCE), frame.raw(der.SEQUENCE), frame.bits())
    if "unused-bits" in remarks:  # no authority writes that, and nothing signed would notice
        raise MalformedEncoding("a signature value that is not whole octets")
    return parts


def inner_algorithm(reader: Reader, outer: bytes) -> str:
    """Take the algorithm inside the signed part and return its identifier.

    Raises:
        AlgorithmMismatch: it is not byte for byte the outer one, which nobody signed.
    """
    inner = reader.raw(der.SEQUENCE)
    if inner != outer:
        raise AlgorithmMismatch("the signed algorithm differs from the one outside the signature")
    return algorithm(inner, strict=reader.strict, remarks=reader.remarks)


def algorithm(encoded: bytes, *, strict: bool, remarks: set[str]) -> str:
    """Return the identifier of a signature algorithm; strictly, SM2 has no parameters and RSA has NULL."""
    with reading(encoded, strict=strict, remarks=remarks) as outer, outer.inside() as parts:
        identifier = parts.oid()
        parameters = parts.raw() if parts.more() else b""
    if strict and identifier in NULL_ALLOWED and parameters:
        raise AlgorithmMismatch("parameters after an algorithm that we write without any")
    if identifier in NULL_ALLOWED and parameters not in (b"", der_writer.NULL):
        raise AlgorithmMismatch("parameters other than NULL after an algorithm that has none")
    if strict and identifier in _NULL_DEMANDED and parameters != der_writer.NULL:
        raise AlgorithmMismatch("an RSA algorithm without its NULL")
    return identifier


def finish(tbs: bytes, identifier: str, signature: bytes) -> bytes:
    """Join what was signed, the algorithm and the signature value."""
    return der_writer.sequence(tbs, algorithms.by_oid(identifier).identifier, der_writer.bit_string(signature))
