"""A sealing: what the sealer signed (the seal, the time, the digest of the original), certificate, value, time stamp.

The signed part is kept as received. The seal inside it is read by its own rules, whatever generation the sealing says.

Standard:
    GB/T 38540-2020 section 7 (SES_Signature); GM/T 0031-2014 and GM/T 0031-2025 section 6.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from certs import der
from certs.der import Reader
from certs.errors import LimitExceeded, MalformedEncoding
from seal.ses import times
from seal.ses.elements import (
    SM3_BYTES,
    Extension,
    Generation,
    take_algorithm,
    take_bits,
    take_extensions,
    take_time_stamp,
)
from seal.ses.seal_data import Seal, read_seal

MAX_BYTES: Final = 32 << 20


@dataclass(frozen=True, slots=True)
class TimeInfo:
    """What the signed part says about time: an instant the sealer claims, or (V1) a token in its place."""

    claimed: datetime | None
    token: bytes | None


@dataclass(frozen=True, slots=True)
class Sealing:
    """A sealing as received.

    Attributes:
        signed: the bytes that the sealer's value stands over.
        version: as the signed part says; the seal has its own.
        time_stamp: a token over the sealer's value, unverified.
    """

    raw: bytes
    generation: Generation
    signed: bytes
    version: int
    seal: Seal
    time_info: TimeInfo
    data_hash: bytes
    property_info: str
    extensions: tuple[Extension, ...]
    certificate: bytes
    algorithm: str
    signature: bytes
    time_stamp: bytes | None

    @classmethod
    def decode(cls, data: bytes) -> "Sealing":
        """Decode a sealing that follows its standard to the letter.

        Raises:
            MalformedEncoding: any other spelling.
        """
        return read_sealing(data, remarks=set(), strict=True)


def read_sealing(data: bytes, *, remarks: set[str], strict: bool = False) -> Sealing:
    """Read a sealing, tolerating what real products write and noting it, unless strict.

    Raises:
        MalformedEncoding: not a sealing; when strict, any deviation.
    """
    if len(data) > MAX_BYTES:
        raise LimitExceeded(f"a sealing of more than {MAX_BYTES} octets")
    with Reader(data, strict=strict, remarks=remarks) as reader, reader.inside() as fields:
        signed = fields.raw(der.SEQUENCE)
        if fields.peek() == der.OCTET_STRING:
            return _read_v4(data, signed, fields)
        return _read_v1(data, signed, fields)


def _read_v4(data: bytes, signed: bytes, fields: Reader) -> Sealing:
    with Reader(signed, strict=fields.strict, remarks=fields.remarks) as reader, reader.inside() as part:
        version, seal = part.integer(), _take_seal(part)
        time_info = _take_time_info(part, Generation.V4)
        data_hash, property_info = take_bits(part, size=SM3_BYTES), _take_property_info(part)
        extensions = take_extensions(part) if part.has(der.context(0)) or not part.strict else ()
    certificate, algorithm, signature = fields.octets(), take_algorithm(fields), take_bits(fields)
    time_stamp = take_time_stamp(fields)
    generation = Generation.V5 if version == Generation.V5 else Generation.V4
    if version not in (3, 4, 5):
        raise MalformedEncoding(f"a sealing of version {version} with its certificate outside")
    return Sealing(
        data, generation, signed, version, seal, time_info, data_hash, property_info, extensions,
        certificate, algorithm, signature, time_stamp,
    )  # fmt: skip


def _read_v1(data: bytes, signed: bytes, fields: Reader) -> Sealing:
    with Reader(signed, strict=fields.strict, remarks=fields.remarks) as reader, reader.inside() as part:
        version, seal = part.integer(), _take_seal(part)
        time_info = _take_time_info(part, Generation.V1)
        data_hash, property_info = take_bits(part, size=SM3_BYTES), _take_property_info(part)
        certificate, algorithm = part.octets(), take_algorithm(part)
    signature = take_bits(fields)
    return Sealing(
        data, Generation.V1, signed, version, seal, time_info, data_hash, property_info, (),
        certificate, algorithm, signature, None,
    )  # fmt: skip


def _take_seal(part: Reader) -> Seal:
    if part.has(der.OCTET_STRING) and not part.strict:
        part.remark("ber-encoding")
        raw = part.octets()
    else:
        raw = part.raw(der.SEQUENCE)
    return read_seal(raw, remarks=part.remarks, strict=part.strict)


def _take_property_info(part: Reader) -> str:
    return part.text(*([der.IA5_STRING] if part.strict else []))


def _take_time_info(part: Reader, generation: Generation) -> TimeInfo:
    """Take a GeneralizedTime (V4, V5) or a BIT STRING with a time, a token or text (V1); tolerate one for the other."""
    if part.peek() in (der.GENERALIZED_TIME, der.UTC_TIME):
        if generation is Generation.V1 or part.has(der.UTC_TIME):
            part.remark("date-format")
        return TimeInfo(part.time(), None)
    if generation is not Generation.V1:
        part.remark("date-format")
    content = take_bits(part)
    if content[:1] == b"\x30":
        return TimeInfo(None, content)
    if content[:1] in (b"\x17", b"\x18"):
        with Reader(content, strict=part.strict, remarks=part.remarks) as reader:
            return TimeInfo(reader.time(), None)
    text = content.decode("latin-1")
    claimed = times.parse(text)
    if claimed is None:
        raise MalformedEncoding("time information that is no time")
    if not times.is_utc_time(text):
        part.remark("date-format")
    return TimeInfo(claimed, None)
