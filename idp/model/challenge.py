"""A question that one browser may answer once, and the words that are signed in answer to it."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Final

from certs.sm import sm3

BYTES: Final = 32
MAX_TEXT: Final = 1_000


class ChallengeKind(Enum):
    """What the answer is for; an answer to one kind is none to another."""

    PASSKEY_REGISTRATION = "passkey-registration"
    PASSKEY = "passkey"
    CERTIFICATE_BINDING = "certificate-binding"
    CERTIFICATE = "certificate"
    DEVICE_KEY = "device-key"


@dataclass(frozen=True, slots=True)
class Challenge:
    """A challenge as it is asked; tables keep the digest of its nonce alone.

    Attributes:
        nonce: 256 random bits.
        account: whose answer is wanted; None: whoever can give one.
        client: the relying platform for which somebody signs in, or empty.
    """

    kind: ChallengeKind
    nonce: str
    account: str | None
    client: str
    at: datetime
    until: datetime

    @property
    def digest(self) -> bytes:
        return digest_of(self.nonce)

    @property
    def bytes(self) -> bytes:
        return self.nonce.encode()


def new_nonce() -> str:
    """Return a value that nobody guesses."""
    return secrets.token_urlsafe(BYTES)


def digest_of(nonce: str) -> bytes:
    """Return what a table keeps of a nonce."""
    return hashlib.sha256(nonce.encode()).digest()


def statement(nonce: str, origin: str, client: str, at: datetime) -> str:
    """Return the words to sign: four lines that say what is asked, by whom, for whom and when."""
    return "\n".join((nonce, origin, client, instant(at)))


def statement_digest(text: str) -> bytes:
    """Return SM3 of the words, which is what signing devices are given."""
    return sm3.digest(text.encode())


def instant(at: datetime) -> str:
    """Return an instant to the second as it is signed."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
