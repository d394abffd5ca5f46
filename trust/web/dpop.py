"""Proof that a caller holds the key to which its access token belongs.

Standard:
    RFC 9449, 4 DPoP proof JWTs (4.3 checking), 6 public key confirmation; RFC 7638 thumbprints.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from trust.web import jwt
from trust.web.challenge import ProofInvalid
from trust.web.client_key import ClientKey
from trust.web.jwt import Claims, Key, TokenUnfit, Unverified

ALGORITHMS: Final = ("ES256", "EdDSA", "PS256")
TYPE: Final = "dpop+jwt"
OLDEST: Final = timedelta(seconds=60)
AHEAD: Final = timedelta(seconds=10)  # how far the caller's clock may run before ours
MAX_PROOF_CHARACTERS: Final = 4096
_PUBLIC: Final[Mapping[str, tuple[type[ECKey] | type[RSAKey] | type[OKPKey], frozenset[str]]]] = {
    "EC": (ECKey, frozenset({"kty", "crv", "x", "y"})),
    "OKP": (OKPKey, frozenset({"kty", "crv", "x"})),
    "RSA": (RSAKey, frozenset({"kty", "n", "e"})),
}
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


class ProofsSeen(Protocol):
    """Whoever remembers which proofs were used, for all processes of a home."""

    def take(self, value: str, until: datetime, at: datetime) -> bool:
        """Return True the first time, False for every repetition before `until`."""
        ...


def verify_proof(
    proof: str,
    *,
    method: str,
    url: str,
    at: datetime,
    seen: ProofsSeen,
    access_token: str | None = None,
    nonce: Callable[[str | None], None] | None = None,
) -> str:
    """Check a proof and return the thumbprint of its key (`jkt`).

    Args:
        proof: the value of the only `DPoP` header.
        method: of the request.
        url: of the request as the world calls it; query and fragment do not count.
        at: now.
        seen: takes the proof, so that it is used once.
        access_token: the token it comes with, at a protected resource.
        nonce: judges the nonce inside, and raises.

    Raises:
        ProofInvalid: for another request, another token, too old, used before, or not signed by the key it names.
    """
    if len(proof) > MAX_PROOF_CHARACTERS:
        raise ProofInvalid("the proof is too long")
    try:
        unverified = Unverified.parse(proof, (TYPE,), ALGORITHMS)
        key = _key(unverified.header.get("jwk"))
        claims = unverified.verify(key)
        _for_this(claims, method, url, access_token)
        made, identifier, found = claims.instant("iat"), claims.text("jti"), claims.text_or_none("nonce")
    except TokenUnfit as error:
        raise ProofInvalid(str(error)) from error
    if not at - OLDEST <= made <= at + AHEAD:
        raise ProofInvalid("the proof was not made just now")
    if nonce is not None:
        nonce(found)
    thumbprint = key.thumbprint()
    # The key is part of what is remembered: nobody can use up the identifiers of another caller.
    if not seen.take(f"{thumbprint}.{identifier}", made + OLDEST + AHEAD, at):
        raise ProofInvalid("the proof was used before")
    return thumbprint


def make_proof(
    key: ClientKey, *, method: str, url: str, at: datetime, identifier: str, nonce: str | None = None
) -> str:
    """A proof for one request that carries no access token."""
    claims: dict[str, Any] = {"jti": identifier, "htm": method, "htu": url, "iat": int(at.timestamp())}
    if nonce is not None:
        claims["nonce"] = nonce
    public = {name: key.public[name] for name in ("kty", "crv", "x", "y")}
    return key.token({"typ": TYPE, "jwk": public}, claims)


def token_hash(access_token: str) -> str:
    """The claim `ath`."""
    return jwt.base64url(hashlib.sha256(access_token.encode()).digest())


def _for_this(claims: Claims, method: str, url: str, access_token: str | None) -> None:
    if claims.text("htm") != method:
        raise TokenUnfit("the proof is for another method")
    if _plain(claims.text("htu", 2048)) != _plain(url):
        raise TokenUnfit("the proof is for another address")
    if access_token is not None and claims.text("ath") != token_hash(access_token):
        raise TokenUnfit("the proof is for another token")


def _key(raw: object) -> Key:
    """The public key in a header; its own algorithm and use do not matter, a private part is refused."""
    if not isinstance(raw, dict) or not isinstance(raw.get("kty"), str) or raw["kty"] not in _PUBLIC:
        raise TokenUnfit("the proof names no key of a kind we take")
    kind, members = _PUBLIC[raw["kty"]]
    if _PRIVATE & raw.keys() or not members <= raw.keys():
        raise TokenUnfit("the proof does not name a public key")
    if kind is RSAKey and not _sized(raw):
        raise TokenUnfit("the RSA key of the proof is too small or too large")
    try:
        return kind.import_key({name: raw[name] for name in members})
    except (JoseError, ValueError, TypeError) as error:
        raise TokenUnfit("the key of the proof cannot be read") from error


def _sized(raw: Mapping[str, object]) -> bool:
    """Whether an RSA key has 2048 to 4096 bits and a usual exponent; asked before anything computes with it."""
    n, e = raw["n"], raw["e"]
    return isinstance(n, str) and isinstance(e, str) and 341 < len(n) <= 683 and len(e) <= 6


def _plain(url: str) -> tuple[str, str, int | None, str]:
    """An address for comparison: scheme and host in lower case, the port said, no query, no fragment.

    Standard:
        RFC 9449, 4.3; RFC 3986, 6.2.2 and 6.2.3.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError as error:
        raise TokenUnfit("the address in the proof cannot be read") from error
    if "@" in parts.netloc:
        raise TokenUnfit("the address in the proof cannot be read")
    return parts.scheme, parts.hostname or "", port, parts.path or "/"
