"""The one door to SM2: Z value, digest, sign, verify, encrypt and decrypt, with keys that are checked when made.

Standard:
    GB/T 32918.2-2016 (digital signature), GB/T 32918.4-2016 (public key encryption), GB/T 35276-2017 (formats, Z and
    the default identity).
"""

import secrets
from typing import Any, Final, Self

from certs.errors import DecryptionFailed, InvalidKey, InvalidSignature
from certs.sm import curve, providers, sm3
from certs.sm.encoding import (
    MAX_PLAINTEXT,
    Cipher,
    decode_cipher,
    decode_signature,
    encode_cipher,
    encode_signature,
    from_raw,
    read_signature,
    to_raw,
)
from certs.sm.provider import PrivateHandle, PublicHandle, Sm2Provider

__all__ = [
    "DEFAULT_ID",
    "Cipher",
    "Sm2PrivateKey",
    "Sm2PublicKey",
    "decode_cipher",
    "decode_signature",
    "decrypt",
    "digest",
    "encode_cipher",
    "encode_signature",
    "encrypt",
    "from_raw",
    "read_signature",
    "sign",
    "sign_digest",
    "to_raw",
    "verify",
    "verify_digest",
    "z_value",
]

DEFAULT_ID: Final = b"1234567812345678"
_MAX_ID: Final = 8191  # its length in bits is written in two bytes
_CURVE: Final = b"".join(value.to_bytes(32, "big") for value in (curve.A, curve.B, curve.GX, curve.GY))


class Sm2PublicKey:
    """A finite point of the curve, known to be one.

    Attributes:
        point: x‖y, 64 bytes.
    """

    __slots__ = ("_default_z", "_kept", "point")

    point: bytes
    _kept: tuple[Sm2Provider | None, Any]
    _default_z: bytes | None

    def __init__(self, point: bytes) -> None:
        """Take x‖y; raises InvalidKey off the curve."""
        if len(point) != 64 or not curve.contains(*curve.split(point)):
            raise InvalidKey("not a point of the SM2 curve")
        object.__setattr__(self, "point", bytes(point))
        object.__setattr__(self, "_kept", (None, None))
        object.__setattr__(self, "_default_z", None)

    @classmethod
    def from_point(cls, point: bytes) -> Self:
        """Take x‖y, with or without the leading 04 of an uncompressed point.

        Raises:
            InvalidKey: another length or form, or a point off the curve.
        """
        if len(point) == 65 and point[0] == 0x04:
            point = point[1:]
        return cls(point)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"an SM2 public key does not change: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"an SM2 public key does not change: {name}")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sm2PublicKey) and self.point == other.point

    def __hash__(self) -> int:
        return hash(self.point)

    def __repr__(self) -> str:
        return f"Sm2PublicKey({self.point.hex()})"

    def __reduce__(self) -> tuple[type[Self], tuple[bytes]]:
        return type(self), (self.point,)

    def handle(self, provider: Sm2Provider) -> PublicHandle:
        """Return this key as the provider keeps it, parsed at first use."""
        owner, handle = self._kept
        if owner is not provider:
            handle = provider.public_key(self.point)
            object.__setattr__(self, "_kept", (provider, handle))
        found: PublicHandle = handle
        return found

    @property
    def default_z(self) -> bytes:
        """The Z value of this key under the default identity, computed once."""
        if self._default_z is None:
            object.__setattr__(self, "_default_z", z_value(self, DEFAULT_ID))
        assert self._default_z is not None
        return self._default_z


