"""Proof that a caller holds the key to which its access token belongs.

Standard:
    RFC 9449, 4 DPoP proof JWTs (4.3 checking), 6 public key confirmation; RFC 7638 thumbprints.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from trust.web import jwt
from trust.web.challenge import ProofInvalid
from trust.web.client_key import ClientKey
from trust.web.jwk import public_key
from trust.web.jwt import Claims, TokenUnfit, Unverified

ALGORITHMS: Final = ("ES256", "EdDSA", "PS256")
TYPE: Final = "dpop+jwt"
OLDEST: Final = timedelta(seconds=60)
AHEAD: Final = timedelta(seconds=10)  # how far the caller's clock may run before ours
MAX_PROOF_CHARACTERS: Final = 4096


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
        key = public_key(unverified.header.get("jwk"))
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
