"""The certificate as a value: what it says, the bytes that were signed, and how far it departs from the rules.

`decode` is strict, for what we write. `read` takes what other authorities write: every deviation becomes a remark, and
an extension that cannot be read is reported without hiding the others.

Standard:
    RFC 5280 section 4.1; GB/T 20518-2018.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Final, TypeVar

from certs import algorithms, der, extensions, name, oids, pem, signed
from certs.der import Reader, reading
from certs.errors import CertsError, LimitExceeded, MalformedEncoding
from certs.extensions import (
    AuthorityKeyIdentifier,
    BasicConstraints,
    DistributionPoint,
    Extension,
    GeneralName,
    KeyPeriod,
    KeyUsage,
    NameConstraints,
)
from certs.keys import PublicKey
from certs.name import Name
from certs.sm import sm3

MAX_CERTIFICATE_BYTES: Final = 64 << 10
MAX_EXTENSIONS: Final = 64
MAX_SERIAL_OCTETS: Final = 20
_REMEMBERED: Final = 256
_REMEMBERED_VALUES: Final = 1024
_SHORT_VALUE: Final = 512
_PEM_LABELS: Final = ("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE")
_T = TypeVar("_T")


@dataclass(frozen=True, eq=False, repr=False)
class Certificate:
    """A certificate; two are equal when their bytes are.

    Attributes:
        der: the whole encoding as received.
        tbs: the part that the issuer signed.
        serial: the serial number.
        issuer: who signed.
        subject: for whom.
        not_before: the first instant of its life.
        not_after: the last instant of its life, itself included.
        spki: the SubjectPublicKeyInfo as received.
        signature_algorithm: the object identifier of the issuer's algorithm.
        signature: the issuer's signature value.
        extensions: every extension in the order written, understood or not.
        strict: whether it was decoded strictly.
    """

    der: bytes
    tbs: bytes
    version: int
    serial: int
    issuer: Name
    subject: Name
    not_before: datetime
    not_after: datetime
    spki: bytes
    signature_algorithm: str
    signature: bytes
    extensions: tuple[Extension, ...]
    strict: bool
    _remarks: set[str] = field(default_factory=set)
    _broken: set[str] = field(default_factory=set)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and other.der == self.der

    def __hash__(self) -> int:
        return hash(self.der)

    def __repr__(self) -> str:
        return f"<Certificate {self.serial:x}, {len(self.der)} bytes>"

    # --- the key and the signature ----------------------------------------------------------------------------------

    @cached_property
    def public_key(self) -> PublicKey:
        """The subject's key.

        Raises:
            UnknownAlgorithm: a key kind or curve that is not in our table, explicit curve parameters among them.
            InvalidKey: a point that is not on its curve.
        """
        return PublicKey.from_spki(self.spki, strict=self.strict, remarks=self._remarks)

    @cached_property
    def fingerprint(self) -> bytes:
        """The SM3 digest of the whole certificate, 32 bytes."""
        return sm3.digest(self.der)

    def verify_signed_by(self, public_key: PublicKey) -> None:
        """Check the issuer's signature over the bytes as received.

        Raises:
            InvalidSignature: the value does not verify.
            UnknownAlgorithm: an algorithm that is not in our table, or that does not fit the key.
        """
        public_key.verify(self.signature, self.tbs, algorithms.by_oid(self.signature_algorithm))

    # --- extensions -------------------------------------------------------------------------------------------------

    @cached_property
    def key_usage(self) -> frozenset[KeyUsage] | None:
        """What the key may do, or None where nothing is said."""
        return self._value(oids.KEY_USAGE, extensions.key_usage)

    @cached_property
    def basic_constraints(self) -> BasicConstraints | None:
        """Whether this is an authority, or None where nothing is said."""
        return self._value(oids.BASIC_CONSTRAINTS, extensions.basic_constraints)

    @cached_property
    def extended_key_usage(self) -> tuple[str, ...] | None:
        """The purposes of the key, or None where nothing is said."""
        return self._value(oids.EXTENDED_KEY_USAGE, extensions.object_identifiers)

    @cached_property
    def subject_key_identifier(self) -> bytes | None:
        """The label of this key."""
        return self._value(oids.SUBJECT_KEY_IDENTIFIER, extensions.octets)

    @cached_property
    def authority_key_identifier(self) -> AuthorityKeyIdentifier | None:
        """The label of the issuer's key."""
        return self._value(oids.AUTHORITY_KEY_IDENTIFIER, extensions.authority_key_identifier)

    @cached_property
    def distribution_points(self) -> tuple[DistributionPoint, ...]:
        """Where lists of revoked certificates are."""
        return self._value(oids.CRL_DISTRIBUTION_POINTS, extensions.distribution_points) or ()

    @cached_property
    def policies(self) -> tuple[str, ...]:
        """The policies under which it was issued."""
        return self._value(oids.CERTIFICATE_POLICIES, extensions.policies) or ()

    @property
    def crl_urls(self) -> tuple[str, ...]:
        """The addresses of lists of revoked certificates."""
        return tuple(one.uri for point in self.distribution_points for one in point.names if one.uri is not None)

    @property
    def ocsp_urls(self) -> tuple[str, ...]:
        """The addresses that answer for its status."""
        return self._access(oids.AD_OCSP)

    @property
    def issuer_urls(self) -> tuple[str, ...]:
        """The addresses of the issuer's certificate."""
        return self._access(oids.AD_CA_ISSUERS)

    @property
    def is_authority(self) -> bool:
        """Whether BasicConstraints says so."""
        return self.basic_constraints is not None and self.basic_constraints.ca

    @property
    def is_self_issued(self) -> bool:
        """Whether issuer and subject have one name."""
        return self.issuer.der == self.subject.der

    def extension(self, oid: str) -> Extension | None:
        """Return the extension of this type, or None."""
        return next((one for one in self.extensions if one.oid == oid), None)

    @cached_property
    def broken(self) -> frozenset[str]:
        """The types of extensions that we understand but that cannot be read here, or that occur twice."""
        self._examine()
        return frozenset(self._broken)

    @cached_property
    def remarks(self) -> frozenset[str]:
        """Deviation codes of everything we understand in it, the key included."""
        self._examine()
        return frozenset(self._remarks)

    def to_pem(self) -> str:
        """Return the certificate in PEM armour."""
        return pem.encode(self.der, "CERTIFICATE")

    # --- inner workings ---------------------------------------------------------------------------------------------

    def _value(self, oid: str, take: Callable[[Reader], _T]) -> _T | None:
        """Read the inside of one extension; unreadable means None, a remark, and a place in `broken`."""
        found = self.extension(oid)
        if found is None or oid in self._broken:
            return None
        look = _remembered if len(found.value) <= _SHORT_VALUE else _inside
        try:
            value, remarks = look(take, found.value, self.strict)
        except MalformedEncoding:
            if self.strict:
                raise
            self._remarks.add("extension-malformed")
            self._broken.add(oid)
            return None
        self._remarks.update(remarks)
        return value

    def _access(self, method: str) -> tuple[str, ...]:
        return tuple(place.uri for kind, place in self._information_access if kind == method and place.uri is not None)

    @cached_property
    def _information_access(self) -> tuple[tuple[str, GeneralName], ...]:
        return self._value(oids.AUTHORITY_INFO_ACCESS, extensions.information_access) or ()

    @cached_property
    def alternative_names(self) -> tuple[GeneralName, ...]:
        """The further names of the subject."""
        return self._value(oids.SUBJECT_ALT_NAME, extensions.general_names) or ()

    @cached_property
    def name_constraints(self) -> NameConstraints | None:
        """What names later certificates of a path may have."""
        return self._value(oids.NAME_CONSTRAINTS, extensions.name_constraints)

    @cached_property
    def key_period(self) -> KeyPeriod | None:
        """When the private key may be used, if narrower than the certificate's life."""
        return self._value(oids.PRIVATE_KEY_USAGE_PERIOD, extensions.key_period)

    def _examine(self) -> None:
        """Look at everything we understand, so that all deviations are known."""
        _ = (self.key_usage, self.basic_constraints, self.extended_key_usage, self.subject_key_identifier)
        _ = (self.authority_key_identifier, self.distribution_points, self.policies, self._information_access)
        _ = (self.alternative_names, self.name_constraints, self.key_period)
        for one in (self.issuer, self.subject):
            try:
                self._remarks.update(one.remarks)
            except MalformedEncoding:
                self._remarks.add("name-malformed")
        try:
            _ = self.public_key
        except CertsError:
            if self.strict:
                raise


