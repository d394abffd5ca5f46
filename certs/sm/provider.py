"""What an implementation of SM2 is to the door: it keeps keys parsed, and computes with them."""

from typing import Protocol


class PublicHandle(Protocol):
    """A public key as its provider keeps it: parsed once, shared by threads."""

    def verify(self, e: bytes, signature: bytes) -> bool:
        """Tell whether the signature, strict DER, holds for the digest e; whatever is wrong is False."""

    def encrypt(self, plaintext: bytes) -> bytes:
        """Encrypt to DER SM2Cipher."""


class PrivateHandle(Protocol):
    """A private key as its provider keeps it: parsed once, shared by threads."""

    point: bytes

    def sign(self, e: bytes) -> bytes:
        """Sign the digest e (32 bytes) with a fresh nonce; returns DER."""

    def decrypt(self, cipher: bytes) -> bytes | None:
        """Decrypt DER SM2Cipher; None when it does not authenticate."""


class Sm2Provider(Protocol):
    """One implementation of SM2. Scalars are 32 bytes, points 64; both are checked before they come here."""

    name: str
    build: str
    compiler: str
    may_hold_secrets: bool  # does its time not depend on the key?

    def private_key(self, scalar: bytes) -> PrivateHandle:
        """Parse a private key."""

    def public_key(self, point: bytes) -> PublicHandle:
        """Parse a public key."""
