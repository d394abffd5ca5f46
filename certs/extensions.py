"""The certificate extensions we understand: values read from, and written to, the inside of an extension.

Standard:
    RFC 5280 section 4.2; GB/T 20518-2018.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Final, NamedTuple, TypeVar

from certs import der, der_writer, name
from certs.der import Reader
from certs.errors import LimitExceeded, MalformedEncoding
from certs.name import Name

MAX_ITEMS: Final = 256

_EMAIL, _DNS, _DIRECTORY, _URI, _REGISTERED = 1, 2, 4, 6, 8
_T = TypeVar("_T")


class KeyUsage(IntEnum):
    """The named bits of a key usage."""

    DIGITAL_SIGNATURE = 0
    NON_REPUDIATION = 1
    KEY_ENCIPHERMENT = 2
    DATA_ENCIPHERMENT = 3
    KEY_AGREEMENT = 4
    KEY_CERT_SIGN = 5
    CRL_SIGN = 6
    ENCIPHER_ONLY = 7
    DECIPHER_ONLY = 8


class Extension(NamedTuple):
    """One extension as it stands in the bytes; `value` is the content of its OCTET STRING."""

    oid: str
    critical: bool
    value: bytes


class BasicConstraints(NamedTuple):
    """Whether the subject is an authority, and how many authorities may follow it."""

    ca: bool
    path_length: int | None = None


class AuthorityKeyIdentifier(NamedTuple):
    """How the issuer names its key: a label to match, never to recompute."""

    key_identifier: bytes | None
    serial: int | None = None


class GeneralName(NamedTuple):
    """One general name: its context tag number and content octets (a directory name: its whole encoding)."""

    kind: int
    content: bytes

    @property
    def uri(self) -> str | None:
        """The address, if this is one."""
        return self.content.decode("ascii", "replace") if self.kind == _URI else None

    @property
    def dns(self) -> str | None:
        """The host name, if this is one."""
        return self.content.decode("ascii", "replace") if self.kind == _DNS else None

    @property
    def directory(self) -> Name | None:
        """The distinguished name, if this is one."""
        return Name(self.content) if self.kind == _DIRECTORY else None


class DistributionPoint(NamedTuple):
    """Where one list of revoked certificates is, and who signs it if not the issuer."""

    names: tuple[GeneralName, ...]
    some_reasons: bool = False
    other_issuer: bool = False


@dataclass(frozen=True, slots=True)
class NameConstraints:
    """Subtrees that the names of later certificates must, or must not, lie in."""

    permitted: tuple[GeneralName, ...]
    excluded: tuple[GeneralName, ...]


@dataclass(frozen=True, slots=True)
class KeyPeriod:
    """The time in which the private key may be used."""

    not_before: datetime | None
    not_after: datetime | None


def take(item: Reader) -> Extension:
    """Take the three parts of an Extension from inside it; `critical` FALSE written out is the remark `ber-encoding`."""
    oid = item.oid()
    critical = False
    if item.has(der.BOOLEAN):
        critical = item.boolean()
        if not critical:
            item.remark("ber-encoding")
    return Extension(oid, critical, item.octets())


# --- reading -------------------------------------------------------------------------------------------------------


def basic_constraints(reader: Reader) -> BasicConstraints:
    """Read BasicConstraints; cA FALSE written out is the remark `explicit-ca-false`."""
    with reader.inside() as inner:
        ca = False
        if inner.has(der.BOOLEAN):
            ca = inner.boolean()
            if not ca:
                inner.remark("explicit-ca-false")
        length = inner.integer() if inner.more() else None
    if length is not None and length < 0:
        raise MalformedEncoding("a negative path length")
    return BasicConstraints(ca, length)


def key_usage(reader: Reader) -> frozenset[KeyUsage]:
    """Read KeyUsage; trailing zero bits left in are the remark `non-minimal-bits`, bits without a name are left out."""
    inner = Reader(reader.raw(der.BIT_STRING), strict=False)
    bits = inner.named_bits()
    if inner.remarks:
        reader.remark("non-minimal-bits")
    return frozenset(KeyUsage(bit) for bit in bits if bit <= KeyUsage.DECIPHER_ONLY)


def object_identifiers(reader: Reader) -> tuple[str, ...]:
    """Read ExtKeyUsageSyntax, one or more object identifiers."""
    with reader.inside() as inner:
        return _several(inner, lambda item: item.oid())


def policies(reader: Reader) -> tuple[str, ...]:
    """Read the policy identifiers of CertificatePolicies and pass over their qualifiers."""

    def policy(item: Reader) -> str:
        with item.inside() as information:
            identifier = information.oid()
            if information.more():
                information.raw(der.SEQUENCE)
            return identifier

    with reader.inside() as inner:
        return _several(inner, policy)


def octets(reader: Reader) -> bytes:
    """Read an extension that is one OCTET STRING, such as SubjectKeyIdentifier."""
    return reader.octets()


def authority_key_identifier(reader: Reader) -> AuthorityKeyIdentifier:
    """Read AuthorityKeyIdentifier; the issuer's name, where given, is passed over."""
    key, serial = None, None
    with reader.inside() as inner:
        if inner.has(der.context(0, constructed=False)):
            key = inner.octets(der.context(0, constructed=False))
        if inner.has(der.context(1)):
            inner.raw()
        if inner.has(der.context(2, constructed=False)):
            serial = inner.integer(der.context(2, constructed=False))
    return AuthorityKeyIdentifier(key, serial)


