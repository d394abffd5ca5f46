"""What people are told about a certificate: its names, its life and the digests by which they compare it."""

import hashlib
from typing import Any

from certs.certificate import Certificate


def member(name: str, certificate: Certificate) -> dict[str, Any]:
    """Return a line of a report; the PEM text is for whoever receives the certificate."""
    return {
        "name": name,
        "subject": str(certificate.subject),
        "issuer": str(certificate.issuer),
        "serial": f"{certificate.serial:032x}",
        "not_before": f"{certificate.not_before:%Y-%m-%dT%H:%M:%SZ}",
        "not_after": f"{certificate.not_after:%Y-%m-%dT%H:%M:%SZ}",
        "sm3": certificate.fingerprint.hex(),
        "sha256": hashlib.sha256(certificate.der).hexdigest(),
        "pem": certificate.to_pem(),
    }
