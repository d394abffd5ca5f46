"""Public keys as JWKs: ours as we publish them, and those of clients.

Standard:
    RFC 7517, 4; RFC 7518, 6; RFC 7638, 3 thumbprints. `crv` `SM2` is a private name: no registered one exists.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from certs.der import reading
from certs.errors import CertsError
from certs.keys import KeyKind, PublicKey
from certs.sm.sm2 import Sm2PublicKey
from idp.model.signing_key import ES256, RS256, SM2_SM3
from trust.web import jwk, jwt
from trust.web.jwt import TokenUnfit, base64url, from_base64url

VerifyingKey = jwt.Key | PublicKey
KINDS: Final = {RS256: KeyKind.RSA, ES256: KeyKind.P256, SM2_SM3: KeyKind.SM2}
_COORDINATE: Final = 32


def published(alg: str, public: PublicKey) -> dict[str, str]:
    """The JWK of a public key of ours, its thumbprint as its name."""
    if public.kind is KeyKind.RSA:
        with reading(public.key_bits) as outer, outer.inside() as numbers:
            modulus, exponent = numbers.integer(), numbers.integer()
        bare = {"e": _number(exponent), "kty": "RSA", "n": _number(modulus)}
    else:
        point = public.key_bits
        curve = "P-256" if public.kind is KeyKind.P256 else "SM2"
        bare = {"crv": curve, "kty": "EC", "x": base64url(point[1:33]), "y": base64url(point[33:])}
    kid = base64url(hashlib.sha256(json.dumps(bare, separators=(",", ":"), sort_keys=True).encode()).digest())
    return {**bare, "kid": kid, "use": "sig", "alg": alg}


def read(raw: Mapping[str, Any]) -> VerifyingKey:
    """The public key of a JWK: RSA, P-256, Ed25519 or SM2; a private part is refused.

    Raises:
        TokenUnfit: not such a key, or of a size or curve that nobody signs with here.
    """
    if raw.get("kty") != "EC" or raw.get("crv") != "SM2":
        return jwk.public_key(raw)
    x, y = raw.get("x"), raw.get("y")
    if "d" in raw or not isinstance(x, str) or not isinstance(y, str) or max(len(x), len(y)) > 2 * _COORDINATE:
        raise TokenUnfit("not a public key")
    try:
        halves = from_base64url(x), from_base64url(y)
        return PublicKey.from_sm2(Sm2PublicKey.from_point(b"".join(half.rjust(_COORDINATE, b"\0") for half in halves)))
    except (CertsError, ValueError) as error:
        raise TokenUnfit("a key that cannot be read") from error


def fits(key: VerifyingKey, alg: str) -> bool:
    """Whether a key is of the kind, curve and size that an algorithm takes."""
    if isinstance(key, PublicKey):
        return alg == SM2_SM3 and key.kind is KeyKind.SM2
    return alg != SM2_SM3 and jwt.fits(key, alg)


def _number(value: int) -> str:
    return base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))
