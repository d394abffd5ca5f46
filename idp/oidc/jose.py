"""Tokens that we sign, and tokens that clients sign: the algorithm is always ours to say, the key always looked up.

Taking apart is `trust.web.jwt`: size caps, one spelling, no member twice, `crit` and `b64` refused, and the keys that a
header brings along (`jwk`, `jku`, `x5u`, `x5c`) never looked at. Here stand the algorithms of the provider, SM2 with SM3
among them under a private name, since no registered one exists.

Standard:
    RFC 7515, 3.1 and 5; RFC 7518, 3; RFC 8725, 3; GB/T 32918.2-2016 with the default identity of GB/T 35276-2017.
"""

import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Protocol

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from certs.algorithms import SM2_SM3
from certs.errors import CertsError
from certs.keys import PublicKey
from certs.signer import Signer
from idp.model.signing_key import RS256
from idp.oidc.jwk import VerifyingKey, fits
from trust.web import jwt
from trust.web.jwt import Claims, TokenUnfit, Unverified, base64url

LEEWAY: Final = timedelta(seconds=10)  # how far another clock may run before ours
_HALF: Final = 32  # octets of each number in an ES256 or SM2 signature


class VerifyingKeys(Protocol):
    """Whoever knows the public keys of one party."""

    def find(self, kid: str | None, alg: str) -> Sequence[VerifyingKey]:
        """Return the keys that may have signed; more than one only where the token names none."""
        ...


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key of ours that signs with one algorithm; `public` is its JWK, with `kid`, `use` and `alg`."""

    kid: str
    alg: str
    signer: Signer
    public: Mapping[str, str]


def sign(key: SigningKey, claims: Mapping[str, Any], typ: str = "JWT") -> str:
    """Return a compact token with these claims, and a `jti` where they have none: no two tokens are equal."""
    said = claims if "jti" in claims else {**claims, "jti": secrets.token_urlsafe(16)}
    text = f"{_header(key.alg, key.kid, typ)}.{base64url(json.dumps(said, separators=(',', ':')).encode())}"
    signature = key.signer.sign(text.encode())
    if key.alg != RS256:
        r, s = decode_dss_signature(signature)
        signature = r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")
    return f"{text}.{base64url(signature)}"


def verify(
    token: str,
    keys: VerifyingKeys,
    *,
    algorithms: Collection[str],
    types: Collection[str] = ("", "jwt"),
    at: datetime | None = None,
    issuer: str | None = None,
    audience: Collection[str] | None = None,
) -> Claims:
    """Return what a token says once its signature holds.

    Args:
        token: compact.
        keys: of the party that must have signed.
        algorithms: those registered for that party.
        types: acceptable `typ`, in lower case; "" lets a token say none.
        at: now; None where an expired token is as good, as for hints.
        issuer: what `iss` must be.
        audience: names of ours, one of which `aud` must contain.

    Raises:
        TokenUnfit: anything is wrong; the message never repeats what the token says.
    """
    unverified = Unverified.parse(token, types, algorithms)
    claims = _signed_by_one(unverified, keys.find(unverified.kid, unverified.algorithm))
    if issuer is not None and claims.text("iss") != issuer:
        raise TokenUnfit("the token is another issuer's")
    if audience is not None and not set(claims.audience()) & set(audience):
        raise TokenUnfit("the token is for somebody else")
    if at is not None:
        _in_time(claims, at)
    return claims


def _signed_by_one(unverified: Unverified, keys: Sequence[VerifyingKey]) -> Claims:
    for key in keys:
        try:
            return _signed_by(unverified, key)
        except TokenUnfit:
            continue
    raise TokenUnfit("the signature does not hold")


def _signed_by(unverified: Unverified, key: VerifyingKey) -> Claims:
    if not fits(key, unverified.algorithm):
        raise TokenUnfit("the key is not of the algorithm's kind")
    if not isinstance(key, PublicKey):
        return unverified.verify(key)
    text, _, last = unverified.text.rpartition(".")
    try:
        raw = jwt.from_base64url(last)
        if len(raw) != 2 * _HALF:
            raise TokenUnfit("the signature does not hold")
        pair = int.from_bytes(raw[:_HALF], "big"), int.from_bytes(raw[_HALF:], "big")
        key.verify(encode_dss_signature(*pair), text.encode(), SM2_SM3)
    except (CertsError, ValueError) as error:
        raise TokenUnfit("the signature does not hold") from error
    return Claims(unverified.claims)


def _in_time(claims: Claims, at: datetime) -> None:
    if claims.instant("exp") <= at:
        raise TokenUnfit("the token is over")
    for name in ("nbf", "iat"):
        if name in claims.values and claims.instant(name) > at + LEEWAY:
            raise TokenUnfit("the token is not valid yet")


@lru_cache(maxsize=64)
def _header(alg: str, kid: str, typ: str) -> str:
    return base64url(json.dumps({"alg": alg, "kid": kid, "typ": typ}, separators=(",", ":")).encode())
