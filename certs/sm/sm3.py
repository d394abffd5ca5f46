"""SM3 and HMAC-SM3, from the OpenSSL behind hashlib where it has them, else from cryptography.

Standard:
    GB/T 32905-2016 (SM3 cryptographic hash algorithm); GB/T 15852.2 (HMAC).
"""

import hashlib
import hmac as _hmac
from typing import Final, Protocol, Self

SIZE: Final = 32
BLOCK: Final = 64


class Hasher(Protocol):
    """A running digest, as hashlib has them."""

    def update(self, data: bytes, /) -> None:
        """Take in more bytes."""

    def digest(self) -> bytes:
        """Return the digest of all bytes so far."""

    def copy(self) -> Self:
        """Return a second digest that continues from here."""


class _CryptographyHasher:
    """The same three verbs over cryptography, for a Python whose OpenSSL was built without SM3."""

    def __init__(self, running: object = None) -> None:
        from cryptography.hazmat.primitives import hashes

        self._running = running if isinstance(running, hashes.Hash) else hashes.Hash(hashes.SM3())

    def update(self, data: bytes, /) -> None:
        self._running.update(data)

    def digest(self) -> bytes:
        return self._running.copy().finalize()

    def copy(self) -> "_CryptographyHasher":
        return _CryptographyHasher(self._running.copy())


def _in_hashlib() -> bool:
    try:
        return hashlib.new("sm3", b"abc").hexdigest().startswith("66c7f0f4")
    except ValueError:
        return False


_HASHLIB: Final = _in_hashlib()


def hasher() -> Hasher:
    """Start a running SM3."""
    return hashlib.new("sm3") if _HASHLIB else _CryptographyHasher()


def digest(data: bytes) -> bytes:
    """Return the SM3 of the bytes, 32 bytes."""
    running = hasher()
    running.update(data)
    return running.digest()


def hmac(key: bytes, data: bytes) -> bytes:
    """Return HMAC-SM3 of the data under the key, 32 bytes."""
    if _HASHLIB:
        return _hmac.digest(key, data, "sm3")
    if len(key) > BLOCK:
        key = digest(key)
    key = key.ljust(BLOCK, b"\x00")
    inner = digest(bytes(octet ^ 0x36 for octet in key) + data)
    return digest(bytes(octet ^ 0x5C for octet in key) + inner)