def general_names(reader: Reader, tag: int = der.SEQUENCE) -> tuple[GeneralName, ...]:
    """Read GeneralNames, one or more."""
    with reader.inside(tag) as inner:
        return _several(inner, _general_name)


def distribution_points(reader: Reader) -> tuple[DistributionPoint, ...]:
    """Read CRLDistributionPoints."""
    with reader.inside() as inner:
        return _several(inner, _distribution_point)


def distribution_point_name(reader: Reader) -> tuple[GeneralName, ...]:
    """Read DistributionPointName inside its explicit tag [0]; a name relative to the issuer counts as none."""
    with reader.inside(der.context(0)) as choice:
        if choice.has(der.context(0)):
            return general_names(choice, der.context(0))
        choice.raw(der.context(1))
        return ()


def information_access(reader: Reader) -> tuple[tuple[str, GeneralName], ...]:
    """Read AuthorityInfoAccess as pairs of method and location."""

    def description(item: Reader) -> tuple[str, GeneralName]:
        with item.inside() as pair:
            return pair.oid(), _general_name(pair)

    with reader.inside() as inner:
        return _several(inner, description)


def name_constraints(reader: Reader) -> NameConstraints:
    """Read NameConstraints; minimum and maximum other than the default are refused, as RFC 5280 forbids them."""

    def subtree(item: Reader) -> GeneralName:
        with item.inside() as tree:
            return _general_name(tree)

    found: list[tuple[GeneralName, ...]] = []
    with reader.inside() as inner:
        for number in (0, 1):
            if inner.has(der.context(number)):
                with inner.inside(der.context(number)) as trees:
                    found.append(_several(trees, subtree))
            else:
                found.append(())
    return NameConstraints(*found)


def key_period(reader: Reader) -> KeyPeriod:
    """Read PrivateKeyUsagePeriod."""
    times: list[datetime | None] = []
    with reader.inside() as inner:
        for number in (0, 1):
            tag = der.context(number, constructed=False)
            if inner.has(tag):
                encoded = der_writer.tlv(der.GENERALIZED_TIME, inner.content(tag))
                times.append(Reader(encoded, strict=inner.strict, remarks=inner.remarks).time())
            else:
                times.append(None)
    return KeyPeriod(*times)


def _several(reader: Reader, take: Callable[[Reader], _T]) -> tuple[_T, ...]:
    """Take items to the end of the run: at least one, and not more than we are willing to look at."""
    items: list[_T] = []
    while reader.more():
        if len(items) >= MAX_ITEMS:
            raise LimitExceeded(f"more than {MAX_ITEMS} items in one extension")
        items.append(take(reader))
    if not items:
        raise MalformedEncoding("an empty list in an extension")
    return tuple(items)


