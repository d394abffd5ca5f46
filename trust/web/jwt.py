"""Signed tokens: taken apart strictly, then checked with an algorithm that we chose and a key that we looked up.

Nothing in the header chooses for us: `alg` must be the one expected, `typ` one of those expected, and the members that
would bring a key along (`jwk`, `jku`, `x5u`, `x5c`) decide nothing unless the caller's protocol says so.

Standard:
    RFC 7515, 5.2 message signature validation; RFC 8725, 3 best practices; ASVS 9.1.2, 9.1.3, 9.2.2.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NoReturn, Self

from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from trust.errors import Kind, TrustError

Key = ECKey | RSAKey | OKPKey

MAX_TOKEN_CHARACTERS: Final = 8192
_COMPACT: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
_KINDS: Final[Mapping[str, tuple[str, str | None]]] = {  # key type and curve that go with an algorithm
    "ES256": ("EC", "P-256"), "EdDSA": ("OKP", "Ed25519"), "PS256": ("RSA", None), "RS256": ("RSA", None),
}  # fmt: skip
_UNFIT: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # no database and no log takes them
_NAMES: Final = {"EdDSA": "Ed25519"}  # RFC 9864 gives the curve a name of its own; DPoP clients write the older one
_LATEST: Final = 253_402_300_799  # the last second of year 9999


class _One(jws.JWSRegistry):
    """One algorithm, and room for a header with an RSA key in it."""

    max_header_length = 4096

    def get_alg(self, name: str) -> Any:
        if self.allowed is None or name not in self.allowed:
            raise UnsupportedAlgorithmError(f"{name} is not the algorithm")
        return self.algorithms[_NAMES.get(name, name)]


_REGISTRIES: Final = {name: _One(algorithms=[name], strict_check_header=False) for name in _KINDS}


class TokenUnfit(TrustError):
    """Not a signed token of the expected kind; the message never repeats what it says."""

    kind, code = Kind.UNAUTHENTICATED, "token-unfit"


@dataclass(frozen=True, slots=True)
class Unverified:
    """A token whose form is right; nothing it says is true yet."""

    text: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    @classmethod
    def parse(cls, text: str, types: Collection[str], algorithms: Collection[str]) -> Self:
        """Take a compact token apart.

        Args:
            text: three parts.
            types: acceptable `typ`, in lower case and without `application/`; "" lets a token say none.
            algorithms: acceptable `alg`.

        Raises:
            TokenUnfit: another form, type or algorithm, a member twice, or a `crit` that we would have to obey.
        """
        if len(text) > MAX_TOKEN_CHARACTERS or not _COMPACT.fullmatch(text):
            raise TokenUnfit("not a compact signed token")
        header, claims = (_object(part) for part in text.split(".")[:2])
        if {"crit", "b64"} & header.keys():
            raise TokenUnfit("the header demands what is not carried out here")
        kind = header.get("typ", "")
        if not isinstance(kind, str) or kind.lower().removeprefix("application/") not in types:
            raise TokenUnfit("another type of token")
        if header.get("alg") not in algorithms:
            raise TokenUnfit("another algorithm than the registered one")
        return cls(text, header, claims)

    @property
    def algorithm(self) -> str:
        """One of those that `parse` accepted."""
        return str(self.header["alg"])

    @property
    def kid(self) -> str | None:
        kid = self.header.get("kid")
        return kid if isinstance(kid, str) else None

    def verify(self, key: Key) -> "Claims":
        """Check the signature.

        Raises:
            TokenUnfit: it does not hold, or the key is not of the algorithm's kind.
        """
        if not fits(key, self.algorithm):
            raise TokenUnfit("the key is not of the algorithm's kind")
        try:
            jws.deserialize_compact(self.text, key, [self.algorithm], registry=_REGISTRIES[self.algorithm])
        except (JoseError, ValueError) as error:
            raise TokenUnfit("the signature does not hold") from error
        return Claims(self.claims)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says; each reader raises TokenUnfit for a value of another shape."""

    values: Mapping[str, Any]

    def text(self, name: str, most: int = 255) -> str:
        found = self.values.get(name)
        if not isinstance(found, str) or not 0 < len(found) <= most or _UNFIT.search(found):
            raise TokenUnfit(f"the token has no usable {name}")
        return found

    def text_or_none(self, name: str, most: int = 255) -> str | None:
        return self.text(name, most) if name in self.values else None

    def instant(self, name: str) -> datetime:
        """A NumericDate; fractions are cut off."""
        found = self.values.get(name)
        if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= _LATEST:
            raise TokenUnfit(f"the token has no usable {name}")
        return datetime.fromtimestamp(int(found), UTC)

    def instant_or_none(self, name: str) -> datetime | None:
        return self.instant(name) if name in self.values else None

    def audience(self) -> tuple[str, ...]:
        found = self.values.get("aud")
        texts = found if isinstance(found, list) else [found]
        if not texts or not all(isinstance(each, str) for each in texts):
            raise TokenUnfit("the token has no usable aud")
        return tuple(texts)


def fits(key: Key, algorithm: str) -> bool:
    """Whether a key is of the kind, curve and size that an algorithm takes."""
    kind, curve = _KINDS[algorithm]
    if key.key_type != kind:
        return False
    if isinstance(key, RSAKey):
        return 2048 <= key.raw_value.key_size <= 4096
    return key.curve_name == curve


def sign(claims: Mapping[str, Any], key: Key, algorithm: str, header: Mapping[str, Any]) -> str:
    """A compact token with these claims."""
    payload = json.dumps(claims, separators=(",", ":"))
    return jws.serialize_compact(
        {"alg": algorithm, **header}, payload, key, [algorithm], registry=_REGISTRIES[algorithm]
    )


def base64url(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """The bytes of base64url without padding; raises ValueError."""
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64url(data) != text:
        raise ValueError("a second spelling of the same bytes")
    return data


def _object(part: str) -> dict[str, Any]:
    try:
        found = json.loads(from_base64url(part), object_pairs_hook=_unique, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise TokenUnfit("a part of the token is not JSON") from error
    if not isinstance(found, dict):
        raise TokenUnfit("a part of the token is not an object")
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name occurs twice")
    return members


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")
