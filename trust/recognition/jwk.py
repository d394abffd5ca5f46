"""Public keys as JSON: EC keys on the SM2 curve and on P-256, each with the one algorithm it is kept for.

Standard:
    RFC 7517; RFC 7518 section 6.2; for SM2 the names `SM2` and `SM2-SM3`, which no register knows.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from certs import der_writer as write
from certs import oids
from certs.algorithms import ECDSA_SHA256, SM2_SM3, SignatureAlgorithm
from certs.errors import CertsError
from certs.keys import KeyKind, PublicKey

COORDINATE: Final = 32  # octets, on either curve
MEMBERS: Final = frozenset({"alg", "crv", "kty", "x", "y"})


@dataclass(frozen=True, slots=True)
class Curve:
    """What a key on one curve signs with."""

    name: str
    oid: str
    kind: KeyKind
    jose: str
    algorithm: SignatureAlgorithm


CURVES: Final = (
    Curve("SM2", oids.SM2_CURVE, KeyKind.SM2, "SM2-SM3", SM2_SM3),
    Curve("P-256", oids.P256, KeyKind.P256, "ES256", ECDSA_SHA256),
)


def curve_of(key: PublicKey) -> Curve:
    """The curve of a key.

    Raises:
        ValueError: a kind that does not travel as JSON here.
    """
    for curve in CURVES:
        if curve.kind is key.kind:
            return curve
    raise ValueError(f"no JSON form for a key of kind {key.kind.name}")


def to_json(key: PublicKey) -> dict[str, str]:
    """The members `alg`, `crv`, `kty`, `x`, `y`.

    Raises:
        ValueError: a kind that does not travel as JSON here.
    """
    curve = curve_of(key)
    x, y = key.key_bits[1 : 1 + COORDINATE], key.key_bits[1 + COORDINATE :]
    return {"alg": curve.jose, "crv": curve.name, "kty": "EC", "x": encode_base64url(x), "y": encode_base64url(y)}


def from_json(members: Mapping[str, Any]) -> PublicKey:
    """The key that exactly these members spell.

    Raises:
        ValueError: a member too many, too few or wrong, or a point off the curve.
    """
    if members.keys() != MEMBERS or members["kty"] != "EC":
        raise ValueError("a key has exactly alg, crv, kty, x and y, and is of type EC")
    for curve in CURVES:
        if (members["crv"], members["alg"]) == (curve.name, curve.jose):
            point = b"\x04" + _coordinate(members["x"]) + _coordinate(members["y"])
            break
    else:
        raise ValueError("no such curve and algorithm")
    spki = write.sequence(write.sequence(write.oid(oids.EC_PUBLIC_KEY), write.oid(curve.oid)), write.bit_string(point))
    try:
        return PublicKey.from_spki(spki)
    except CertsError as exc:
        raise ValueError(f"not a key: {exc}") from exc


def encode_base64url(data: bytes) -> str:
    """Base64 for URLs, without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode_base64url(text: object) -> bytes:
    """The bytes, of which the text is the only spelling.

    Raises:
        ValueError: another spelling, or no text.
    """
    encoded = text if isinstance(text, str) else "?"
    try:
        data = base64.b64decode(encoded.encode("ascii") + b"=" * (-len(encoded) % 4), b"-_", validate=True)
    except (UnicodeError, binascii.Error) as exc:
        raise ValueError("not base64 for URLs") from exc
    if encode_base64url(data) != encoded:
        raise ValueError("not the one spelling in base64")
    return data


def _coordinate(text: object) -> bytes:
    data = decode_base64url(text)
    if len(data) != COORDINATE:
        raise ValueError("a coordinate has 32 octets")
    return data
