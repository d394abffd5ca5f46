"""Signed messages of GB/T 35275 and CMS, read as others write them.

The two are one structure under two families of object identifiers. A reader keeps the received octets of everything
that is signed, because real values are not always DER: attributes out of order, indefinite lengths, another family's
identifier inside. Each deviation is a remark.

Standard:
    GB/T 35275-2017 (SM2 cryptography message syntax) signed data; RFC 5652 section 5; RFC 2315 section 9.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from certs import der, oids
from certs.ber import to_definite
from certs.certificate import Certificate
from certs.der import Reader
from certs.errors import LimitExceeded, MalformedEncoding

MAX_BYTES: Final = 16 << 20
MAX_SIGNERS: Final = 64
MAX_CERTIFICATES: Final = 256
MAX_ATTRIBUTES: Final = 64
SIGNED_DATA_TYPES: Final = frozenset({oids.GM_SIGNED_DATA, oids.SIGNED_DATA})


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a signer: its type, and the whole encodings of its values."""

    oid: str
    values: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class SignerInfo:
    """What one signer says of itself, and its value."""

    version: int
    issuer: bytes | None  # DER of the name, with `serial`; or else `key_identifier`
    serial: int | None
    key_identifier: bytes | None
    digest_algorithm: str
    received_attributes: bytes | None  # content octets of the signed attributes, in the order received
    attributes: tuple[Attribute, ...]
    signature_algorithm: str
    signature: bytes
    unsigned_attributes: tuple[Attribute, ...]

    @property
    def message_digest(self) -> bytes | None:
        """The signed digest of the content, if there are signed attributes.

        Raises:
            MalformedEncoding: signed attributes without exactly one digest.
        """
        if self.received_attributes is None:
            return None
        value = self._single(oids.MESSAGE_DIGEST)
        if value is None:
            raise MalformedEncoding("signed attributes without a message digest")
        with der.reading(value) as reader:
            return reader.octets()

    @property
    def signing_time(self) -> datetime | None:
        """The instant the signer claims, if it claims one."""
        value = self._single(oids.SIGNING_TIME)
        if value is None:
            return None
        with der.reading(value, strict=False) as reader:
            return reader.time()

    @property
    def content_type(self) -> str | None:
        """The signed type of the content, if it is signed."""
        value = self._single(oids.CONTENT_TYPE)
        if value is None:
            return None
        with der.reading(value) as reader:
            return reader.oid()

    @property
    def time_stamp(self) -> bytes | None:
        """The time-stamp token over the signature value, if one is attached."""
        found = [one for one in self.unsigned_attributes if one.oid == oids.SIGNATURE_TIME_STAMP]
        return found[0].values[0] if found and found[0].values else None

    def signed_attribute(self, oid: str) -> bytes | None:
        """Return the single value of a signed attribute, or None.

        Raises:
            MalformedEncoding: it is there twice, or with several values.
        """
        return self._single(oid)

    def is_of(self, certificate: Certificate) -> bool:
        """Tell whether this signer names that certificate."""
        if self.key_identifier is not None:
            return certificate.subject_key_identifier == self.key_identifier
        return certificate.serial == self.serial and certificate.issuer.der == self.issuer

    def _single(self, oid: str) -> bytes | None:
        found = [one for one in self.attributes if one.oid == oid]
        if not found:
            return None
        if len(found) > 1 or len(found[0].values) != 1:
            raise MalformedEncoding(f"the attribute {oid} has other than one value")
        return found[0].values[0]


@dataclass(frozen=True, slots=True)
class SignedData:
    """A signed message as received.

    Attributes:
        content: the enclosed content octets, or None where the message is detached.
        certificates: whole encodings, as enclosed; nothing is said about them yet.
        remarks: deviations met while reading.
    """

    outer_type: str
    version: int
    digest_algorithms: tuple[str, ...]
    content_type: str
    content: bytes | None
    certificates: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    signers: tuple[SignerInfo, ...]
    remarks: frozenset[str]

    @staticmethod
    def decode(data: bytes) -> "SignedData":
        """Decode a message that follows the standard to the letter.

        Raises:
            MalformedEncoding: any other spelling, or no signer.
        """
        return _read(data, strict=True, remarks=set())

    @staticmethod
    def read(data: bytes) -> "SignedData":
        """Read a message as others write it; BER becomes definite lengths with the remark `ber-encoding`.

        Raises:
            MalformedEncoding: not a signed message even so, or no signer.
        """
        if len(data) > MAX_BYTES:
            raise LimitExceeded(f"a signed message of more than {MAX_BYTES} octets")
        try:
            return _read(data, strict=False, remarks=set())
        except LimitExceeded:
            raise
        except MalformedEncoding:
            definite = to_definite(data)
            if definite == data:
                raise
            return _read(definite, strict=False, remarks={"ber-encoding"})


