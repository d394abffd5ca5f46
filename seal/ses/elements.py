"""The small parts that seals and sealings share, with the deviations met in real values.

Standard:
    GB/T 38540-2020 sections 6 and 7 (ExtensionDatas, signature algorithm, time stamp); GM/T 0031-2014.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from certs import der, oids
from certs import der_writer as write
from certs.cms import read_algorithm
from certs.der import Reader, Tlv
from certs.errors import LimitExceeded, MalformedEncoding

MAX_EXTENSIONS: Final = 256
SHORTEST_DIGEST: Final = 20
SM3_BYTES: Final = 32


class Generation(IntEnum):
    """Which of the three layouts a value has."""

    V1 = 1  # GM/T 0031-2014
    V4 = 4  # GB/T 38540-2020, and the version 3 of its drafts
    V5 = 5  # GM/T 0031-2025

    @property
    def form(self) -> str:
        """The form as reports name it."""
        return f"ses-v{self.value}"


@dataclass(frozen=True, slots=True)
class Extension:
    """A self-defined datum of a seal or a sealing."""

    oid: str
    critical: bool
    value: bytes

    def encode(self) -> bytes:
        """Encode, the default FALSE left out."""
        return write.sequence(write.oid(self.oid), write.TRUE if self.critical else b"", write.octet_string(self.value))


def take_extensions(reader: Reader) -> tuple[Extension, ...]:
    """Take the extensions, if any follow: a plain sequence, or one under [0] (explicit, or implicit when tolerant)."""
    if reader.has(der.SEQUENCE):
        with reader.inside() as items:
            return _extensions(items)
    if not reader.has(der.context(0)):
        return ()
    content = reader.element().content
    first = Reader(content, strict=False)
    implicit = first.has(der.SEQUENCE) and Reader(first.element().content, strict=False).has(der.OBJECT_IDENTIFIER)
    inner = Reader(content, strict=reader.strict, remarks=reader.remarks)
    if implicit:
        inner.remark("ber-encoding")
        return _extensions(inner)
    with inner, inner.inside() as items:
        return _extensions(items)


def _extensions(items: Reader) -> tuple[Extension, ...]:
    found: list[Extension] = []
    for item in items.each():
        oid, critical = item.oid(), False
        if item.has(der.BOOLEAN):
            critical = item.boolean()
            if item.strict and not critical:
                raise MalformedEncoding("a default value is written out")  # tolerated silently: most products do it
        found.append(Extension(oid, critical, item.octets()))
        if len(found) > MAX_EXTENSIONS:
            raise LimitExceeded(f"more than {MAX_EXTENSIONS} extensions")
    return tuple(found)


def take_algorithm(reader: Reader) -> str:
    """Take a bare OBJECT IDENTIFIER; a whole AlgorithmIdentifier is tolerated."""
    if reader.has(der.SEQUENCE) and not reader.strict:
        reader.remark("ber-encoding")
        with reader.inside() as algorithm:
            return read_algorithm(algorithm)
    return reader.oid()


def take_bits(reader: Reader, *, size: int | None = None) -> bytes:
    """Take a BIT STRING of whole octets; an OCTET STRING and a wrong count of unused bits are tolerated.

    A writer that trims zero bits also trims whole zero octets: with a wrong count and fewer octets than a digest of
    `size` has, zeros are put back on the right.
    """
    if reader.has(der.OCTET_STRING) and not reader.strict:
        reader.remark("octet-string-for-bit-string")
        return reader.octets()
    before = "unused-bits" in reader.remarks
    reader.remarks.discard("unused-bits")
    octets = reader.bits()
    trimmed = "unused-bits" in reader.remarks
    if before:
        reader.remarks.add("unused-bits")
    if trimmed and size is not None and len(octets) < size and len(octets) >= SHORTEST_DIGEST:
        return octets.ljust(size, b"\0")
    return octets


def take_time_stamp(reader: Reader) -> bytes | None:
    """Take the token under [0], if one follows: an explicit BIT STRING; implicit or bare forms when tolerant."""
    if reader.has(der.context(0, constructed=False)) and not reader.strict:
        reader.remark("ber-encoding")
        return reader.element().content[1:]
    if not reader.has(der.context(0)):
        return None
    element: Tlv = reader.element()
    inner = Reader(element.content, strict=reader.strict, remarks=reader.remarks)
    if inner.has(der.BIT_STRING) or inner.strict:
        with inner:
            return inner.bits()
    inner.remark("ber-encoding")
    return element.content


def name_of_digest(named: str) -> str:
    """Return the digest a free-text name means: SHA-256 when it says so, else SM3."""
    folded = named.strip().upper().replace("-", "")
    return oids.SHA256 if folded in {"SHA256", oids.SHA256} else oids.SM3
