"""Containers of private keys: PKCS#8 and SEC1, PEM and DER, and the password protection of PKCS#8.

Standard:
    RFC 5208 and RFC 5958 (PKCS#8); RFC 5915 (ECPrivateKey); RFC 7468 (PEM); GB/T 35276-2017 (SM2 keys).
"""

from enum import Enum
from typing import Final, NamedTuple

from certs import der, oids, pbes2, pem
from certs import der_writer as write
from certs.algorithms import KeyKind
from certs.der import Reader, reading
from certs.errors import DecryptionFailed, InvalidKey, LimitExceeded, MalformedEncoding, UnknownAlgorithm

MAX_CONTAINER: Final = 64 * 1024
_LABELS: Final = ("PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY")
_CURVES: Final = {oids.SM2_CURVE: KeyKind.SM2, oids.P256: KeyKind.P256}
_CURVE_PARAMETER: Final = 0
_PUBLIC_KEY: Final = 1
_SM2_ALGORITHM: Final = write.sequence(write.oid(oids.EC_PUBLIC_KEY), write.oid(oids.SM2_CURVE))


class Protection(Enum):
    """How a protected PKCS#8 is written: PBES2 with national or with international algorithms."""

    SM = pbes2.Scheme(oids.HMAC_SM3, oids.SM4_CBC)
    AES = pbes2.Scheme(oids.HMAC_SHA256, oids.AES256_CBC)


class Sm2Scalar(NamedTuple):
    """An SM2 private key as it stood in its container; `point` is 04‖x‖y, or empty when it was not there."""

    scalar: bytes
    point: bytes


def read_private(encoded: bytes, password: bytes | None = None) -> Sm2Scalar | bytes:
    """Read a container down to an SM2 scalar, or to the plain DER of a P-256 or RSA key.

    Raises:
        MalformedEncoding: not a container we read.
        DecryptionFailed: protected, and the password is missing or wrong.
        UnknownAlgorithm: another curve or protection.
    """
    if len(encoded) > MAX_CONTAINER:
        raise LimitExceeded(f"a private key of {len(encoded)} bytes")
    if b"-----BEGIN " not in encoded:
        return _read_der(encoded, password, None)
    parameters = pem.decode_all(encoded, "EC PARAMETERS", "SM2 PARAMETERS")
    curve = _parameters(parameters[0]) if parameters else None
    return _read_der(pem.decode_one(encoded, *_LABELS), password, curve)


def read_curve(reader: Reader) -> KeyKind:
    """Take the name of a curve; the signature identifier .301.1 in its place is the remark `curve-oid-301-1`.

    Raises:
        UnknownAlgorithm: a curve we do not compute on.
    """
    oid = reader.oid()
    if oid == oids.SM2_SIGN:
        reader.remark("curve-oid-301-1")
        return KeyKind.SM2
    if oid not in _CURVES:
        raise UnknownAlgorithm(f"no curve {oid}")
    return _CURVES[oid]


def encode_sm2(scalar: bytes, point: bytes) -> bytes:
    """Encode an SM2 private key as PKCS#8, its public key included."""
    public = write.explicit(_PUBLIC_KEY, write.bit_string(b"\x04" + point))
    inner = write.sequence(write.integer(1), write.octet_string(scalar), public)
    return write.sequence(write.integer(0), _SM2_ALGORITHM, write.octet_string(inner))


def protect(encoded: bytes, password: bytes, protection: Protection, iterations: int = 0) -> bytes:
    """Wrap PKCS#8 in EncryptedPrivateKeyInfo."""
    algorithm, text = pbes2.encrypt(protection.value, password, encoded, iterations or pbes2.ITERATIONS)
    return write.sequence(algorithm, write.octet_string(text))


def _parameters(block: bytes) -> KeyKind:
    with reading(block) as reader:
        if not reader.has(der.OBJECT_IDENTIFIER):
            raise UnknownAlgorithm("a curve that is spelled out instead of named")
        return read_curve(reader)


def _read_der(encoded: bytes, password: bytes | None, curve: KeyKind | None) -> Sm2Scalar | bytes:
    """Tell the containers apart by their first two elements."""
    with reading(encoded) as outer, outer.inside() as parts:
        if parts.has(der.SEQUENCE):
            algorithm, text = parts.raw(), parts.octets()
            if password is None:
                raise DecryptionFailed("the key is protected by a password")
            return _read_opened(pbes2.decrypt(algorithm, password, text))
        version = parts.integer()
        if version == 1 and parts.has(der.OCTET_STRING):
            return _sec1(parts, encoded, curve)
        if parts.has(der.SEQUENCE):
            return _pkcs8(parts, encoded)
        while parts.more():
            parts.integer()  # PKCS#1, whose numbers cryptography checks
        return encoded


def _read_opened(encoded: bytes) -> Sm2Scalar | bytes:
    """Read what a password opened: a wrong one leaves noise about once in 256 times."""
    try:
        return _read_der(encoded, None, None)
    except MalformedEncoding as wrong:
        raise DecryptionFailed("a wrong password") from wrong


def _pkcs8(parts: Reader, encoded: bytes) -> Sm2Scalar | bytes:
    with parts.inside() as algorithm:
        oid = algorithm.oid()
        kind = read_curve(algorithm) if oid == oids.EC_PUBLIC_KEY else None
        if algorithm.has(der.NULL):
            algorithm.null()
    inner = parts.octets()
    while parts.more():
        parts.element()  # attributes and, in RFC 5958, the public key
    if oid == oids.RSA or kind is KeyKind.P256:
        return encoded
    if kind is not KeyKind.SM2:
        raise UnknownAlgorithm(f"no private keys of algorithm {oid}")
    with reading(inner) as outer, outer.inside() as key:
        if key.integer() != 1:
            raise MalformedEncoding("an ECPrivateKey of another version")
        return _sec1(key, encoded, kind)


def _sec1(key: Reader, encoded: bytes, curve: KeyKind | None) -> Sm2Scalar | bytes:
    """Take the rest of an ECPrivateKey after its version."""
    scalar, point = key.octets(), b""
    if key.has(der.context(_CURVE_PARAMETER)):
        with key.inside(der.context(_CURVE_PARAMETER)) as named:
            if not named.has(der.OBJECT_IDENTIFIER):
                raise UnknownAlgorithm("a curve that is spelled out instead of named")
            own = read_curve(named)
        if curve not in (None, own):
            raise MalformedEncoding("two curves for one key")
        curve = own
    if key.has(der.context(_PUBLIC_KEY)):
        with key.inside(der.context(_PUBLIC_KEY)) as wrapped:
            point = wrapped.bits()
    if curve is KeyKind.P256:
        return encoded
    if curve is None:
        raise UnknownAlgorithm("an EC key that does not say its curve")
    if len(scalar) != 32 or len(point) not in (0, 65):
        raise InvalidKey("an SM2 key of other than 32 bytes")
    return Sm2Scalar(scalar, point)
