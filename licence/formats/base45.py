"""Base45: bytes as the signs that a two-dimensional code stores most densely.

Standard:
    RFC 9285.
"""

from typing import Final

_SIGNS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES: Final = {sign: value for value, sign in enumerate(_SIGNS)}


def encode(data: bytes) -> str:
    """Three signs for two bytes, two for a last single one."""
    signs: list[str] = []
    for index in range(0, len(data) - 1, 2):
        rest, low = divmod(data[index] << 8 | data[index + 1], 45)
        high, middle = divmod(rest, 45)
        signs += _SIGNS[low], _SIGNS[middle], _SIGNS[high]
    if len(data) % 2:
        high, low = divmod(data[-1], 45)
        signs += _SIGNS[low], _SIGNS[high]
    return "".join(signs)


def decode(text: str) -> bytes:
    """The bytes of a text.

    Raises:
        ValueError: not Base45.
    """
    try:
        values = [_VALUES[sign] for sign in text]
    except KeyError as error:
        raise ValueError(f"{error.args[0]!r} is no sign of Base45") from None
    out = bytearray()
    for index in range(0, len(values), 3):
        match values[index : index + 3]:
            case [low, middle, high]:
                number, size = low + 45 * middle + 2025 * high, 2
            case [low, high]:
                number, size = low + 45 * high, 1
            case _:
                raise ValueError("a single sign is left over")
        if number >> 8 * size:
            raise ValueError("a group of signs says more than its bytes can hold")
        out += number.to_bytes(size, "big")
    return bytes(out)
