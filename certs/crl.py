"""Lists of revoked certificates: read fast, look up by serial, build in shards.

Standard:
    RFC 5280 section 5; GB/T 20518-2018. ExpiredCertsOnCRL: X.509 clause 9.5.2.8.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, NamedTuple

from certs import algorithms, crl_entries, der, der_writer, extensions, name, oids, pem, signed
from certs.builder import Issuer
from certs.crl_entries import Reason, Revocation
from certs.der import Reader, reading
from certs.errors import CertsError, IssuedDiffers, LimitExceeded, MalformedEncoding
from certs.extensions import Extension, GeneralName
from certs.keys import PublicKey
from certs.name import Name

__all__ = ["CertificateList", "Covers", "Plan", "Reason", "Revocation", "Scope", "build", "decode", "finish", "read"]

MAX_LIST_BYTES: Final = 64 << 20
MAX_EXTENSIONS: Final = 32
MAX_NUMBER_OCTETS: Final = 20
_PEM_LABEL: Final = "X509 CRL"
_UNDERSTOOD: Final = frozenset({oids.ISSUING_DISTRIBUTION_POINT, oids.CRL_NUMBER, oids.AUTHORITY_KEY_IDENTIFIER})
_VERSION_2: Final = der_writer.integer(1)


class Covers(Enum):
    """Which certificates of the issuer a list speaks for."""

    ALL = "all"
    USERS = "users"
    AUTHORITIES = "authorities"
    ATTRIBUTES = "attributes"


class Scope(NamedTuple):
    """What a list covers, from IssuingDistributionPoint."""

    names: tuple[GeneralName, ...] = ()
    covers: Covers = Covers.ALL
    some_reasons: bool = False
    indirect: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class CertificateList:
    """A list of revoked certificates as received.

    Attributes:
        der: the whole encoding.
        tbs: the part that the issuer signed.
        issuer: who signed.
        this_update: the instant it speaks for.
        next_update: by when a newer one is promised, or None.
        signature_algorithm: the object identifier of the issuer's algorithm.
        signature: the signature value.
        number: its rising number within the shard, or None.
        scope: which certificates it speaks for.
        expired_since: it still lists certificates that expired at or after this instant, or None.
        unknown_critical: critical extensions that we do not carry out (a delta list has one).
        remarks: deviation codes of its frame.
    """

    der: bytes
    tbs: bytes
    issuer: Name
    this_update: datetime
    next_update: datetime | None
    signature_algorithm: str
    signature: bytes
    number: int | None
    scope: Scope
    expired_since: datetime | None
    unknown_critical: frozenset[str]
    remarks: frozenset[str]
    strict: bool
    _entries: bytes
    _places: Mapping[int, tuple[int, int]]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CertificateList) and other.der == self.der

    def __hash__(self) -> int:
        return hash(self.der)

    def __repr__(self) -> str:
        return f"<CertificateList of {self.this_update:%Y-%m-%dT%H:%M:%SZ}, {len(self)} entries>"

    def __len__(self) -> int:
        return len(self._places)

    def find(self, serial: int) -> Revocation | None:
        """Return the entry of this serial, or None.

        Raises:
            MalformedEncoding: the entry is there but cannot be read.
        """
        place = self._places.get(serial)
        return None if place is None else crl_entries.read(self._entries[slice(*place)], strict=self.strict)

    def __iter__(self) -> Iterator[Revocation]:
        """Read every entry in the order written."""
        return (crl_entries.read(self._entries[slice(*place)], strict=self.strict) for place in self._places.values())

    def verify_signed_by(self, public_key: PublicKey) -> None:
        """Check the issuer's signature over the bytes as received.

        Raises:
            InvalidSignature: the value does not verify.
            UnknownAlgorithm: an algorithm that is not in our table, or that does not fit the key.
        """
        public_key.verify(self.signature, self.tbs, algorithms.by_oid(self.signature_algorithm))

    def to_pem(self) -> str:
        """Return the list in PEM armour."""
        return pem.encode(self.der, _PEM_LABEL)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that one list will say."""

    issuer: Issuer
    number: int
    this_update: datetime
    next_update: datetime
    entries: Iterable[Revocation]
    url: str | None = None
    covers: Covers = Covers.ALL
    expired_since: datetime | None = None


