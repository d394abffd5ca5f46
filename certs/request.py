"""Certificate requests (PKCS#10): what a holder asks for, with proof that the private key is in its hands.

Standard:
    RFC 2986; GM/T 0092-2020 (SM2 over CertificationRequestInfo, default identity).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from certs import algorithms, der, der_writer, extensions, name, oids, pem, signed
from certs.der import Reader, reading
from certs.errors import LimitExceeded, MalformedEncoding
from certs.extensions import Extension
from certs.keys import PublicKey
from certs.name import Name
from certs.signer import Signer

MAX_REQUEST_BYTES: Final = 64 << 10
MAX_ATTRIBUTES: Final = 32
_PEM_LABELS: Final = ("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST")


@dataclass(frozen=True, eq=False)
class CertificateRequest:
    """A request as received; nothing in it is believed before `verify_possession`.

    Attributes:
        der: the whole encoding.
        tbs: CertificationRequestInfo, the part that the holder signed.
        subject: the name asked for.
        spki: the SubjectPublicKeyInfo to certify.
        signature_algorithm: the object identifier of the holder's algorithm.
        signature: the holder's signature value.
        extensions: the extensions asked for.
        attributes: the types of all attributes.
    """

    der: bytes
    tbs: bytes
    subject: Name
    spki: bytes
    signature_algorithm: str
    signature: bytes
    extensions: tuple[Extension, ...]
    attributes: tuple[str, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CertificateRequest) and other.der == self.der

    def __hash__(self) -> int:
        return hash(self.der)

    @cached_property
    def public_key(self) -> PublicKey:
        """The key to certify.

        Raises:
            UnknownAlgorithm: a key kind or curve that is not in our table.
            InvalidKey: a point that is not on its curve.
        """
        return PublicKey.from_spki(self.spki)

    def verify_possession(self) -> None:
        """Check that whoever wrote the request holds the private key.

        Raises:
            InvalidSignature: the request is not signed by its own key.
            UnknownAlgorithm: an algorithm that is not in our table, or that does not fit the key.
            InvalidKey: a point that is not on its curve.
        """
        self.public_key.verify(self.signature, self.tbs, algorithms.by_oid(self.signature_algorithm))

    def to_pem(self) -> str:
        """Return the request in PEM armour."""
        return pem.encode(self.der, "CERTIFICATE REQUEST")


def decode(encoded: bytes) -> CertificateRequest:
    """Decode a request strictly.

    Raises:
        MalformedEncoding: not DER, or not a request.
    """
    return _request(encoded, strict=True)


def read(encoded: bytes) -> CertificateRequest:
    """Read a request of any product.

    Raises:
        MalformedEncoding: not a request.
    """
    return _request(encoded, strict=False)


def from_pem(text: str | bytes) -> CertificateRequest:
    """Read the only request of a PEM text."""
    return read(pem.decode_one(text, *_PEM_LABELS))


def build(subject: Name, signer: Signer, wanted: Iterable[bytes] = ()) -> CertificateRequest:
    """Ask for a certificate over the signer's key; `wanted` are encoded extensions."""
    asked = b"".join(wanted)
    attribute = b""
    if asked:
        values = der_writer.set_of([der_writer.tlv(der.SEQUENCE, asked)])
        attribute = der_writer.sequence(der_writer.oid(oids.EXTENSION_REQUEST), values)
    tbs = der_writer.sequence(
        der_writer.integer(0), subject.der, signer.public_key.spki, der_writer.tlv(der.context(0), attribute)
    )
    return decode(signed.finish(tbs, signer.algorithm.oid, signer.sign(tbs)))


def _request(encoded: bytes, *, strict: bool) -> CertificateRequest:
    remarks: set[str] = set()
    frame = signed.take(encoded, limit=MAX_REQUEST_BYTES, strict=strict, remarks=remarks)
    with reading(frame.tbs, strict=strict, remarks=remarks) as whole, whole.inside() as tbs:
        version = tbs.integer()
        if version != 0:
            raise MalformedEncoding(f"a request of version {version + 1}")
        subject = name.read(tbs)
        spki = tbs.raw(der.SEQUENCE)
        kinds, wanted = _attributes(tbs) if tbs.has(der.context(0)) else ((), ())
    return CertificateRequest(
        der=encoded,
        tbs=frame.tbs,
        subject=subject,
        spki=spki,
        signature_algorithm=signed.algorithm(frame.algorithm, strict=strict, remarks=remarks),
        signature=frame.signature,
        extensions=wanted,
        attributes=kinds,
    )


def _attributes(tbs: Reader) -> tuple[tuple[str, ...], tuple[Extension, ...]]:
    """Take the attributes: their types, and the extensions asked for."""
    kinds: list[str] = []
    wanted: list[Extension] = []
    with tbs.inside(der.context(0)) as items:
        for item in items.each():
            kinds.append(item.oid())
            if len(kinds) > MAX_ATTRIBUTES:
                raise LimitExceeded(f"more than {MAX_ATTRIBUTES} attributes in a request")
            if kinds[-1] != oids.EXTENSION_REQUEST:
                item.raw(der.SET)
                continue
            with item.inside(der.SET) as values, values.inside() as list_:
                wanted.extend(extensions.take(one) for one in list_.each())
    return tuple(kinds), tuple(wanted)
