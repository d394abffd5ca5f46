"""Password protection in the form we write and the world reads: PBES2 with PBKDF2, national or international.

Standard:
    RFC 8018 (PKCS#5 v2.1) sections 5.2 and 6.2. No GM/T document gives SM3 and SM4 a profile; the identifiers are
    those of GB/T 33560-2017.
"""

import os
from typing import Final, NamedTuple

from certs import der, oids
from certs import der_writer as write
from certs.der import Reader, reading
from certs.errors import DecryptionFailed, LimitExceeded, MalformedEncoding, UnknownAlgorithm

ITERATIONS: Final = 600_000
MAX_ITERATIONS: Final = 2_000_000
_MAX_SALT: Final = 128
_SALT_SIZE: Final = 16
_IV_SIZE: Final = 16
_KEY_SIZES: Final = {oids.AES128_CBC: 16, oids.AES192_CBC: 24, oids.AES256_CBC: 32, oids.SM4_CBC: 16}
_PRFS: Final = {
    oids.HMAC_SHA1: "SHA1",
    oids.HMAC_SHA256: "SHA256",
    oids.HMAC_SM3: "SM3",
    oids.SM3_WITH_KEY: "SM3",
}


class Scheme(NamedTuple):
    """The two algorithms of PBES2: pseudo-random function and cipher."""

    prf: str
    cipher: str


def encrypt(scheme: Scheme, password: bytes, data: bytes, iterations: int = ITERATIONS) -> tuple[bytes, bytes]:
    """Encrypt under a password with a fresh salt; returns the AlgorithmIdentifier and the cipher text."""
    salt, iv = os.urandom(_SALT_SIZE), os.urandom(_IV_SIZE)
    key = _derive(scheme.prf, password, salt, iterations, _KEY_SIZES[scheme.cipher])
    derivation = write.sequence(
        write.oid(oids.PBKDF2),
        write.sequence(
            write.octet_string(salt), write.integer(iterations), write.sequence(write.oid(scheme.prf), write.NULL)
        ),
    )
    cipher = write.sequence(write.oid(scheme.cipher), write.octet_string(iv))
    algorithm = write.sequence(write.oid(oids.PBES2), write.sequence(derivation, cipher))
    return algorithm, _encrypt(scheme.cipher, key, iv, data)


def decrypt(algorithm: bytes, password: bytes, text: bytes) -> bytes:
    """Decrypt what a PBES2 AlgorithmIdentifier describes.

    Raises:
        UnknownAlgorithm: another scheme, function or cipher.
        LimitExceeded: more iterations than we are willing to spend.
        DecryptionFailed: a wrong password (in 1 of 256 cases it is noise instead; parse what comes out).
    """
    with reading(algorithm) as outer, outer.inside() as named:
        if (oid := named.oid()) != oids.PBES2:
            raise UnknownAlgorithm(f"no key protection {oid}")
        with named.inside() as parameters:
            with parameters.inside() as derivation:
                prf, salt, iterations, size = _read_derivation(derivation)
            with parameters.inside() as cipher:
                name, iv = cipher.oid(), cipher.octets()
    if name not in _KEY_SIZES:
        raise UnknownAlgorithm(f"no cipher {name} under a password")
    if size not in (None, _KEY_SIZES[name]) or len(iv) != _IV_SIZE:
        raise MalformedEncoding("PBES2: a key or iv of a wrong size")
    return _decrypt(name, _derive(prf, password, salt, iterations, _KEY_SIZES[name]), iv, text)


def _read_derivation(derivation: Reader) -> tuple[str, bytes, int, int | None]:
    if (oid := derivation.oid()) != oids.PBKDF2:
        raise UnknownAlgorithm(f"no key derivation {oid}")
    with derivation.inside() as parameters:
        salt, iterations = parameters.octets(), parameters.integer()
        size = parameters.integer() if parameters.has(der.INTEGER) else None
        prf = oids.HMAC_SHA1
        if parameters.has(der.SEQUENCE):
            with parameters.inside() as function:
                prf = function.oid()
                if function.more():
                    function.null()
    if prf not in _PRFS:
        raise UnknownAlgorithm(f"no pseudo-random function {prf}")
    if not 0 < iterations <= MAX_ITERATIONS or len(salt) > _MAX_SALT:
        raise LimitExceeded(f"PBKDF2 with {iterations} iterations and a salt of {len(salt)} bytes")
    return prf, salt, iterations, size


def _derive(prf: str, password: bytes, salt: bytes, iterations: int, size: int) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

    algorithm: hashes.HashAlgorithm = getattr(hashes, _PRFS[prf])()
    return PBKDF2HMAC(algorithm, size, salt, iterations).derive(password)


def _encrypt(name: str, key: bytes, iv: bytes, data: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.padding import PKCS7

    block = algorithms.SM4 if name == oids.SM4_CBC else algorithms.AES
    padder, encryptor = PKCS7(128).padder(), Cipher(block(key), modes.CBC(iv)).encryptor()
    return encryptor.update(padder.update(data) + padder.finalize()) + encryptor.finalize()


def _decrypt(name: str, key: bytes, iv: bytes, text: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.padding import PKCS7

    block = algorithms.SM4 if name == oids.SM4_CBC else algorithms.AES
    unpadder, decryptor = PKCS7(128).unpadder(), Cipher(block(key), modes.CBC(iv)).decryptor()
    try:
        padded = decryptor.update(text) + decryptor.finalize()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError as wrong:
        raise DecryptionFailed("a wrong password") from wrong
