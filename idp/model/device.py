"""What a person holds to sign in with: passkeys, certificates and keys of apps."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from certs.certificate import Certificate
from certs.keys import PublicKey

MAX_NAME: Final = 60
MAX_OF_A_KIND: Final = 20  # of one account

SYNCED: Final = "passkey"  # the provider of the authenticator may copy it to other devices
DEVICE_BOUND: Final = "passkey-device"
HARDWARE: Final = "passkey-hardware"
CERTIFICATE: Final = "certificate"
QR: Final = "qr"


@dataclass(frozen=True, slots=True)
class Passkey:
    """A WebAuthn credential.

    Attributes:
        credential: its id.
        public_key: COSE.
        counter: how often its authenticator signed, as far as we saw; 0 where it does not count.
        method: what a sign-in with it proves, one of three.
        transports: how browsers reach it.
    """

    credential: bytes
    account: str
    public_key: bytes
    counter: int
    method: str
    aaguid: str
    transports: tuple[str, ...]
    name: str
    created_at: datetime
    last_used_at: datetime | None = None

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.credential).digest()

    @property
    def id(self) -> str:
        return self.digest.hex()


@dataclass(frozen=True, slots=True)
class BoundCertificate:
    """A certificate that somebody bound to an account; its subject is a pseudonym and is not kept."""

    digest: bytes  # of issuer and serial
    account: str
    issuer: str  # what people call the authority
    serial: str
    key: bytes  # SHA-256 of the subject's public key
    not_after: datetime
    created_at: datetime
    last_used_at: datetime | None = None

    @property
    def id(self) -> str:
        return self.digest.hex()


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """A key that an app keeps in its device."""

    id: str  # 32 hex characters
    account: str
    spki: bytes
    name: str
    created_at: datetime
    last_used_at: datetime | None = None

    @property
    def key(self) -> PublicKey:
        return PublicKey.from_spki(self.spki)

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.spki).digest()


def certificate_digest(certificate: Certificate) -> bytes:
    """Return what a certificate is found by: issuer and serial, as every relying party may see them."""
    serial = certificate.serial.to_bytes((certificate.serial.bit_length() + 8) // 8, "big", signed=True)
    return hashlib.sha256(len(serial).to_bytes(2, "big") + serial + certificate.issuer.der).digest()


def clean_name(text: str, otherwise: str) -> str:
    """Return a name that a user gave to a device, cut and without what does not print."""
    shown = "".join(sign for sign in text.strip() if sign.isprintable())
    return shown[:MAX_NAME] or otherwise