def decode(encoded: bytes) -> Certificate:
    """Decode a certificate strictly: version 3, one encoding only, a key we know, readable extensions.

    Raises:
        MalformedEncoding: anything else.
        UnknownAlgorithm: a key or curve that is not in our table.
        InvalidKey: a point that is not on its curve.
    """
    certificate = _certificate(encoded, strict=True)
    _ = certificate.remarks
    return certificate


def read(encoded: bytes) -> Certificate:
    """Read a certificate of any authority; its deviations are remarks.

    Raises:
        MalformedEncoding: the frame itself is no certificate.
        AlgorithmMismatch: the signed and the outer algorithm differ.
    """
    return _certificate(encoded, strict=False)


def from_pem(text: str | bytes) -> Certificate:
    """Read the only certificate of a PEM text.

    Raises:
        MalformedEncoding: no certificate there, or several.
    """
    return read(pem.decode_one(text, *_PEM_LABELS))


def all_from_pem(text: str | bytes) -> tuple[Certificate, ...]:
    """Read every certificate of a PEM text, in order."""
    return tuple(read(block) for block in pem.decode_all(text, *_PEM_LABELS))


def _inside(take: Callable[[Reader], _T], value: bytes, strict: bool) -> tuple[_T, frozenset[str]]:
    """Read the inside of an extension, with the deviations met."""
    remarks: set[str] = set()
    with reading(value, strict=strict, remarks=remarks) as reader:
        return take(reader), frozenset(remarks)


