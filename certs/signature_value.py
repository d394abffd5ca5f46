"""SM2 signature values as others write them, brought to the one form that verification takes.

The standard's form is DER `SEQUENCE { r INTEGER, s INTEGER }`. Products also write the two numbers as 64 raw octets, or
with superfluous leading zeros; both are read, with a remark. Every other length is an error.

Standard:
    GB/T 35276-2017 (SM2 signature value).
"""

from typing import Final

from certs import der_writer as write
from certs.der import Reader
from certs.errors import MalformedEncoding

RAW_BYTES: Final = 64
_MAX_BYTES: Final = 128


def read_sm2(value: bytes, remarks: set[str], *, strict: bool = False) -> bytes:
    """Return the distinguished encoding of an SM2 signature value.

    Raises:
        MalformedEncoding: neither DER nor 64 octets; when strict, any other form than DER.
    """
    if len(value) == RAW_BYTES and not (strict or _is_sequence(value)):
        remarks.add("raw-signature-value")
        half = RAW_BYTES // 2
        return _encode(int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big"))
    if len(value) > _MAX_BYTES:
        raise MalformedEncoding(f"an SM2 signature value of {len(value)} octets")
    with Reader(value, strict=strict, remarks=remarks) as reader, reader.inside() as pair:
        r, s = pair.integer(), pair.integer()
    if r < 0 or s < 0:
        raise MalformedEncoding("a negative number in an SM2 signature value")
    return _encode(r, s)


def _encode(r: int, s: int) -> bytes:
    return write.sequence(write.integer(r), write.integer(s))


def _is_sequence(value: bytes) -> bool:
    """Tell whether 64 octets are a sequence of two integers after all: both numbers happen to be short."""
    try:
        with Reader(value, strict=False) as reader, reader.inside() as pair:
            pair.integer()
            pair.integer()
    except MalformedEncoding:
        return False
    return True
