"""SM4 in the modes we use: CBC with PKCS#7 padding and GCM, from cryptography.

Standard:
    GB/T 32907-2016 (SM4 block cipher); GB/T 17964 (modes of operation); RFC 8998 (GCM: nonce of 12, tag of 16 bytes).
"""

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.padding import PKCS7

from certs.errors import DecryptionFailed, InvalidKey

KEY_SIZE: Final = 16
NONCE_SIZE: Final = 12
TAG_SIZE: Final = 16
_BLOCK_BITS: Final = 128


def cbc_encrypt(key: bytes, iv: bytes, data: bytes) -> bytes:
    """Encrypt with PKCS#7 padding; key and iv have 16 bytes.

    Raises:
        InvalidKey: a key or iv of another size.
    """
    padder = PKCS7(_BLOCK_BITS).padder()
    encryptor = Cipher(_block(key), modes.CBC(_sized(iv, KEY_SIZE))).encryptor()
    return encryptor.update(padder.update(data) + padder.finalize()) + encryptor.finalize()


def cbc_decrypt(key: bytes, iv: bytes, data: bytes) -> bytes:
    """Decrypt and take the padding off. CBC alone authenticates nothing: never tell a remote party why it failed.

    Raises:
        InvalidKey: a key or iv of another size.
        DecryptionFailed: not whole blocks, or a wrong padding.
    """
    decryptor = Cipher(_block(key), modes.CBC(_sized(iv, KEY_SIZE))).decryptor()
    unpadder = PKCS7(_BLOCK_BITS).unpadder()
    try:
        padded = decryptor.update(data) + decryptor.finalize()
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError as wrong:
        raise DecryptionFailed("SM4-CBC: not a padded text under this key") from wrong


def gcm_encrypt(key: bytes, nonce: bytes, data: bytes, aad: bytes = b"") -> bytes:
    """Encrypt and authenticate; returns cipher text and tag. A nonce serves one message under a key.

    Raises:
        InvalidKey: a key of other than 16 bytes, or a nonce of other than 12.
    """
    encryptor = Cipher(_block(key), modes.GCM(_sized(nonce, NONCE_SIZE))).encryptor()
    encryptor.authenticate_additional_data(aad)
    return encryptor.update(data) + encryptor.finalize() + encryptor.tag


def gcm_decrypt(key: bytes, nonce: bytes, data: bytes, aad: bytes = b"") -> bytes:
    """Check the tag at the end of `data` and decrypt the rest.

    Raises:
        InvalidKey: a key or nonce of another size.
        DecryptionFailed: the tag does not hold.
    """
    if len(data) < TAG_SIZE:
        raise DecryptionFailed("SM4-GCM: shorter than its tag")
    decryptor = Cipher(_block(key), modes.GCM(_sized(nonce, NONCE_SIZE), data[-TAG_SIZE:])).decryptor()
    decryptor.authenticate_additional_data(aad)
    try:
        return decryptor.update(data[:-TAG_SIZE]) + decryptor.finalize()
    except InvalidTag as wrong:
        raise DecryptionFailed("SM4-GCM: the tag does not hold") from wrong


def _block(key: bytes) -> SM4:
    return SM4(_sized(key, KEY_SIZE))


def _sized(value: bytes, size: int) -> bytes:
    if len(value) != size:
        raise InvalidKey(f"SM4: {len(value)} bytes where {size} belong")
    return value
