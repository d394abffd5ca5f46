"""What PKCS#12 does with a password: its own key derivation, its MAC, and the two old ciphers that real files use.

Standard:
    RFC 7292 appendices B and C.
"""

import hashlib
import hmac
from typing import Final

from certs import oids, pbes2, rc2
from certs.algorithms import digest_name
from certs.der import Reader, reading
from certs.errors import DecryptionFailed, LimitExceeded
from certs.sm import sm3

MAX_ITERATIONS: Final = 1_000_000
_MAX_SALT: Final = 128
_BLOCK: Final = 64  # of SHA-1, SHA-256 and SM3 alike
_KEY, _IV, _MAC = 1, 2, 3


def decrypt(algorithm: bytes, password: str, text: bytes) -> bytes:
    """Decrypt what a password-based AlgorithmIdentifier of PKCS#12 describes.

    Raises:
        UnknownAlgorithm: neither PBES2 nor one of the two old ciphers.
        DecryptionFailed: a wrong password.
        LimitExceeded: too many iterations.
    """
    if Reader(algorithm).inside().oid() not in (oids.PBE_SHA1_3DES, oids.PBE_SHA1_RC2_40):
        return pbes2.decrypt(algorithm, password.encode(), text)
    with reading(algorithm) as outer, outer.inside() as named:
        oid = named.oid()
        with named.inside() as parameters:
            salt, iterations = parameters.octets(), parameters.integer()
    iv = _derive("sha1", _IV, password, salt, iterations, 8)
    if oid == oids.PBE_SHA1_RC2_40:
        padded = rc2.cbc_decrypt(_derive("sha1", _KEY, password, salt, iterations, 5), iv, text)
    else:
        padded = _triple_des(_derive("sha1", _KEY, password, salt, iterations, 24), iv, text)
    count = padded[-1] if padded else 0
    if not 0 < count <= 8 or padded[-count:] != bytes((count,)) * count:
        raise DecryptionFailed("a wrong password")
    return padded[:-count]


def check_mac(digest: str, expected: bytes, password: str, salt: bytes, iterations: int, content: bytes) -> None:
    """Check the MAC over the content of a PKCS#12 file.

    Raises:
        UnknownAlgorithm: a digest that is not in our table.
        DecryptionFailed: a wrong password, or changed content.
        LimitExceeded: too many iterations.
    """
    name = digest_name(digest)
    key = _derive(name, _MAC, password, salt, iterations, len(_hash(name, b"")))
    found = sm3.hmac(key, content) if name == "sm3" else hmac.digest(key, content, name)
    if not hmac.compare_digest(found, expected):
        raise DecryptionFailed("a wrong password, or a changed file")


def _derive(name: str, purpose: int, password: str, salt: bytes, iterations: int, size: int) -> bytes:
    """Derive key material (appendix B.2)."""
    if not 0 < iterations <= MAX_ITERATIONS or len(salt) > _MAX_SALT:
        raise LimitExceeded(f"PKCS#12 with {iterations} iterations and a salt of {len(salt)} bytes")
    mixed = _filled(salt) + _filled((password + "\x00").encode("utf-16-be"))
    made = b""
    while True:
        value = _hash(name, bytes((purpose,)) * _BLOCK + mixed)
        for _ in range(iterations - 1):
            value = _hash(name, value)
        made += value
        if len(made) >= size:
            return made[:size]
        step = int.from_bytes(_filled(value)[:_BLOCK], "big") + 1
        mixed = b"".join(
            (int.from_bytes(mixed[start : start + _BLOCK], "big") + step).to_bytes(_BLOCK + 1, "big")[1:]
            for start in range(0, len(mixed), _BLOCK)
        )


def _filled(value: bytes) -> bytes:
    """Repeat a value until it fills whole blocks."""
    size = -(-len(value) // _BLOCK) * _BLOCK
    return (value * (size // len(value) + 1))[:size] if value else b""


def _hash(name: str, data: bytes) -> bytes:
    if name == "sm3":
        return sm3.digest(data)
    return (hashlib.sha1(data, usedforsecurity=False) if name == "sha1" else hashlib.sha256(data)).digest()


def _triple_des(key: bytes, iv: bytes, text: bytes) -> bytes:
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
    from cryptography.hazmat.primitives.ciphers import Cipher, modes

    decryptor = Cipher(TripleDES(key), modes.CBC(iv)).decryptor()
    try:
        return decryptor.update(text) + decryptor.finalize()
    except ValueError as wrong:
        raise DecryptionFailed("not whole blocks") from wrong
