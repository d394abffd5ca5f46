"""An electronic seal: picture, name and the certificates that may use it, signed by the seal's maker.

The three generations are told apart by the count of fields first, then by the version in the header. What the maker
signed is kept as received and never encoded again.

Standard:
    GB/T 38540-2020 section 6 (SESeal); GM/T 0031-2014 and GM/T 0031-2025 section 5.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from certs import algorithms, der
from certs import der_writer as write
from certs.der import Reader
from certs.errors import LimitExceeded, MalformedEncoding
from seal.ses.elements import (
    Extension,
    Generation,
    name_of_digest,
    take_algorithm,
    take_bits,
    take_extensions,
    take_time_stamp,
)

MAX_BYTES: Final = 16 << 20
MAX_LISTED: Final = 4096
CERTIFICATES: Final = 1
DIGESTS: Final = 2
_MAGIC: Final = {
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPG",
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"PK\x03\x04": "OFD",
    b"<svg": "SVG",
    b"<?xml": "SVG",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """The seal's picture and its size on paper."""

    kind: str  # as written: PNG, GIF, ofd …
    data: bytes
    width: int  # mm
    height: int  # mm

    @property
    def found_kind(self) -> str | None:
        """What the data really are, by their first octets; None when they are nothing we know."""
        return next((kind for magic, kind in _MAGIC.items() if self.data.startswith(magic)), None)


@dataclass(frozen=True, slots=True)
class CertificateDigest:
    """One entry of a list of digests."""

    algorithm: str  # free text; the digest's identifier where it is ours
    digest: bytes


@dataclass(frozen=True, slots=True)
class SealProperty:
    """What the maker states of the seal: kind, name, who may use it, when."""

    kind: int
    name: str
    certificates: tuple[bytes, ...]  # DER, when the list holds certificates
    digests: tuple[CertificateDigest, ...]  # when it holds digests
    created_at: datetime
    valid_from: datetime
    valid_to: datetime

    def lists(self, certificate: bytes) -> bool:
        """Tell whether a certificate (its DER) may use this seal: by equality of bytes, or by digest."""
        if self.certificates:
            return certificate in self.certificates
        return any(algorithms.digest(name_of_digest(one.algorithm), certificate) == one.digest for one in self.digests)


