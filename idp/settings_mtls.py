"""`[idp.mtls]`: client certificates that a reverse proxy passes on."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from trust.settings import SettingsMalformed, read_secret

MIN_SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class MtlsSection:
    """In which headers the proxy says what; without a secret none of them is believed."""

    header: str = "client-cert"  # the certificate
    verified_header: str = "client-cert-verified"  # SUCCESS when its chain holds
    proof_header: str = "client-cert-proof"
    secret_file: Path | None = None  # what stands in that header, in a file of mode 0600

    def checked(self) -> Self:
        """Return the section when it makes sense.

        Raises:
            SettingsMalformed: it does not.
        """
        names = (self.header, self.verified_header, self.proof_header)
        if any(not name.replace("-", "").isalnum() or name != name.lower() for name in names) or len(set(names)) != 3:
            raise SettingsMalformed("[idp.mtls] three different names of headers, in lower case")
        return self

    def secret(self) -> bytes | None:
        """Return the digest of the secret, None where no proxy is believed.

        Raises:
            SettingsMalformed: the file cannot be read, is open to others, or holds too little.
        """
        if self.secret_file is None:
            return None
        found = read_secret(self.secret_file)
        if len(found) < MIN_SECRET_BYTES:
            raise SettingsMalformed(f"[idp.mtls] secret_file: fewer than {MIN_SECRET_BYTES} bytes")
        return hashlib.sha256(found).digest()