# --- reading ----------------------------------------------------------------------------------------------------------


def _read(data: bytes, *, strict: bool, remarks: set[str]) -> SignedData:
    with Reader(data, strict=strict, remarks=remarks) as reader, reader.inside() as info:
        outer = info.oid()
        if outer not in SIGNED_DATA_TYPES:
            raise MalformedEncoding(f"not a signed message but {outer}")
        with info.inside(der.context(0)) as explicit, explicit.inside() as body:
            version = body.integer()
            with body.inside(der.SET) as digests:
                named = tuple(read_algorithm(digest) for digest in digests.each())
            with body.inside() as enclosed:
                content_type, content = enclosed.oid(), _read_content(enclosed)
            certificates = _read_set(body, 0)
            crls = _read_set(body, 1)
            with body.inside(der.SET) as infos:
                signers = tuple(_read_signer(one) for one in infos.each())
    if not 1 <= len(signers) <= MAX_SIGNERS:
        raise MalformedEncoding(f"{len(signers)} signers")
    return SignedData(outer, version, named, content_type, content, certificates, crls, signers, frozenset(remarks))


def _read_content(enclosed: Reader) -> bytes | None:
    if not enclosed.more():
        return None
    with enclosed.inside(der.context(0)) as explicit:
        return explicit.octets()


_OTHER_CHOICES: Final = frozenset(map(der.context, range(4)))  # CertificateChoices and RevocationInfoChoice, not ours


def _read_set(body: Reader, number: int) -> tuple[bytes, ...]:
    if not body.has(der.context(number)):
        return ()
    found = []
    with body.inside(der.context(number)) as elements:
        while elements.more():
            element = elements.element()
            if element.tag == der.SEQUENCE:
                found.append(element.raw)
            elif element.tag not in _OTHER_CHOICES:
                raise MalformedEncoding("neither a certificate nor a list, nor another choice of theirs")
    if len(found) > MAX_CERTIFICATES:
        raise LimitExceeded(f"more than {MAX_CERTIFICATES} certificates or lists")
    return tuple(found)


def _read_signer(reader: Reader) -> SignerInfo:
    version = reader.integer()
    issuer = serial = key_identifier = None
    if reader.has(der.context(0, constructed=False)):
        key_identifier = reader.octets(der.context(0, constructed=False))
    else:
        with reader.inside() as name_and_serial:
            issuer, serial = name_and_serial.raw(der.SEQUENCE), name_and_serial.integer()
    with reader.inside() as algorithm:
        digest_algorithm = read_algorithm(algorithm)
    received: bytes | None = None
    attributes: tuple[Attribute, ...] = ()
    if reader.has(der.context(0)):
        received, attributes = _read_attributes(reader)
    with reader.inside() as algorithm:
        signature_algorithm = read_algorithm(algorithm)
    signature = reader.octets()
    unsigned: tuple[Attribute, ...] = ()
    if reader.has(der.context(1)):
        _, unsigned = _read_attributes(reader)
    return SignerInfo(
        version,
        issuer,
        serial,
        key_identifier,
        digest_algorithm,
        received,
        attributes,
        signature_algorithm,
        signature,
        unsigned,
    )


def _read_attributes(reader: Reader) -> tuple[bytes, tuple[Attribute, ...]]:
    element = reader.element()
    attributes = []
    for one in Reader(element.content, strict=reader.strict, remarks=reader.remarks).each():
        oid = one.oid()
        values = []
        with one.inside(der.SET) as set_of:
            while set_of.more():
                values.append(set_of.raw())
        attributes.append(Attribute(oid, tuple(values)))
    if len(attributes) > MAX_ATTRIBUTES:
        raise LimitExceeded(f"more than {MAX_ATTRIBUTES} attributes")
    return element.content, tuple(attributes)


def read_algorithm(reader: Reader) -> str:
    """Take the inside of an AlgorithmIdentifier whose parameters are absent or NULL; return its identifier.

    Raises:
        MalformedEncoding: other parameters.
    """
    oid = reader.oid()
    if reader.more():
        reader.null()
    return oid
