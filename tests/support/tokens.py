"""Tools for tests about signed tokens: keys in memory, and tokens put together from any header."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from certs.keys import KeyKind
from certs.signer import SoftwareSigner
from idp.model.client import Client, ClientState, Profile
from idp.oidc import jwk
from idp.oidc.jose import SigningKey
from trust.keys.generation import generate
from trust.web.jwt import base64url


@cache
def signing_key(alg: str, number: int = 1) -> SigningKey:
    """A key that stays the same through a run."""
    del number
    private = generate(jwk.KINDS[alg], 2048)
    said = jwk.published(alg, private.public_key)
    return SigningKey(said["kid"], alg, SoftwareSigner(private), said)


@dataclass(frozen=True)
class Known:
    """The public keys of one party."""

    keys: Sequence[SigningKey]

    def find(self, kid: str | None, alg: str) -> Sequence[jwk.VerifyingKey]:
        return [jwk.read(one.public) for one in self.keys if one.alg == alg and kid in (None, one.kid)]


def put_together(header: Mapping[str, Any] | str, claims: Mapping[str, Any] | str, signature: bytes = b"x") -> str:
    """A token with these parts, whatever they are."""
    parts = [one if isinstance(one, str) else json.dumps(one) for one in (header, claims)]
    return ".".join(base64url(part) for part in (*(one.encode() for one in parts), signature))


def resigned(key: SigningKey, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    """A token with this header, truly signed."""
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    text = put_together(header, claims).rpartition(".")[0]
    signature = key.signer.sign(text.encode())
    if key.signer.public_key.kind is not KeyKind.RSA:
        r, s = decode_dss_signature(signature)
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return f"{text}.{base64url(signature)}"


def registered(
    *keys: SigningKey,
    profile: Profile = Profile.STANDARD,
    name: str = "c1",
    method: str = "private_key_jwt",
    **metadata: Any,
) -> Client:
    """A client with these keys in its registration."""
    own = {"jwks": {"keys": [dict(one.public) for one in keys]}} if keys else {}
    said = {"token_endpoint_auth_method": method, **own, **metadata}
    at = datetime(2026, 3, 1, tzinfo=UTC)
    return Client(name, ClientState.ACTIVE, profile, False, said, "test", at, at)
