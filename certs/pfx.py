"""PKCS#12 in the profiles Chinese products write: a private key, its certificate, and the certificates above it.

Read only, and the MAC is checked before anything else is opened. Files of Bouncy Castle are BER and hide the
certificate under RC2; files of OpenSSL 3 use PBES2.

Standard:
    RFC 7292 (PKCS#12 v1.1).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from certs import ber, certificate, der, keys, oids, pkcs12_password
from certs.certificate import Certificate
from certs.der import Reader
from certs.errors import DecryptionFailed, LimitExceeded, MalformedEncoding, UnknownAlgorithm
from certs.keys import PrivateKey

MAX_BYTES: Final = 1 << 20
MAX_BAGS: Final = 64
_VERSION: Final = 3
_CONTENT: Final = 0
_VALUE: Final = 0


@dataclass(frozen=True, slots=True)
class Pfx:
    """What a PKCS#12 file holds.

    Attributes:
        key: the first private key, None when there is none.
        certificate: the certificate of that key, None when it is not in the file.
        others: every other certificate, in the order of the file.
        alias: the friendly name of the key.
    """

    key: PrivateKey | None
    certificate: Certificate | None
    others: tuple[Certificate, ...]
    alias: str


@dataclass(slots=True)
class _Bags:
    """The bags met so far."""

    keys: list[tuple[bytes, str]] = field(default_factory=list)
    certificates: list[bytes] = field(default_factory=list)
    count: int = 0


def read(encoded: bytes, password: str) -> Pfx:
    """Open a PKCS#12 file, DER or BER.

    Raises:
        MalformedEncoding: not PKCS#12.
        LimitExceeded: larger, fuller or with more iterations than we are willing to read.
        DecryptionFailed: a wrong password, or a changed file.
        UnknownAlgorithm: a protection that we do not read, or no MAC by password.
    """
    if len(encoded) > MAX_BYTES:
        raise LimitExceeded(f"a PKCS#12 file of {len(encoded)} bytes")
    content = _authenticated(ber.to_definite(encoded), password)
    bags = _Bags()
    with _tolerant(ber.to_definite(content)) as outer, outer.inside() as safe:
        for info in safe.each():
            for contents in _opened(info, password):
                _take_bags(contents, password, bags)
    return _sorted(bags)


def _tolerant(encoded: bytes) -> Reader:
    return Reader(encoded, strict=False)


def _authenticated(encoded: bytes, password: str) -> bytes:
    """Return the content, its MAC checked."""
    with _tolerant(encoded) as outer, outer.inside() as pfx:
        if pfx.integer() != _VERSION:
            raise MalformedEncoding("PKCS#12 of another version")
        with pfx.inside() as info:
            if info.oid() != oids.DATA:
                raise UnknownAlgorithm("PKCS#12 that is signed instead of protected by a password")
            with info.inside(der.context(_CONTENT)) as wrapped:
                content = wrapped.octets()
        if not pfx.more():
            raise UnknownAlgorithm("PKCS#12 without a MAC")
        with pfx.inside() as mac:
            with mac.inside() as info:
                with info.inside() as algorithm:
                    digest = algorithm.oid()
                    if algorithm.more():
                        algorithm.null()
                expected = info.octets()
            salt = mac.octets()
            iterations = mac.integer() if mac.more() else 1
    pkcs12_password.check_mac(digest, expected, password, salt, iterations, content)
    return content


def _opened(info: Reader, password: str) -> Iterator[bytes]:
    """Open one part of the content: plain data, or data under the password."""
    kind = info.oid()
    with info.inside(der.context(_CONTENT)) as wrapped:
        if kind == oids.DATA:
            yield wrapped.octets()
        elif kind == oids.ENCRYPTED_DATA:
            with wrapped.inside() as encrypted:
                encrypted.integer()
                with encrypted.inside() as part:
                    part.oid()
                    algorithm = part.raw(der.SEQUENCE)
                    text = _string(part)
            yield pkcs12_password.decrypt(algorithm, password, text)
        else:
            raise UnknownAlgorithm(f"a PKCS#12 part of kind {kind}")


def _string(part: Reader) -> bytes:
    """Take `[0] IMPLICIT OCTET STRING`, whole or (as BER writers leave it) in pieces."""
    pieces = der.context(_CONTENT)
    if not part.has(pieces):
        return part.octets(der.context(_CONTENT, constructed=False))
    joined = b""
    with part.inside(pieces) as inner:
        while inner.more():
            joined += inner.octets()
    return joined


def _take_bags(contents: bytes, password: str, bags: _Bags) -> None:
    with _tolerant(ber.to_definite(contents)) as outer, outer.inside() as sequence:
        for bag in sequence.each():
            bags.count += 1
            if bags.count > MAX_BAGS:
                raise LimitExceeded(f"more than {MAX_BAGS} bags")
            kind = bag.oid()
            with bag.inside(der.context(_VALUE)) as value:
                if kind == oids.CERTIFICATE_BAG:
                    bags.certificates += _certificate(value)
                elif kind == oids.SHROUDED_KEY_BAG:
                    key = _shrouded(value, password)
                elif kind == oids.KEY_BAG:
                    key = value.raw(der.SEQUENCE)
                else:
                    value.element()  # secrets, lists and nested bags are nothing to us
            alias = _alias(bag)
            if kind in (oids.SHROUDED_KEY_BAG, oids.KEY_BAG):
                bags.keys.append((key, alias))


def _certificate(value: Reader) -> Iterator[bytes]:
    with value.inside() as bag:
        kind = bag.oid()
        with bag.inside(der.context(_VALUE)) as wrapped:
            if kind == oids.X509_CERTIFICATE:
                yield wrapped.octets()
            else:
                wrapped.element()


def _shrouded(value: Reader, password: str) -> bytes:
    with value.inside() as protected:
        algorithm, text = protected.raw(der.SEQUENCE), protected.octets()
    return pkcs12_password.decrypt(algorithm, password, text)


def _alias(bag: Reader) -> str:
    alias = ""
    if bag.more():
        with bag.inside(der.SET) as attributes:
            for attribute in attributes.each():
                name = attribute.oid()
                with attribute.inside(der.SET) as values:
                    if name == oids.FRIENDLY_NAME and values.has(der.BMP_STRING):
                        alias = values.text()
                    while values.more():
                        values.element()
    return alias


def _sorted(bags: _Bags) -> Pfx:
    """Find the key's own certificate by its public key: local key identifiers are only labels."""
    certificates = [certificate.read(encoded) for encoded in bags.certificates]
    if not bags.keys:
        return Pfx(None, None, tuple(certificates), "")
    encoded, alias = bags.keys[0]
    try:
        key = keys.load_private(encoded)
    except MalformedEncoding as wrong:
        raise DecryptionFailed("a key that does not open") from wrong
    own = next((found for found in certificates if found.public_key == key.public_key), None)
    others = tuple(found for found in certificates if found is not own)
    return Pfx(key, own, others, alias)