def _general_name(reader: Reader) -> GeneralName:
    tag, content, _ = reader.element()
    kind = tag & 0x1F
    if tag & 0xC0 != 0x80 or kind > _REGISTERED:
        raise MalformedEncoding(f"expected a general name, found tag 0x{tag:02x}")
    if kind in (_EMAIL, _DNS, _URI) and not content.isascii():
        reader.remark("ia5-not-ascii")
    if kind == _DIRECTORY:
        with Reader(content, strict=reader.strict, remarks=reader.remarks) as inner:
            return GeneralName(kind, name.read(inner).der)
    return GeneralName(kind, content)


def _distribution_point(reader: Reader) -> DistributionPoint:
    names: tuple[GeneralName, ...] = ()
    some_reasons = other_issuer = False
    with reader.inside() as point:
        if point.has(der.context(0)):
            names = distribution_point_name(point)
        if point.has(der.context(1, constructed=False)):
            point.raw()
            some_reasons = True
        if point.has(der.context(2)):
            point.raw()
            other_issuer = True
    return DistributionPoint(names, some_reasons, other_issuer)


# --- writing -------------------------------------------------------------------------------------------------------


def encode(oid: str, value: bytes, *, critical: bool = False) -> bytes:
    """Encode one Extension; `critical` FALSE is a default and left out."""
    flag = der_writer.TRUE if critical else b""
    return der_writer.sequence(der_writer.oid(oid), flag, der_writer.octet_string(value))


def encode_basic_constraints(value: BasicConstraints) -> bytes:
    """Encode BasicConstraints without its defaults."""
    length = b"" if value.path_length is None else der_writer.integer(value.path_length)
    return der_writer.sequence(der_writer.TRUE if value.ca else b"", length)


def encode_object_identifiers(values: Iterable[str]) -> bytes:
    """Encode ExtKeyUsageSyntax."""
    return der_writer.sequence(*(der_writer.oid(value) for value in values))


def encode_policies(values: Iterable[str]) -> bytes:
    """Encode CertificatePolicies without qualifiers."""
    return der_writer.sequence(*(der_writer.sequence(der_writer.oid(value)) for value in values))


def encode_authority_key_identifier(key_identifier: bytes) -> bytes:
    """Encode AuthorityKeyIdentifier with the key identifier alone."""
    return der_writer.sequence(der_writer.tlv(der.context(0, constructed=False), key_identifier))


def encode_uri(address: str) -> bytes:
    """Encode a GeneralName that is an address."""
    return der_writer.tlv(der.context(_URI, constructed=False), address.encode("ascii"))


def encode_directory(value: Name) -> bytes:
    """Encode a GeneralName that is a distinguished name."""
    return der_writer.explicit(_DIRECTORY, value.der)


def encode_distribution_points(addresses: Iterable[str]) -> bytes:
    """Encode CRLDistributionPoints, one point an address."""
    return der_writer.sequence(
        *(
            der_writer.sequence(der_writer.explicit(0, der_writer.tlv(der.context(0), encode_uri(address))))
            for address in addresses
        )
    )


def encode_information_access(pairs: Iterable[tuple[str, str]]) -> bytes:
    """Encode AuthorityInfoAccess from pairs of method and address."""
    return der_writer.sequence(
        *(der_writer.sequence(der_writer.oid(method), encode_uri(address)) for method, address in pairs)
    )


def encode_key_period(value: KeyPeriod) -> bytes:
    """Encode PrivateKeyUsagePeriod."""
    parts = [
        der_writer.implicit(number, der_writer.generalized_time(at))
        for number, at in enumerate((value.not_before, value.not_after))
        if at is not None
    ]
    return der_writer.sequence(*parts)


def encode_name_constraints(permitted: Iterable[bytes] = (), excluded: Iterable[bytes] = ()) -> bytes:
    """Encode NameConstraints from encoded general names."""
    parts = []
    for number, names in enumerate((permitted, excluded)):
        trees = b"".join(der_writer.sequence(one) for one in names)
        parts.append(der_writer.tlv(der.context(number), trees) if trees else b"")
    return der_writer.sequence(*parts)
