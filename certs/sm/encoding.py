"""The two DER values of SM2, signature and cipher text, strictly, and the raw forms other systems use at the edge.

Standard:
    GB/T 35276-2017 (SM2Signature, SM2Cipher); GM/T 0018 (raw values).
"""

from typing import Final, NamedTuple

from certs import der_writer as write
from certs.der import Reader, reading
from certs.errors import MalformedEncoding
from certs.sm.curve import N

MAX_PLAINTEXT: Final = 1 << 20
_MAX_SIGNATURE: Final = 72
_MAX_SPELLED: Final = 256  # what a tolerated spelling of a signature may take


class Cipher(NamedTuple):
    """An SM2 cipher text in its parts: C1 as x‖y, C3 and C2."""

    point: bytes
    check: bytes
    text: bytes


def encode_signature(r: int, s: int) -> bytes:
    """Encode r and s as DER SM2Signature."""
    return write.sequence(write.integer(r), write.integer(s))


def decode_signature(der: bytes) -> tuple[int, int]:
    """Decode a DER SM2Signature with 1 ≤ r, s ≤ n-1.

    Raises:
        MalformedEncoding: another spelling, bytes left over, or a value out of range.
    """
    if len(der) > _MAX_SIGNATURE:
        raise MalformedEncoding("longer than any SM2 signature")
    with reading(der) as outer, outer.inside() as pair:
        return _in_range(pair)


def read_signature(value: bytes, remarks: set[str]) -> bytes:
    """Read a signature value as others write it and return the strict DER of the same r and s.

    Raw r‖s of 64 bytes is the remark `raw-signature-value`; superfluous zero bytes and long lengths in DER have the
    reader's remarks. GM/T 0018 structures (two right-aligned fields of 64 bytes) count as raw.

    Raises:
        MalformedEncoding: neither form, or r or s out of range.
    """
    if len(value) in (64, 128) and not _is_der(value):
        remarks.add("raw-signature-value")
        return from_raw(value)
    if len(value) > _MAX_SPELLED:
        raise MalformedEncoding("longer than any SM2 signature")
    with reading(value, strict=False, remarks=remarks) as outer, outer.inside() as pair:
        return encode_signature(*_in_range(pair))


def to_raw(der: bytes) -> bytes:
    """Turn a DER SM2Signature into r‖s, 64 bytes."""
    r, s = decode_signature(der)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def from_raw(raw: bytes) -> bytes:
    """Turn r‖s (two halves of 32 bytes, or of 64 with zeros in front) into a DER SM2Signature.

    Raises:
        MalformedEncoding: another length, or a value out of range.
    """
    if len(raw) not in (64, 128):
        raise MalformedEncoding(f"a raw signature of {len(raw)} bytes")
    half = len(raw) // 2
    r, s = int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
    if not (0 < r < N and 0 < s < N):
        raise MalformedEncoding("r or s out of range")
    return encode_signature(r, s)


def encode_cipher(cipher: Cipher) -> bytes:
    """Encode a cipher text as DER SM2Cipher."""
    x, y = int.from_bytes(cipher.point[:32], "big"), int.from_bytes(cipher.point[32:], "big")
    return write.sequence(
        write.integer(x), write.integer(y), write.octet_string(cipher.check), write.octet_string(cipher.text)
    )


def decode_cipher(der: bytes) -> Cipher:
    """Decode a DER SM2Cipher; whether C1 lies on the curve is for the decryption to see.

    Raises:
        MalformedEncoding: another spelling, a coordinate out of range, an empty text or a check of other than 32 bytes.
    """
    if len(der) > MAX_PLAINTEXT + 128:
        raise MalformedEncoding(f"an SM2 cipher text over {MAX_PLAINTEXT} bytes")
    with reading(der) as outer, outer.inside() as parts:
        x, y = parts.integer(), parts.integer()
        check, text = parts.octets(), parts.octets()
    if not (0 <= x < 1 << 256 and 0 <= y < 1 << 256):
        raise MalformedEncoding("a coordinate out of range")
    if len(check) != 32 or not text:
        raise MalformedEncoding("a check value of other than 32 bytes, or no text")
    return Cipher(x.to_bytes(32, "big") + y.to_bytes(32, "big"), check, text)


def _in_range(pair: Reader) -> tuple[int, int]:
    r, s = pair.integer(), pair.integer()
    if not (0 < r < N and 0 < s < N):
        raise MalformedEncoding("r or s out of range")
    return r, s


def _is_der(value: bytes) -> bool:
    """Tell whether the bytes are one SEQUENCE of two positive INTEGERs; a raw r may begin with 0x30 by chance."""
    try:
        with reading(value, strict=False) as outer, outer.inside() as pair:
            return pair.integer() > 0 and pair.integer() > 0
    except MalformedEncoding:
        return False
