"""CBOR in its one deterministic spelling: whole numbers, bytes, text, arrays, maps, tags, true, false and null.

Standard:
    RFC 8949 section 4.2.1 (core deterministic encoding); floating-point numbers and undefined are left out.
"""

from dataclasses import dataclass
from typing import Any, Final

MAX_DEPTH: Final = 16
_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = range(8)
_SIMPLE_VALUES: Final = {20: False, 21: True, 22: None}
_LENGTHS: Final = {24: 1, 25: 2, 26: 4, 27: 8}


class NotCbor(ValueError):
    """The bytes are not CBOR, or not in the one spelling."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tagged value, such as 18 for COSE_Sign1."""

    number: int
    value: Any


def encode(value: Any) -> bytes:
    """Write a value.

    Raises:
        TypeError: a kind of value that has no place here.
        OverflowError: a number beyond 64 bits.
    """
    match value:
        case bool() | None:
            return bytes((_SIMPLE << 5 | (22 if value is None else 20 + value),))
        case int():
            return _head(_UNSIGNED, value) if value >= 0 else _head(_NEGATIVE, -1 - value)
        case bytes():
            return _head(_BYTES, len(value)) + value
        case str():
            text = value.encode("utf-8")
            return _head(_TEXT, len(text)) + text
        case list() | tuple():
            return _head(_ARRAY, len(value)) + b"".join(map(encode, value))
        case dict():
            members = sorted((encode(key), encode(member)) for key, member in value.items())
            return _head(_MAP, len(value)) + b"".join(key + member for key, member in members)
        case Tag():
            return _head(_TAG, value.number) + encode(value.value)
        case _:
            raise TypeError(f"{type(value).__name__} has no place in CBOR here")


def decode(data: bytes) -> Any:
    """Read one value that fills the bytes; arrays become lists, maps dicts.

    Nothing larger than the bytes themselves is set aside, and nothing nested deeper than `MAX_DEPTH` is entered.

    Raises:
        NotCbor: anything but the one spelling of a value.
    """
    value, end = _item(data, 0, 0)
    if end != len(data):
        raise NotCbor(f"{len(data) - end} bytes are left over")
    return value


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes((major << 5 | number,))
    for code, length in _LENGTHS.items():
        if number < 1 << 8 * length:
            return bytes((major << 5 | code,)) + number.to_bytes(length, "big")
    raise OverflowError("a number beyond 64 bits")


def _read_head(data: bytes, at: int) -> tuple[int, int, int]:
    """Major type, number, and where the content begins."""
    if at >= len(data):
        raise NotCbor("the bytes end too early")
    major, number = data[at] >> 5, data[at] & 0x1F
    at += 1
    if number < 24:
        return major, number, at
    length = _LENGTHS.get(number, 0)
    if not length or major == _SIMPLE:
        raise NotCbor("an indefinite length, a fraction or a reserved head")
    if at + length > len(data):
        raise NotCbor("the bytes end too early")
    number = int.from_bytes(data[at : at + length], "big")
    if number < 24 or (length > 1 and number < 1 << 4 * length):
        raise NotCbor("a number is not in its shortest form")
    return major, number, at + length


def _item(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    major, number, at = _read_head(data, at)
    if major == _UNSIGNED:
        return number, at
    if major == _NEGATIVE:
        return -1 - number, at
    if major == _SIMPLE:
        if number not in _SIMPLE_VALUES:
            raise NotCbor("a simple value other than true, false and null")
        return _SIMPLE_VALUES[number], at
    if major in (_BYTES, _TEXT):
        return _string(data, at, number, text=major == _TEXT)
    if depth >= MAX_DEPTH:
        raise NotCbor(f"nested deeper than {MAX_DEPTH}")
    if major == _ARRAY:
        return _array(data, at, number, depth)
    if major == _MAP:
        return _map(data, at, number, depth)
    value, at = _item(data, at, depth + 1)
    return Tag(number, value), at


def _string(data: bytes, at: int, length: int, *, text: bool) -> tuple[bytes | str, int]:
    end = at + length
    if end > len(data):
        raise NotCbor("the bytes end too early")
    content = data[at:end]
    if not text:
        return content, end
    try:
        return content.decode("utf-8"), end
    except UnicodeDecodeError as exc:
        raise NotCbor("text is not UTF-8") from exc


def _array(data: bytes, at: int, count: int, depth: int) -> tuple[list[Any], int]:
    items = []
    if count > len(data) - at:
        raise NotCbor("the bytes end too early")
    for _ in range(count):
        value, at = _item(data, at, depth + 1)
        items.append(value)
    return items, at


def _map(data: bytes, at: int, count: int, depth: int) -> tuple[dict[Any, Any], int]:
    members: dict[Any, Any] = {}
    if count > len(data) - at:
        raise NotCbor("the bytes end too early")
    last = b""
    for _ in range(count):
        start = at
        key, at = _item(data, at, depth + 1)
        if not isinstance(key, int | str | bytes) or isinstance(key, bool):
            raise NotCbor("a name is a number, text or bytes")
        if members and data[start:at] <= last:
            raise NotCbor("names out of order, or one twice")
        last = data[start:at]
        members[key], at = _item(data, at, depth + 1)
    return members, at
