"""Single fields of a registry, each read under its rule."""

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final, TypeVar

from certs.certificate import read as read_certificate
from certs.errors import CertsError
from certs.keys import PublicKey
from trust.errors import TrustError
from trust.recognition import jwk
from trust.recognition.errors import RegistryMalformed, RegistryTooLarge
from trust.values.credit_code import CreditCode
from trust.values.region import Area

MAX_TEXT: Final = 512  # characters of a name or a basis
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_E = TypeVar("_E", bound=Enum)


def certificate(value: Any, *, parse: bool) -> bytes:
    """DER, which is taken apart only if asked."""
    try:
        data = base64.b64decode(value.encode("ascii"), validate=True) if isinstance(value, str) else b""
        if not data or base64.b64encode(data).decode("ascii") != value:
            raise RegistryMalformed("a certificate is base64 of its DER")
        if parse:
            read_certificate(data)
    except (UnicodeError, binascii.Error, CertsError) as exc:
        raise RegistryMalformed("a certificate that cannot be read") from exc
    return data


def bare_key(value: Any) -> PublicKey:
    """A key without a certificate."""
    try:
        return jwk.from_json(members(value, jwk.MEMBERS))
    except ValueError as exc:
        raise RegistryMalformed(str(exc)) from exc


def body(value: Any) -> CreditCode:
    """A credit code."""
    try:
        return CreditCode.parse(value if isinstance(value, str) else "")
    except TrustError as exc:
        raise RegistryMalformed("a body is a credit code") from exc


def area(value: Any) -> Area:
    """An area code."""
    if not isinstance(value, str):
        raise RegistryMalformed("an area is text")
    return _parse_area(value)


@lru_cache(maxsize=4096)
def _parse_area(text: str) -> Area:
    try:
        return Area.parse(text)
    except TrustError as exc:
        raise RegistryMalformed("an area is six digits") from exc


def instant_to_json(at: datetime) -> str:
    """`2026-01-31T08:00:00Z`; parts of a second are cut off."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def instant(value: Any) -> datetime:
    """An instant to the second, in UTC."""
    if not isinstance(value, str):
        raise RegistryMalformed("an instant is text")
    return _parse_instant(value)


@lru_cache(maxsize=4096)  # a registry repeats the same few instants thousands of times
def _parse_instant(text: str) -> datetime:
    if _INSTANT.fullmatch(text) is None:
        raise RegistryMalformed("an instant is written 2026-01-31T08:00:00Z")
    try:
        return datetime.fromisoformat(text)
    except ValueError as exc:
        raise RegistryMalformed("no such instant") from exc


def digest(value: Any) -> bytes:
    """An SM3 value in hexadecimal."""
    return bytes.fromhex(text(value, DIGEST))


def words(value: Any) -> str:
    """Text for people."""
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT or not value.isprintable():
        raise RegistryMalformed(f"text of 1 to {MAX_TEXT} printable characters")
    return value


def text(value: Any, pattern: re.Pattern[str]) -> str:
    """Text of one form."""
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        raise RegistryMalformed(f"text like {pattern.pattern}")
    return value


def one_of(words: type[_E], value: Any) -> _E:
    """A word of a list of words."""
    try:
        return words(value)
    except ValueError as exc:
        raise RegistryMalformed(f"not a word of {words.__name__}") from exc


def items(value: Any, most: int) -> list[Any]:
    """A list of at most so many."""
    if not isinstance(value, list):
        raise RegistryMalformed("a list is missing")
    if len(value) > most:
        raise RegistryTooLarge(f"more than {most} in one list")
    return value


def members(value: Any, required: frozenset[str], optional: frozenset[str] = frozenset()) -> dict[str, Any]:
    """An object with these names and no others."""
    if isinstance(value, dict):
        names = value.keys()
        if names == required or (required <= names and not names - required - optional):
            return value
    raise RegistryMalformed(f"an object with exactly {', '.join(sorted(required))}")


def ascending(keys: Sequence[Any], what: str) -> None:
    """Insist on order, in which nothing is twice."""
    if any(later <= earlier for earlier, later in pairwise(keys)):
        raise RegistryMalformed(f"{what} out of order, or one twice")
