"""The root file: the keys that a verifier pins, each for one region."""

from dataclasses import dataclass
from typing import Any, Final

from certs.keys import PublicKey
from trust.errors import TrustError
from trust.recognition import jwk, strict_json
from trust.recognition.errors import RootMalformed
from trust.values.region import Area

MAX_FILE_BYTES: Final = 1 << 20
MAX_KEYS: Final = 1_000
MAX_ID: Final = 128
MAX_KID: Final = 64
_ROOT: Final = frozenset({"id", "keys"})
_KEY: Final = jwk.MEMBERS | {"kid", "region"}


@dataclass(frozen=True, slots=True)
class RootKey:
    """A key that signs the registry of one region, and no other.

    Attributes:
        kid: its name, by which a registry refers to it.
        region: whose registry it signs.
        key: the key; its kind fixes the algorithm.
    """

    kid: str
    region: Area
    key: PublicKey


@dataclass(frozen=True, slots=True)
class Root:
    """Whose registries a verifier reads.

    Attributes:
        id: what people call this root.
        keys: no two of one name; a region may have several while its key changes.
    """

    id: str
    keys: tuple[RootKey, ...]

    def find(self, kid: str) -> RootKey | None:
        return next((key for key in self.keys if key.kid == kid), None)


def encode(root: Root) -> bytes:
    """The file."""
    keys = [{**jwk.to_json(each.key), "kid": each.kid, "region": each.region.code} for each in root.keys]
    return strict_json.encode({"id": root.id, "keys": keys})


def decode(data: bytes) -> Root:
    """The root that a file spells; spaces and the order of names are free, since people keep it by hand.

    Raises:
        RootMalformed: anything missing, too many, twice or wrong.
    """
    if len(data) > MAX_FILE_BYTES:
        raise RootMalformed(f"more than {MAX_FILE_BYTES} bytes")
    try:
        value = strict_json.read(data)
    except strict_json.NotStrict as exc:
        raise RootMalformed(str(exc)) from exc
    members = _members(value, _ROOT)
    identity, listed = members["id"], members["keys"]
    if not isinstance(identity, str) or not 0 < len(identity) <= MAX_ID or not identity.isprintable():
        raise RootMalformed(f"an id of 1 to {MAX_ID} printable characters")
    if not isinstance(listed, list) or not 0 < len(listed) <= MAX_KEYS:
        raise RootMalformed(f"a list of 1 to {MAX_KEYS} keys")
    keys = tuple(_key(each) for each in listed)
    if len({key.kid for key in keys}) != len(keys):
        raise RootMalformed("two keys of one name")
    if len({key.key for key in keys}) != len(keys):
        raise RootMalformed("one key twice")
    return Root(identity, keys)


def _key(value: Any) -> RootKey:
    members = dict(_members(value, _KEY))
    kid, region = members.pop("kid"), members.pop("region")
    if not isinstance(kid, str) or not 0 < len(kid) <= MAX_KID or not kid.isprintable():
        raise RootMalformed(f"a kid of 1 to {MAX_KID} printable characters")
    try:
        return RootKey(kid, Area.parse(region if isinstance(region, str) else ""), jwk.from_json(members))
    except (ValueError, TrustError) as exc:
        raise RootMalformed(f"{kid}: {exc}") from exc


def _members(value: Any, wanted: frozenset[str]) -> dict[str, Any]:
    if not isinstance(value, dict) or value.keys() != wanted:
        raise RootMalformed(f"an object with exactly {', '.join(sorted(wanted))}")
    return value
