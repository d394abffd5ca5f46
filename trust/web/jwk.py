"""Public keys as others write them, read with nothing taken but the numbers.

Standard:
    RFC 7517, 4; RFC 7518, 6.2 and 6.3; RFC 8037, 2.
"""

from collections.abc import Mapping
from typing import Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from trust.web.jwt import Key, TokenUnfit

_PUBLIC: Final[Mapping[str, tuple[type[ECKey] | type[RSAKey] | type[OKPKey], frozenset[str]]]] = {
    "EC": (ECKey, frozenset({"kty", "crv", "x", "y"})),
    "OKP": (OKPKey, frozenset({"kty", "crv", "x"})),
    "RSA": (RSAKey, frozenset({"kty", "n", "e"})),
}
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def public_key(raw: object) -> Key:
    """The key; its own algorithm and use do not matter, a private part is refused.

    Raises:
        TokenUnfit: not a public key of a kind we take.
    """
    if not isinstance(raw, dict) or not isinstance(raw.get("kty"), str) or raw["kty"] not in _PUBLIC:
        raise TokenUnfit("no key of a kind we take")
    kind, members = _PUBLIC[raw["kty"]]
    if _PRIVATE & raw.keys() or not members <= raw.keys():
        raise TokenUnfit("not a public key")
    if kind is RSAKey and not _sized(raw):
        raise TokenUnfit("an RSA key that is too small or too large")
    try:
        return kind.import_key({name: raw[name] for name in members})
    except (JoseError, ValueError, TypeError, KeyError) as error:  # KeyError: a curve that the library does not know
        raise TokenUnfit("a key that cannot be read") from error


def _sized(raw: Mapping[str, object]) -> bool:
    """Whether an RSA key has 2048 to 4096 bits and a usual exponent; asked before anything computes with it."""
    n, e = raw["n"], raw["e"]
    return isinstance(n, str) and isinstance(e, str) and 341 < len(n) <= 683 and len(e) <= 6
