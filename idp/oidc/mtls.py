"""Client certificates that a reverse proxy received: who the client is, and to which certificate a token is bound.

TLS ends at the proxy, which passes the certificate on in a header. Anybody can write a header, so it counts only beside
another one with a secret that the proxy and we share; the proxy removes both from what it receives.

Standard:
    RFC 8705, 2 mutual TLS client authentication, 3 certificate-bound access tokens; RFC 9440, 2 `Client-Cert`.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from cryptography import x509

from certs import certificate
from certs import der_writer as write
from certs.certificate import Certificate
from certs.errors import CertsError
from certs.name import Name
from idp.model.client import Client
from idp.oidc.client_keys import ClientKeys
from trust.clock import Clock
from trust.web.jwt import TokenUnfit, base64url

MAX_HEADER: Final = 24 << 10  # characters; a certificate of 6 kB in percent signs


@dataclass(frozen=True, slots=True)
class ClientCertificates:
    """Reads the certificate of a request; the hook `verify_certificate` of `ClientAuthenticator`.

    Args:
        header: in which the proxy passes the certificate on, in lower case: `:base64:` (RFC 9440) or PEM, its line ends
            escaped (nginx) or spaces (Apache).
        verified: the header in which it says `SUCCESS` when the chain holds.
        proof_header: the header in which it shows the secret.
        secret: SHA-256 of what stands there; None: no proxy is believed.
        keys: of clients, for self-signed certificates.
        clock: a certificate counts within its time.
    """

    header: str
    verified: str
    proof_header: str
    secret: bytes | None = field(repr=False)
    keys: ClientKeys
    clock: Clock

    def __call__(self, headers: Mapping[str, str], client: Client) -> bool:
        """Return whether the certificate that the proxy vouches for is the client's."""
        found = self.presented(headers)
        if found is None:
            return False
        if client.auth_method == "self_signed_tls_client_auth":
            return self._registered(found, client)
        subject = client.metadata.get("tls_client_auth_subject_dn")
        if client.auth_method != "tls_client_auth" or not isinstance(subject, str):
            return False
        return headers.get(self.verified, "") == "SUCCESS" and same_subject(found, subject)

    def presented(self, headers: Mapping[str, str]) -> Certificate | None:
        """Return the certificate of a request, None where there is none that counts; nobody says yet whose it is."""
        secret = hashlib.sha256(headers.get(self.proof_header, "").encode("utf-8", "replace")).digest()
        if self.secret is None or not hmac.compare_digest(secret, self.secret):
            return None
        text = headers.get(self.header, "")
        if not text or len(text) > MAX_HEADER:
            return None
        try:
            found = certificate.read(_der(text))
        except (CertsError, ValueError):
            return None
        return found if found.not_before <= self.clock.now() <= found.not_after else None

    def thumbprint(self, headers: Mapping[str, str]) -> str | None:
        """Return `x5t#S256` of the certificate of a request, to which a token is bound; None where there is none."""
        found = self.presented(headers)
        return None if found is None else x5t_s256(found)

    def _registered(self, found: Certificate, client: Client) -> bool:
        try:
            return any(one.certificate == found.der for one in self.keys.rows(client))
        except TokenUnfit:
            return False


def x5t_s256(found: Certificate) -> str:
    """The confirmation of a certificate. Standard: RFC 8705, 3.1."""
    return base64url(hashlib.sha256(found.der).digest())


def same_subject(found: Certificate, registered: str) -> bool:
    """Whether a certificate's subject is the one registered as text, attribute by attribute, letter by letter.

    Standard:
        RFC 4514, 2 and 3; RFC 8705, 2.1.2 `tls_client_auth_subject_dn`.
    """
    try:
        wanted = [
            {(one.oid.dotted_string, one.value) for one in part}
            for part in x509.Name.from_rfc4514_string(registered).rdns
        ]
        parts = [set(Name(write.sequence(part)).attributes) for part in found.subject.rdns]
    except (ValueError, CertsError):
        return False
    return bool(wanted) and parts == wanted


def _der(text: str) -> bytes:
    """The certificate in a header; raises ValueError."""
    if text.startswith(":") and text.endswith(":"):
        return base64.b64decode(text[1:-1], validate=True)
    pem = unquote(text, errors="strict").strip()
    label, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    if not pem.startswith(label) or not pem.endswith(end):
        raise binascii.Error("not a certificate")
    return base64.b64decode("".join(pem[len(label) : -len(end)].split()), validate=True)