class Sm2PrivateKey:
    """A private scalar between 1 and n-2; it never prints itself.

    Attributes:
        public: the public key.
    """

    __slots__ = ("_kept", "_scalar", "public")

    def __init__(self, scalar: bytes) -> None:
        """Take 32 bytes; raises InvalidKey out of range, NoProvider where nothing may hold a private key."""
        if len(scalar) != 32 or not 0 < int.from_bytes(scalar, "big") < curve.N - 1:
            raise InvalidKey("not an SM2 private scalar")
        self._scalar = bytes(scalar)
        provider = providers.signing()
        handle = provider.private_key(self._scalar)
        self._kept = (provider, handle)
        self.public = Sm2PublicKey(handle.point)

    @classmethod
    def generate(cls) -> Self:
        """Draw a new key from the system's generator."""
        return cls((secrets.randbelow(curve.N - 2) + 1).to_bytes(32, "big"))

    @classmethod
    def from_scalar(cls, scalar: bytes) -> Self:
        """Take a scalar of 32 bytes.

        Raises:
            InvalidKey: another length, or not between 1 and n-2.
            NoProvider: nothing on this machine may hold a private key.
        """
        return cls(scalar)

    def scalar(self) -> bytes:
        """Return the secret itself, 32 bytes, for writing it into a protected container."""
        return self._scalar

    def __repr__(self) -> str:
        return f"Sm2PrivateKey(public={self.public.point.hex()})"

    def __reduce__(self) -> str:
        raise TypeError("a private key is not pickled")

    def handle(self) -> PrivateHandle:
        """Return this key as the provider keeps it, parsed again only when the rules of the process changed."""
        provider = providers.signing()
        owner, handle = self._kept
        if owner is not provider:
            handle = provider.private_key(self._scalar)
            self._kept = (provider, handle)
        return handle


def z_value(public: Sm2PublicKey, identity: bytes = DEFAULT_ID) -> bytes:
    """Return Z, the digest that binds identity, curve and key.

    Raises:
        InvalidKey: an identity over 8191 bytes.
    """
    if len(identity) > _MAX_ID:
        raise InvalidKey(f"an SM2 identity of {len(identity)} bytes")
    return sm3.digest((8 * len(identity)).to_bytes(2, "big") + identity + _CURVE + public.point)


def digest(public: Sm2PublicKey, message: bytes, identity: bytes = DEFAULT_ID) -> bytes:
    """Return e, the digest of the message under the signer's key and identity, 32 bytes."""
    running = sm3.hasher()
    running.update(public.default_z if identity == DEFAULT_ID else z_value(public, identity))
    running.update(message)
    return running.digest()


def sign(private: Sm2PrivateKey, message: bytes, identity: bytes = DEFAULT_ID) -> bytes:
    """Sign a message; returns DER SM2Signature."""
    return private.handle().sign(digest(private.public, message, identity))


def sign_digest(private: Sm2PrivateKey, e: bytes) -> bytes:
    """Sign a digest e of 32 bytes; returns DER SM2Signature."""
    return private.handle().sign(_digest_sized(e))


def verify(public: Sm2PublicKey, message: bytes, signature: bytes, identity: bytes = DEFAULT_ID) -> None:
    """Check a strict DER signature over a message.

    Raises:
        InvalidSignature: it does not hold, or is not DER.
    """
    if not public.handle(providers.verifying()).verify(digest(public, message, identity), signature):
        raise InvalidSignature("the SM2 signature does not hold")


def verify_digest(public: Sm2PublicKey, e: bytes, signature: bytes) -> None:
    """Check a strict DER signature over a digest e of 32 bytes.

    Raises:
        InvalidSignature: it does not hold, or is not DER.
    """
    if len(e) != 32 or not public.handle(providers.verifying()).verify(e, signature):
        raise InvalidSignature("the SM2 signature does not hold")


def encrypt(public: Sm2PublicKey, plaintext: bytes) -> bytes:
    """Encrypt 1 byte to 1 MiB to a public key; returns DER SM2Cipher (order C1, C3, C2).

    Raises:
        InvalidKey: an empty or too long text.
        NoProvider: nothing on this machine may hold a secret nonce.
    """
    if not 0 < len(plaintext) <= MAX_PLAINTEXT:
        raise InvalidKey(f"SM2 encrypts 1 to {MAX_PLAINTEXT} bytes, not {len(plaintext)}")
    return public.handle(providers.signing()).encrypt(plaintext)


def decrypt(private: Sm2PrivateKey, cipher: bytes) -> bytes:
    """Decrypt DER SM2Cipher.

    Raises:
        DecryptionFailed: malformed, a point off the curve, or a check value that does not hold; which, is not said.
    """
    plaintext = private.handle().decrypt(cipher)
    if plaintext is None:
        raise DecryptionFailed("the SM2 cipher text does not authenticate")
    return plaintext


def _digest_sized(e: bytes) -> bytes:
    if len(e) != 32:
        raise InvalidSignature(f"SM2 signs a digest of 32 bytes, not {len(e)}")
    return e
