"""Which of the known values some bytes are, told by their outermost shape alone.

Standard:
    GB/T 38540-2020 (a seal begins with its information, a sealing with a version); GB/T 35275-2017 (a message begins
    with its identifier); GB/T 35276-2017 (a bare value is two integers).
"""

from enum import Enum

from certs import der
from certs.der import Reader
from certs.errors import MalformedEncoding


class Shape(Enum):
    """What a value looks like from outside."""

    SEAL = "seal"
    SEALING = "sealing"
    SIGNED_DATA = "signed-data"
    SM2_VALUE = "sm2-value"
    UNKNOWN = "unknown"


def shape_of(data: bytes) -> Shape:
    """Return the shape of a value; bytes that are no such value are `UNKNOWN`, never an error."""
    if data[:1] != b"\x30":
        return Shape.UNKNOWN
    if data[1:2] == b"\x80":
        return Shape.SIGNED_DATA if data[2:3] == b"\x06" else Shape.UNKNOWN
    try:
        fields = Reader(data, strict=False).inside()
        first = fields.element()
        if first.tag == der.OBJECT_IDENTIFIER:
            return Shape.SIGNED_DATA
        if first.tag == der.INTEGER and fields.has(der.INTEGER):
            return Shape.SM2_VALUE
        if first.tag != der.SEQUENCE:
            return Shape.UNKNOWN
        match Reader(first.content, strict=False).peek():
            case der.INTEGER:
                return Shape.SEALING
            case der.SEQUENCE:
                return Shape.SEAL
            case _:
                return Shape.UNKNOWN
    except MalformedEncoding:
        return Shape.UNKNOWN
