"""Bring BER to definite lengths: indefinite lengths closed, strings in pieces joined, every other octet kept.

Some products write GB/T 35275 values with indefinite lengths. Their contents are signed as they stand, so nothing but
the framing is rewritten: an element that is already definite keeps its bytes, minimal length or not.

Standard:
    ITU-T X.690 section 8 (basic encoding rules).
"""

from typing import Final

from certs import der
from certs import der_writer as write
from certs.errors import LimitExceeded, MalformedEncoding

MAX_BYTES: Final = 16 << 20
MAX_ELEMENTS: Final = 200_000
_CONSTRUCTED: Final = 0x20
_INDEFINITE: Final = 0x80
_STRINGS_IN_PIECES: Final = frozenset({der.OCTET_STRING | _CONSTRUCTED})


def to_definite(data: bytes) -> bytes:
    """Return the one element in `data` with definite lengths only; the same bytes where it has nothing else.

    Raises:
        MalformedEncoding: the bytes are no BER element, or more than one.
        LimitExceeded: too large, too deep or too many elements.
    """
    if len(data) > MAX_BYTES:
        raise LimitExceeded(f"more than {MAX_BYTES} octets of BER")
    walk = _Walk(data)
    element, stop = walk.element(0, len(data), 0)
    if stop != len(data):
        raise MalformedEncoding(f"{len(data) - stop} bytes are left over")
    return element


class _Walk:
    """One pass over the bytes, counting what it meets."""

    __slots__ = ("_count", "_data")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._count = 0

    def element(self, start: int, end: int, depth: int) -> tuple[bytes, int]:
        """Rewrite the element at `start`; return its bytes and where it stops."""
        self._count += 1
        if depth > der.MAX_DEPTH or self._count > MAX_ELEMENTS:
            raise LimitExceeded("nested too deep, or too many elements")
        tag, length, content = self._head(start, end)
        if not tag & _CONSTRUCTED:
            if length is None:
                raise MalformedEncoding("a primitive element of indefinite length")
            return self._data[start : content + length], content + length
        inner_end = end if length is None else content + length
        parts, stop = self._parts(content, inner_end, depth, closed=length is not None)
        if tag in _STRINGS_IN_PIECES:
            return write.tlv(tag & ~_CONSTRUCTED, b"".join(map(_piece, parts))), stop
        body = b"".join(parts)
        if length is not None and body == self._data[content:stop]:
            return self._data[start:stop], stop
        return write.tlv(tag, body), stop

    def _parts(self, position: int, end: int, depth: int, *, closed: bool) -> tuple[list[bytes], int]:
        parts: list[bytes] = []
        while (closed and position < end) or not closed:
            if not closed and self._data[position : position + 2] == b"\0\0" and position + 2 <= end:
                return parts, position + 2
            part, position = self.element(position, end, depth + 1)
            parts.append(part)
        return parts, position

    def _head(self, start: int, end: int) -> tuple[int, int | None, int]:
        """Return the identifier octet, the length (None: indefinite) and where the content begins."""
        data = self._data
        if start + 2 > end:
            raise MalformedEncoding("the bytes end inside an element")
        tag, length, content = data[start], data[start + 1], start + 2
        if tag & 0x1F == 0x1F:
            raise MalformedEncoding("a tag number above 30")
        if length == _INDEFINITE:
            return tag, None, content
        if length > _INDEFINITE:
            count = length & 0x7F
            if count > 4 or content + count > end:
                raise MalformedEncoding("a length that runs out of the bytes")
            length = int.from_bytes(data[content : content + count], "big")
            content += count
        if content + length > end:
            raise MalformedEncoding("an element that runs out of the bytes")
        return tag, length, content


def _piece(part: bytes) -> bytes:
    """Return the octets of one piece of a string, which `element` has already made definite and primitive."""
    return der.Reader(part, strict=False).octets()
