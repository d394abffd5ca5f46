"""The role of whoever keeps our keys: tables hold a name, only the ring holds what the name stands for."""

from collections.abc import Mapping
from enum import Enum
from typing import Protocol

from certs.keys import KeyKind, PublicKey
from certs.signer import Signer
from trust.keys.generation import RSA_BITS


class Grade(Enum):
    """Where private keys live. Standard: GB/T 37092-2018, security levels of cryptographic modules."""

    SOFTWARE = "software"  # encrypted files, keys in this process's memory
    CERTIFIED = "certified"  # a certified cryptographic module


class KeyRing(Protocol):
    """Private keys by name, which sign, and secrets by name, in generations that are renewed."""

    @property
    def grade(self) -> Grade:
        """How well the keys are kept."""
        ...

    def create(
        self, name: str, kind: KeyKind = KeyKind.SM2, *, rsa_bits: int = RSA_BITS, exist_ok: bool = False
    ) -> PublicKey:
        """Make a key pair under a new name and return its public key.

        With ``exist_ok`` a name that is taken gives its public key instead; nothing is ever replaced.

        Raises:
            KeyExists: the name is taken; with ``exist_ok``, by a key of another kind.
            KeyNameMalformed: not a name.
        """
        ...

    def public(self, name: str) -> PublicKey:
        """Return the public key of this name; raises KeyMissing."""
        ...

    def signer(self, name: str) -> Signer:
        """Return who signs with the key of this name; raises KeyMissing."""
        ...

    def names(self) -> tuple[str, ...]:
        """Return the names of all key pairs, sorted."""
        ...

    def create_secret(self, name: str, size: int = 32, *, exist_ok: bool = False) -> None:
        """Make the first generation of a secret: 32 bytes for HMAC-SM3, 16 for SM4.

        Raises:
            KeyExists: the name is taken and ``exist_ok`` is not given.
        """
        ...

    def renew_secret(self, name: str) -> int:
        """Make the next generation, of the same size, and return its number; older ones stay readable.

        Other processes see it when they start again; renew while they are stopped.
        """
        ...

    def secret(self, name: str) -> bytes:
        """Return the newest generation; raises KeyMissing."""
        ...

    def generations(self, name: str) -> Mapping[int, bytes]:
        """Return every generation by its number, oldest first from 1; raises KeyMissing."""
        ...
