"""Distinguished names: what they say, and the bytes by which they are compared.

Names are equal when their DER is equal. No case folding, no normal form: two spellings of a name are two names, so
nobody slips past a comparison with a look-alike.

Standard:
    RFC 5280 section 4.1.2.4; GB/T 20518-2018 (C as PrintableString, the rest as UTF8String).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

from certs import der, der_writer, oids
from certs.der import Reader, reading
from certs.errors import LimitExceeded, MalformedEncoding

MAX_ATTRIBUTES: Final = 64
_REMEMBERED: Final = 512

SHORT_NAMES: Final = {
    oids.COUNTRY: "C",
    oids.PROVINCE: "ST",
    oids.LOCALITY: "L",
    oids.ORGANISATION: "O",
    oids.ORGANISATIONAL_UNIT: "OU",
    oids.COMMON_NAME: "CN",
    oids.SERIAL_NUMBER: "serialNumber",
    oids.EMAIL_ADDRESS: "emailAddress",
    oids.DOMAIN_COMPONENT: "DC",
}
_PRINTABLE: Final = frozenset({oids.COUNTRY, oids.SERIAL_NUMBER})
_PRINTABLE_TEXT: Final = re.compile(r"[A-Za-z0-9 '()+,./:=?-]+")
_SHOWN: Final = 64  # octets of a name that cannot be read
_IA5: Final = frozenset({oids.EMAIL_ADDRESS, oids.DOMAIN_COMPONENT})


@dataclass(frozen=True)
class Name:
    """A distinguished name as it stands in a certificate.

    Attributes:
        der: the whole encoding, which alone decides equality.
        strict: whether its text was, or will be, read strictly.
    """

    der: bytes
    strict: bool = field(default=False, compare=False, repr=False)

    @cached_property
    def _read(self) -> tuple[tuple[tuple[str, str], ...], tuple[bytes, ...], frozenset[str]]:
        return _inside(self.der, strict=self.strict)

    @property
    def attributes(self) -> tuple[tuple[str, str], ...]:
        """The attribute types and texts in the order written.

        Raises:
            MalformedEncoding: a tolerated name whose inside is no name at all.
        """
        return self._read[0]

    @property
    def rdns(self) -> tuple[bytes, ...]:
        """The relative names, each as its encoding, for comparing subtrees."""
        return self._read[1]

    @property
    def remarks(self) -> frozenset[str]:
        """Deviations met in the texts of a tolerated name."""
        return self._read[2]

    def get(self, oid: str) -> str | None:
        """Return the first value of this attribute type, or None."""
        return next((text for kind, text in self.attributes if kind == oid), None)

    def __str__(self) -> str:
        try:
            return ", ".join(f"{SHORT_NAMES.get(kind, kind)}={text}" for kind, text in self.attributes)
        except MalformedEncoding:  # a report about a broken name is still a report
            return f"#{self.der[:_SHOWN].hex()}"


def build(pairs: Iterable[tuple[str, str]]) -> Name:
    """Build a name, one attribute a level, in the order given.

    Raises:
        MalformedEncoding: a text that its string type cannot hold.
    """
    parts = []
    for kind, text in pairs:
        tag = der.PRINTABLE_STRING if kind in _PRINTABLE else der.IA5_STRING if kind in _IA5 else der.UTF8_STRING
        if tag == der.PRINTABLE_STRING and not _PRINTABLE_TEXT.fullmatch(text):
            raise MalformedEncoding(f"{SHORT_NAMES[kind]} cannot hold {text!r}")
        try:
            value = der_writer.text(text, tag)
        except UnicodeEncodeError as wrong:
            raise MalformedEncoding(f"{SHORT_NAMES.get(kind, kind)} cannot hold {text!r}") from wrong
        parts.append(der_writer.set_of([der_writer.sequence(der_writer.oid(kind), value)]))
    return Name(der_writer.sequence(*parts), strict=True)


def read(reader: Reader) -> Name:
    """Take a Name from a reader; a strict reader insists on its inside at once, a tolerant one looks when asked."""
    name = Name(reader.raw(der.SEQUENCE), strict=reader.strict)
    if reader.strict:
        _ = name.attributes
    return name


@lru_cache(maxsize=_REMEMBERED)
def _inside(encoded: bytes, *, strict: bool) -> tuple[tuple[tuple[str, str], ...], tuple[bytes, ...], frozenset[str]]:
    """Read a name once, however many certificates carry it."""
    remarks: set[str] = set()
    with reading(encoded, strict=strict, remarks=remarks) as reader:
        attributes, rdns = _relative_names(reader)
    return attributes, rdns, frozenset(remarks)


def _relative_names(reader: Reader) -> tuple[tuple[tuple[str, str], ...], tuple[bytes, ...]]:
    """Read RDNSequence into attributes and the encodings of its levels."""
    attributes: list[tuple[str, str]] = []
    rdns: list[bytes] = []
    with reader.inside() as levels:
        while levels.more():
            rdn = levels.raw(der.SET)
            rdns.append(rdn)
            members: list[bytes] = []
            with reading(rdn, strict=levels.strict, remarks=levels.remarks) as outer, outer.inside(der.SET) as run:
                while run.more():
                    members.append(run.raw(der.SEQUENCE))
            if not members:
                raise MalformedEncoding("an empty relative name")
            if members != sorted(members):
                levels.remark("ber-encoding")
            for member in members:
                with reading(member, strict=levels.strict, remarks=levels.remarks) as outer, outer.inside() as pair:
                    attributes.append((pair.oid(), _value(pair)))
            if len(attributes) > MAX_ATTRIBUTES:
                raise LimitExceeded(f"a name of more than {MAX_ATTRIBUTES} attributes")
    return tuple(attributes), tuple(rdns)


def _value(reader: Reader) -> str:
    """Take an attribute value: any string type as text, anything else as hexadecimal after a number sign."""
    if reader.peek() in der.TEXT_CODECS:
        return reader.text()
    return "#" + reader.raw().hex()
