"""Passwords become argon2id digests, a few at a time, and more callers than that are asked to come back."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from trust.errors import Kind, TrustError


class TooBusy(TrustError):
    """All hashing places are taken; the same call may succeed shortly."""

    kind, code = Kind.UNAVAILABLE, "too-busy"


@dataclass(frozen=True, slots=True)
class PasswordHashes:
    """Makes and checks password digests; call it outside of any database transaction.

    Standard: RFC 9106 (argon2id).
    """

    hasher: PasswordHasher = field(
        default_factory=lambda: PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
    )
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2, "password-hash"), repr=False)
    places: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(16), repr=False)

    def encode(self, password: str) -> str:
        """Return the digest to keep, with its salt and parameters.

        Raises:
            TooBusy: too many others are being hashed.
        """
        self._enter()
        try:
            return self.pool.submit(self.hasher.hash, password).result()
        finally:
            self.places.release()

    def matches(self, stored: str, password: str) -> bool:
        """Whether the password belongs to this digest; a malformed digest belongs to none.

        Raises:
            TooBusy: too many others are being hashed.
        """
        self._enter()
        try:
            return self.pool.submit(self.hasher.verify, stored, password).result()
        except (VerificationError, InvalidHashError):
            return False
        finally:
            self.places.release()

    def outdated(self, stored: str) -> bool:
        """Whether the digest was made with other parameters than those of today."""
        return self.hasher.check_needs_rehash(stored)

    def _enter(self) -> None:
        if not self.places.acquire(blocking=False):
            message = "too many sign-ins at this moment, try again shortly"
            raise TooBusy(message)
