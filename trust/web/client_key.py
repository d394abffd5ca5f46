"""The key by which this home proves who it is to an issuer: in the key ring or in a file, behind a `Signer`.

Standard:
    RFC 7523, 2.2 and 3 (private_key_jwt); RFC 7518, 3.4 ES256; RFC 7638 thumbprints.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from certs.keys import KeyKind
from certs.signer import Signer
from trust.errors import Kind, TrustError
from trust.web.jwt import base64url

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFE: Final = timedelta(seconds=60)


class ClientKeyUnfit(TrustError):
    """The configured key is not one for ES256."""

    kind, code = Kind.MALFORMED, "client-key-unfit"


@dataclass(frozen=True)
class ClientKey:
    """A P-256 key that writes tokens; the issuer knows its public half."""

    signer: Signer

    def __post_init__(self) -> None:
        if self.signer.public_key.kind is not KeyKind.P256:
            raise ClientKeyUnfit("a client proves itself with a P-256 key")

    @cached_property
    def public(self) -> Mapping[str, str]:
        """The public half as a JWK, its thumbprint as its name."""
        point = self.signer.public_key.key_bits
        bare = {"crv": "P-256", "kty": "EC", "x": base64url(point[1:33]), "y": base64url(point[33:])}
        # Standard: RFC 7638, 3.2: the required members in order, without spaces.
        thumbprint = base64url(hashlib.sha256(json.dumps(bare, separators=(",", ":")).encode()).digest())
        return {**bare, "kid": thumbprint, "use": "sig", "alg": "ES256"}

    def token(self, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
        """A signed token with these members beside `alg`."""
        parts = ({"alg": "ES256", **header}, claims)
        text = ".".join(base64url(json.dumps(each, separators=(",", ":")).encode()) for each in parts)
        r, s = decode_dss_signature(self.signer.sign(text.encode()))
        return f"{text}.{base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"

    def assertion(self, client: str, issuer: str, at: datetime) -> dict[str, str]:
        """The form fields by which a client authenticates; the issuer itself is the audience, as FAPI 2.0 wants it."""
        claims = {
            "iss": client, "sub": client, "aud": issuer, "iat": int(at.timestamp()),
            "exp": int((at + LIFE).timestamp()), "jti": secrets.token_urlsafe(16),
        }  # fmt: skip
        token = self.token({"typ": "JWT", "kid": self.public["kid"]}, claims)
        return {"client_id": client, "client_assertion_type": ASSERTION_TYPE, "client_assertion": token}