@dataclass(frozen=True, slots=True)
class SealInfo:
    """The signed part of a seal."""

    raw: bytes  # as received
    version: int
    vendor: str
    seal_id: str
    properties: SealProperty
    picture: Picture
    extensions: tuple[Extension, ...]


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal as received.

    Attributes:
        raw: the whole encoding.
        signed: the bytes that the maker's value stands over.
        time_stamp: a token over the maker's value (V5 only), unverified.
    """

    raw: bytes
    generation: Generation
    info: SealInfo
    maker_certificate: bytes
    algorithm: str
    signature: bytes
    signed: bytes
    time_stamp: bytes | None

    @classmethod
    def decode(cls, data: bytes) -> "Seal":
        """Decode a seal that follows its standard to the letter.

        Raises:
            MalformedEncoding: any other spelling.
        """
        return read_seal(data, remarks=set(), strict=True)


def read_seal(data: bytes, *, remarks: set[str], strict: bool = False) -> Seal:
    """Read a seal, tolerating what real products write and noting it, unless strict.

    Raises:
        MalformedEncoding: not a seal; when strict, any deviation.
    """
    if len(data) > MAX_BYTES:
        raise LimitExceeded(f"a seal of more than {MAX_BYTES} octets")
    with Reader(data, strict=strict, remarks=remarks) as reader, reader.inside() as fields:
        count = _count(data)
        match count:
            case 2:
                return _read_v1(data, fields)
            case 4 | 5:
                return _read_v4(data, fields, count)
            case _:
                raise MalformedEncoding(f"a seal of {count} fields")


def _count(data: bytes) -> int:
    fields = Reader(data, strict=False).inside()
    count = 0
    while fields.more() and count <= 5:
        fields.element()
        count += 1
    return count


def _read_v4(data: bytes, fields: Reader, count: int) -> Seal:
    info = _read_info(fields, lambda version: Generation.V5 if version == 5 else Generation.V4)
    if info.version not in (3, 4, 5):
        raise MalformedEncoding(f"four or five fields with version {info.version}")
    generation = Generation.V5 if info.version == 5 else Generation.V4
    if count == 5 and generation is Generation.V4:
        raise MalformedEncoding("a time stamp in a seal of version 4")
    maker, algorithm, signature = fields.octets(), take_algorithm(fields), take_bits(fields)
    time_stamp = take_time_stamp(fields)
    return Seal(data, generation, info, maker, algorithm, signature, info.raw, time_stamp)


def _read_v1(data: bytes, fields: Reader) -> Seal:
    info = _read_info(fields, lambda _: Generation.V1)
    with fields.inside() as sign_info:
        start = sign_info.raw(der.OCTET_STRING)
        algorithm_raw, algorithm = _raw_and(sign_info, take_algorithm)
        signature = take_bits(sign_info)
    maker = Reader(start, strict=False).octets()
    signed = write.sequence(info.raw, start, algorithm_raw)
    return Seal(data, Generation.V1, info, maker, algorithm, signature, signed, None)


def _raw_and(reader: Reader, take: Callable[[Reader], str]) -> tuple[bytes, str]:
    """Take one element both as received and as a value."""
    raw = reader.raw()
    return raw, take(Reader(raw, strict=reader.strict, remarks=reader.remarks))


def _read_info(fields: Reader, generation_of: Callable[[int], Generation]) -> SealInfo:
    raw = fields.raw(der.SEQUENCE)
    with Reader(raw, strict=fields.strict, remarks=fields.remarks) as reader, reader.inside() as info:
        with info.inside() as header:
            if header.text() != "ES":
                raise MalformedEncoding("a header without ES")
            version, vendor = header.integer(), header.text(der.IA5_STRING, der.UTF8_STRING)
        seal_id = info.text(*([der.IA5_STRING] if info.strict else []))
        properties = _read_properties(info, generation_of(version))
        picture = _read_picture(info)
        extensions = take_extensions(info)
    return SealInfo(raw, version, vendor, seal_id, properties, picture, extensions)


def _read_properties(info: Reader, generation: Generation) -> SealProperty:
    with info.inside() as reader:
        kind, name = reader.integer(), reader.text()
        list_type = CERTIFICATES
        if generation is not Generation.V1:
            list_type = reader.integer()
        certificates: tuple[bytes, ...] = ()
        digests: tuple[CertificateDigest, ...] = ()
        with reader.inside() as entries:
            match list_type:
                case 1:
                    certificates = _read_certificates(entries)
                case 2:
                    digests = _read_digests(entries)
                case _:
                    raise MalformedEncoding(f"a list of kind {list_type}")
        expected = der.UTC_TIME if generation is Generation.V1 else der.GENERALIZED_TIME
        created, start, end = (_read_date(reader, expected) for _ in range(3))
    return SealProperty(kind, name, certificates, digests, created, start, end)


def _read_certificates(entries: Reader) -> tuple[bytes, ...]:
    found: list[bytes] = []
    while entries.more():
        if len(found) >= MAX_LISTED:
            raise LimitExceeded(f"more than {MAX_LISTED} listed certificates")
        if entries.has(der.IA5_STRING) and not entries.strict:
            entries.remark("ber-encoding")
            found.append(entries.content(der.IA5_STRING))
        else:
            found.append(entries.octets())
    return tuple(found)


def _read_digests(entries: Reader) -> tuple[CertificateDigest, ...]:
    found: list[CertificateDigest] = []
    for entry in entries.each():
        if len(found) >= MAX_LISTED:
            raise LimitExceeded(f"more than {MAX_LISTED} listed digests")
        found.append(CertificateDigest(entry.text(), entry.octets()))
    return tuple(found)


def _read_date(reader: Reader, expected: int) -> datetime:
    if reader.peek() != expected:
        reader.remark("date-format")
    return reader.time()


def _read_picture(info: Reader) -> Picture:
    with info.inside() as reader:
        kind, data, width, height = reader.text(), reader.octets(), reader.integer(), reader.integer()
    if width < 0 or height < 0:
        raise MalformedEncoding("a picture of negative size")
    return Picture(kind, data, width, height)