def decode(encoded: bytes) -> CertificateList:
    """Decode a list strictly: version 2 with a number and a next update, no empty run of entries.

    Raises:
        MalformedEncoding: anything else.
    """
    found = _list(encoded, strict=True)
    if found.number is None or found.next_update is None:
        raise MalformedEncoding("a list without its number or next update")
    return found


def read(encoded: bytes) -> CertificateList:
    """Read a list of any authority.

    Raises:
        MalformedEncoding: not such a list.
        AlgorithmMismatch: the signed and the outer algorithm differ.
    """
    return _list(encoded, strict=False)


def from_pem(text: str | bytes) -> CertificateList:
    """Read the only list of a PEM text."""
    return read(pem.decode_one(text, _PEM_LABEL))


def build(plan: Plan) -> bytes:
    """Return the to-be-signed list, in DER; `revokedCertificates` is left out when nothing is revoked."""
    entries = b"".join(map(crl_entries.encode, plan.entries))
    found = [
        extensions.encode(
            oids.AUTHORITY_KEY_IDENTIFIER, extensions.encode_authority_key_identifier(plan.issuer.key_identifier)
        ),
        extensions.encode(oids.CRL_NUMBER, der_writer.integer(plan.number)),
    ]
    if plan.url is not None or plan.covers is not Covers.ALL:
        found.append(extensions.encode(oids.ISSUING_DISTRIBUTION_POINT, _encode_scope(plan), critical=True))
    if plan.expired_since is not None:
        value = der_writer.generalized_time(plan.expired_since.replace(microsecond=0))
        found.append(extensions.encode(oids.EXPIRED_CERTS_ON_CRL, value))
    return der_writer.sequence(
        _VERSION_2,
        plan.issuer.algorithm.identifier,
        plan.issuer.name.der,
        der_writer.time(plan.this_update),
        der_writer.time(plan.next_update),
        der_writer.tlv(der.SEQUENCE, entries) if entries else b"",
        der_writer.explicit(0, der_writer.sequence(*found)),
    )


def finish(tbs: bytes, signature: bytes) -> CertificateList:
    """Join the signature to what was signed, and read the result back as a stranger would.

    Raises:
        IssuedDiffers: the result does not decode strictly, or says something else than was signed.
    """
    try:
        with reading(tbs) as whole, whole.inside() as fields:
            fields.integer()
            algorithm = signed.algorithm(fields.raw(der.SEQUENCE), strict=True, remarks=set())
            while fields.more():
                fields.raw()
        result = decode(signed.finish(tbs, algorithm, signature))
    except CertsError as wrong:
        raise IssuedDiffers(f"the finished list does not decode: {wrong}") from wrong
    if result.tbs != tbs or result.signature != signature:
        raise IssuedDiffers("the finished list is not what was signed")
    return result


# --- reading -------------------------------------------------------------------------------------------------------


