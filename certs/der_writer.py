"""Write DER: functions from values to the one distinguished encoding, composed like the structure they build.

Standard:
    ITU-T X.690 (distinguished encoding rules); RFC 5280 section 4.1.2.5 (which times are written how).
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from certs import der

NULL: Final = b"\x05\x00"
TRUE: Final = b"\x01\x01\xff"
_FIRST_GENERALIZED_YEAR: Final = 2050


def tlv(tag: int, content: bytes) -> bytes:
    """Wrap content octets in an identifier octet and a shortest length."""
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + content


def sequence(*parts: bytes) -> bytes:
    """Join encoded parts to a SEQUENCE; an absent optional part is `b""`."""
    return tlv(der.SEQUENCE, b"".join(parts))


def set_of(parts: Iterable[bytes], tag: int = der.SET) -> bytes:
    """Join encoded parts to a SET OF in the order that DER demands."""
    return tlv(tag, b"".join(sorted(parts)))


def explicit(number: int, inner: bytes) -> bytes:
    """Wrap an encoded value in an explicit context tag."""
    return tlv(der.context(number), inner)


def implicit(number: int, encoded: bytes) -> bytes:
    """Replace the tag of an encoded value by an implicit context tag."""
    return bytes((der.context(number, constructed=bool(encoded[0] & 0x20)),)) + encoded[1:]


def integer(value: int, tag: int = der.INTEGER) -> bytes:
    """Encode an INTEGER in the fewest octets."""
    return tlv(tag, value.to_bytes((value if value >= 0 else ~value).bit_length() // 8 + 1, "big", signed=True))


@lru_cache(maxsize=1024)
def oid(dotted: str) -> bytes:
    """Encode an OBJECT IDENTIFIER given in dotted form."""
    arcs = [int(arc) for arc in dotted.split(".")]
    content = bytearray()
    for arc in (40 * arcs[0] + arcs[1], *arcs[2:]):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(arc & 0x7F | 0x80)
        content += bytes(reversed(groups))
    return tlv(der.OBJECT_IDENTIFIER, bytes(content))


def octet_string(octets: bytes) -> bytes:
    """Encode an OCTET STRING."""
    return tlv(der.OCTET_STRING, octets)


def bit_string(octets: bytes) -> bytes:
    """Encode a BIT STRING of whole octets."""
    return tlv(der.BIT_STRING, b"\x00" + octets)


def named_bits(positions: Iterable[int]) -> bytes:
    """Encode a BIT STRING with named bits: trailing zero bits are left out."""
    number, highest = 0, -1
    for position in positions:
        number |= 1 << position
        highest = max(highest, position)
    if highest < 0:
        return tlv(der.BIT_STRING, b"\x00")
    octets = bytearray(highest // 8 + 1)
    for position in range(highest + 1):
        if number >> position & 1:
            octets[position // 8] |= 0x80 >> position % 8
    return tlv(der.BIT_STRING, bytes((7 - highest % 8,)) + bytes(octets))


def text(value: str, tag: int = der.UTF8_STRING) -> bytes:
    """Encode a character string of the given kind; raises UnicodeEncodeError if it cannot hold the text."""
    return tlv(tag, value.encode(der.TEXT_CODECS[tag]))


def time(at: datetime) -> bytes:
    """Encode an instant as RFC 5280 wants it: UTCTime to 2049, GeneralizedTime from 2050, whole seconds."""
    at = at.astimezone(UTC)
    if at.year < _FIRST_GENERALIZED_YEAR:
        return tlv(der.UTC_TIME, at.strftime("%y%m%d%H%M%SZ").encode())
    return generalized_time(at.replace(microsecond=0))


def generalized_time(at: datetime) -> bytes:
    """Encode an instant as GeneralizedTime, its fraction of a second without trailing zeros."""
    at = at.astimezone(UTC)
    fraction = f".{at.microsecond:06d}".rstrip("0") if at.microsecond else ""
    return tlv(der.GENERALIZED_TIME, f"{at:%Y%m%d%H%M%S}{fraction}Z".encode())
