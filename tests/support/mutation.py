"""Changes of bytes and characters as damage or malice make them: set, flip, cut, insert, repeat, move, resize."""

import random
from collections.abc import Sequence
from typing import Final

DER_PIECES: Final = (
    b"\x00",
    b"\x80",
    b"\xff" * 4,
    b"\x30\x80",
    b"\x84\xff\xff\xff\xff",
    b"\x1f\xff",
    b"\x05\x00",
    b"\x03\x02\x07\x80",
    b"\xa0\x00",
    b"\x02\x01\x00",
)


def mutate(data: bytes, chance: random.Random, pieces: Sequence[bytes] = DER_PIECES) -> bytes:
    """Return the bytes with one to five changes."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        if not changed:
            return b""
        at = chance.randrange(len(changed))
        match chance.randrange(6):
            case 0:
                changed[at] = chance.randrange(256)
            case 1:
                changed[at] ^= 1 << chance.randrange(8)
            case 2:
                del changed[at : at + chance.choice((1, 1, 8, 64))]
            case 3:
                changed[at:at] = chance.choice(pieces)
            case 4:
                start = chance.randrange(len(changed))
                changed[at:at] = changed[start : start + chance.randrange(1, 40)]
            case _:
                start = chance.randrange(len(changed))
                changed[at : at + 4] = changed[start : start + 4]
    return bytes(changed)


def mutate_inside(data: bytes, chance: random.Random, pieces: Sequence[bytes] = DER_PIECES) -> bytes:
    """Change the content of one DER element somewhere inside, and set the lengths around it right again.

    Blind changes mostly end at the outermost length; these reach the innermost fields.
    """
    if chance.random() < 0.3:
        return mutate(data, chance, pieces)
    head = _head(data)
    if head is None:
        return mutate(data, chance, pieces)
    start, stop = head
    content, rest = data[start:stop], data[stop:]
    parts = _parts(content) if data[0] & 0x20 else None
    if parts and chance.random() < 0.9:
        which = chance.randrange(len(parts))
        match chance.randrange(8):
            case 0:
                del parts[which]
            case 1:
                parts.insert(which, parts[chance.randrange(len(parts))])
            case _:
                parts[which] = mutate_inside(parts[which], chance, pieces)
        content = b"".join(parts)
    else:
        content = mutate(content, chance, pieces) if content else chance.choice(pieces)
    return data[:1] + _length(len(content)) + content + rest


def _head(data: bytes) -> tuple[int, int] | None:
    """Return where the content of the first element begins and ends, if it is whole and of definite length."""
    if len(data) < 2:
        return None
    size, start = data[1], 2
    if size >= 0x80:
        count = size & 0x7F
        start += count
        size = int.from_bytes(data[2:start], "big")
        if not 0 < count <= 4 or start > len(data):
            return None
    return (start, start + size) if start + size <= len(data) else None


def _parts(content: bytes) -> list[bytes] | None:
    parts: list[bytes] = []
    while content:
        head = _head(content)
        if head is None:
            return None
        parts.append(content[: head[1]])
        content = content[head[1] :]
    return parts


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes((size,))
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(octets),)) + octets
