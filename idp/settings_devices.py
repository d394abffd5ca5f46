"""`[idp.devices]`: passkeys, certificates, keys of apps and sign-in by a scanned code."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from certs import certificate
from certs.certificate import Certificate
from certs.errors import CertsError
from trust.settings import SettingsMalformed

MAX_QR_SECONDS: Final = 90
MAX_CHALLENGE_SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class DevicesSection:
    """Who may vouch for devices and certificates, and how long a challenge waits for its answer."""

    name: str = "统一身份认证"  # how authenticators call this provider
    challenge_seconds: int = 300
    qr_seconds: int = 90
    attestation_roots_file: Path | None = None  # PEM: makers of authenticators that keep keys in hardware
    certificate_authorities_file: Path | None = None  # PEM: who certifies persons, besides our own registry's

    def checked(self) -> Self:
        """Return the section when it makes sense.

        Raises:
            SettingsMalformed: it does not.
        """
        if not self.name.strip() or len(self.name) > 60:
            raise SettingsMalformed("[idp.devices] name: 1 to 60 characters")
        if not 30 <= self.challenge_seconds <= MAX_CHALLENGE_SECONDS:
            raise SettingsMalformed(f"[idp.devices] challenge_seconds: 30 to {MAX_CHALLENGE_SECONDS}")
        if not 10 <= self.qr_seconds <= MAX_QR_SECONDS:
            raise SettingsMalformed(f"[idp.devices] qr_seconds: 10 to {MAX_QR_SECONDS}")
        return self

    def attestation_roots(self) -> Sequence[bytes]:
        """Return each root of makers of authenticators as PEM.

        Raises:
            SettingsMalformed: the file cannot be read.
        """
        return [one.to_pem().encode() for one in _certificates(self.attestation_roots_file)]

    def certificate_authorities(self) -> Sequence[Certificate]:
        """Return the authorities that are named in the file.

        Raises:
            SettingsMalformed: the file cannot be read.
        """
        return _certificates(self.certificate_authorities_file)


def _certificates(path: Path | None) -> Sequence[Certificate]:
    if path is None:
        return ()
    try:
        return certificate.all_from_pem(path.read_bytes())
    except (OSError, CertsError) as error:
        raise SettingsMalformed(f"[idp.devices] {path.name}: certificates in PEM are wanted") from error