def _list(encoded: bytes, *, strict: bool) -> CertificateList:
    remarks: set[str] = set()
    frame = signed.take(encoded, limit=MAX_LIST_BYTES, strict=strict, remarks=remarks)
    with reading(frame.tbs, strict=strict, remarks=remarks) as whole, whole.inside() as tbs:
        version = tbs.integer() + 1 if tbs.has(der.INTEGER) else 1
        if version not in ((2,) if strict else (1, 2)):
            raise MalformedEncoding(f"a revocation list of version {version}")
        algorithm = signed.inner_algorithm(tbs, frame.algorithm)
        issuer = name.read(tbs)
        this_update = tbs.time()
        next_update = tbs.time() if tbs.peek() in (der.UTC_TIME, der.GENERALIZED_TIME) else None
        entries = b""
        if tbs.has(der.SEQUENCE):
            entries = tbs.content(der.SEQUENCE)
            if not entries:
                tbs.remark("empty-revoked-certificates")
        found = _extensions(tbs) if tbs.more() else {}
        scope, number, expired = _understood(found, tbs)
    places = crl_entries.scan(entries)
    if strict:
        crl_entries.check(entries, places.values())
    return CertificateList(
        der=encoded,
        tbs=frame.tbs,
        issuer=issuer,
        this_update=this_update,
        next_update=next_update,
        signature_algorithm=algorithm,
        signature=frame.signature,
        number=number,
        scope=scope,
        expired_since=expired,
        unknown_critical=frozenset(one.oid for one in found.values() if one.critical and one.oid not in _UNDERSTOOD),
        remarks=frozenset(remarks),
        strict=strict,
        _entries=entries,
        _places=places,
    )


def _extensions(tbs: Reader) -> dict[str, Extension]:
    found: dict[str, Extension] = {}
    with tbs.inside(der.context(0)) as field, field.inside() as items:
        for item in items.each():
            one = extensions.take(item)
            if one.oid in found:
                raise MalformedEncoding("an extension of a list that occurs twice")
            found[one.oid] = one
            if len(found) > MAX_EXTENSIONS:
                raise LimitExceeded(f"more than {MAX_EXTENSIONS} extensions in a list")
    return found


def _understood(found: Mapping[str, Extension], tbs: Reader) -> tuple[Scope, int | None, datetime | None]:
    """Read what decides the meaning of a list; what cannot be read makes the list unusable."""
    scope, number, expired = Scope(), None, None
    if (one := found.get(oids.ISSUING_DISTRIBUTION_POINT)) is not None:
        with reading(one.value, strict=tbs.strict, remarks=tbs.remarks) as value:
            scope = _scope(value)
    if (one := found.get(oids.CRL_NUMBER)) is not None:
        with reading(one.value, strict=tbs.strict, remarks=tbs.remarks) as value:
            number = value.integer()
        if number < 0 or number.bit_length() > 8 * MAX_NUMBER_OCTETS - 1:
            raise MalformedEncoding("a list number out of range")
    if (one := found.get(oids.EXPIRED_CERTS_ON_CRL)) is not None:
        with reading(one.value, strict=tbs.strict, remarks=tbs.remarks) as value:
            expired = value.time()
    return scope, number, expired


def _scope(reader: Reader) -> Scope:
    """Read IssuingDistributionPoint; flags that are FALSE and written out are the remark `ber-encoding`."""
    names: tuple[GeneralName, ...] = ()
    flags: dict[int, bool] = {}
    with reader.inside() as point:
        if point.has(der.context(0)):
            names = extensions.distribution_point_name(point)
        for number in range(1, 6):
            tag = der.context(number, constructed=False)
            if not point.has(tag):
                continue
            if number == 3:
                flags[number] = bool(point.raw())
                continue
            flags[number] = point.boolean(tag)
            if not flags[number]:
                point.remark("ber-encoding")
    covers = [kind for number, kind in _COVERS.items() if flags.get(number)]
    if len(covers) > 1:
        raise MalformedEncoding("a list that is only for two kinds of certificates")
    return Scope(names, covers[0] if covers else Covers.ALL, flags.get(3, False), flags.get(4, False))


_COVERS: Final = {1: Covers.USERS, 2: Covers.AUTHORITIES, 5: Covers.ATTRIBUTES}


def _encode_scope(plan: Plan) -> bytes:
    parts = b""
    if plan.url is not None:
        names = der_writer.tlv(der.context(0), extensions.encode_uri(plan.url))
        parts = der_writer.explicit(0, names)
    for number, kind in _COVERS.items():
        if plan.covers is kind:
            parts += der_writer.tlv(der.context(number, constructed=False), b"\xff")
    return der_writer.tlv(der.SEQUENCE, parts)