# Most extensions of an authority's certificates are alike, so what was read once need not be read again.
_remembered: Final = lru_cache(maxsize=_REMEMBERED_VALUES)(_inside)


@lru_cache(maxsize=_REMEMBERED)
def _certificate(encoded: bytes, *, strict: bool) -> Certificate:
    """Read the frame; a certificate met again, as authorities are with every document, is not read again."""
    remarks: set[str] = set()
    broken: set[str] = set()
    frame = signed.take(encoded, limit=MAX_CERTIFICATE_BYTES, strict=strict, remarks=remarks)
    with reading(frame.tbs, strict=strict, remarks=remarks) as whole, whole.inside() as tbs:
        version = _version(tbs)
        serial = _serial(tbs)
        algorithm = signed.inner_algorithm(tbs, frame.algorithm)
        issuer = name.read(tbs)
        with tbs.inside() as validity:
            not_before, not_after = validity.time(), validity.time()
        subject = name.read(tbs)
        spki = tbs.raw(der.SEQUENCE)
        for number in (1, 2):  # issuerUniqueID and subjectUniqueID, which RFC 5280 forbids to write
            if tbs.has(der.context(number, constructed=False)):
                tbs.remark("unique-identifier")
                tbs.raw()
        found = _extensions(tbs, broken) if tbs.more() else ()
    if strict and version != 3:
        raise MalformedEncoding(f"a certificate of version {version}")
    return Certificate(
        der=encoded,
        tbs=frame.tbs,
        version=version,
        serial=serial,
        issuer=issuer,
        subject=subject,
        not_before=not_before,
        not_after=not_after,
        spki=spki,
        signature_algorithm=algorithm,
        signature=frame.signature,
        extensions=found,
        strict=strict,
        _remarks=remarks,
        _broken=broken,
    )


def _version(tbs: Reader) -> int:
    """Take the version, 1 where it is left out."""
    if not tbs.has(der.context(0)):
        return 1
    with tbs.inside(der.context(0)) as field_:
        version = field_.integer() + 1
    if version == 1:
        tbs.remark("ber-encoding")
    if version not in (1, 2, 3):
        raise MalformedEncoding(f"a certificate of version {version}")
    return version


def _serial(tbs: Reader) -> int:
    """Take the serial number; strictly, a positive one of at most twenty octets."""
    serial = tbs.integer()
    if serial <= 0 or serial.bit_length() > 8 * MAX_SERIAL_OCTETS:
        tbs.remark("serial-number")
    return serial


def _extensions(tbs: Reader, broken: set[str]) -> tuple[Extension, ...]:
    """Take the extensions; a type that occurs twice is noted as broken, because either could be meant."""
    found: list[Extension] = []
    seen: set[str] = set()
    with tbs.inside(der.context(3)) as field_, field_.inside() as items:
        for item in items.each():
            one = extensions.take(item)
            if one.oid in seen:
                tbs.remark("duplicate-extension")
                broken.add(one.oid)
            seen.add(one.oid)
            found.append(one)
            if len(found) > MAX_EXTENSIONS:
                raise LimitExceeded(f"more than {MAX_EXTENSIONS} extensions")
    if not found:
        raise MalformedEncoding("an empty list of extensions")
    return tuple(found)
