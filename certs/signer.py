"""Who signs: a role with a public key and one verb, and the player whose key lies in this process."""

from typing import Protocol

from certs import algorithms
from certs.algorithms import SignatureAlgorithm
from certs.keys import PrivateKey, PublicKey


class Signer(Protocol):
    """Something that signs messages under one key: a key in memory, in a file, in a machine."""

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies what this signer signs."""

    @property
    def algorithm(self) -> SignatureAlgorithm:
        """The algorithm of its signatures."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature of the whole message, as the algorithm encodes it."""


class SoftwareSigner:
    """A signer whose key lies in the memory of this process."""

    __slots__ = ("_key", "algorithm", "public_key")

    def __init__(self, key: PrivateKey) -> None:
        """Sign with this key and the algorithm of its kind."""
        self._key = key
        self.public_key = key.public_key
        self.algorithm = algorithms.for_kind(key.kind)

    def sign(self, message: bytes) -> bytes:
        """Return the signature of the whole message."""
        return self._key.sign(message)
