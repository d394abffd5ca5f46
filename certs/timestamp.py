"""Time-stamp tokens: read, check, and turn into an instant that somebody proves.

A token says that a digest existed at an instant. Four things must hold: the authority's value over the token, the
authority's certificate named inside what it signed, that certificate fit for time stamping alone, and the digest equal
to that of the message in hand. Whether the authority is one we accept is decided last, by a path to a time anchor.

Standard:
    RFC 3161 section 2.4.2, RFC 5816; GB/T 20520 and GM/T 0033-2014 (time-stamp token).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from certs import algorithms, der, oids
from certs.certificate import Certificate
from certs.cms import SignedData, SignerInfo, read_algorithm
from certs.cms_verify import verify as verify_message
from certs.der import Reader
from certs.errors import CertsError, InvalidSignature, MalformedEncoding, TimeStampInvalid
from certs.timestamp_request import DIGEST_BYTES, MessageImprint

MAX_BYTES: Final = 1 << 20
_VERSION: Final = 3  # of a message that encloses other than plain data


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How far the stamped instant may be off, to either side."""

    within: timedelta = timedelta()

    @classmethod
    def take(cls, reader: Reader) -> "Accuracy":
        """Take an Accuracy: seconds, [0] milliseconds, [1] microseconds, each optional."""
        seconds = millis = micros = 0
        with reader.inside() as accuracy:
            if accuracy.has(der.INTEGER):
                seconds = accuracy.integer()
            if accuracy.has(der.context(0, constructed=False)):
                millis = accuracy.integer(der.context(0, constructed=False))
            if accuracy.has(der.context(1, constructed=False)):
                micros = accuracy.integer(der.context(1, constructed=False))
        if seconds < 0 or not 0 <= millis < 1000 or not 0 <= micros < 1000 or seconds > 86400:
            raise MalformedEncoding("an accuracy out of range")
        return cls(timedelta(seconds=seconds, milliseconds=millis, microseconds=micros))


@dataclass(frozen=True, slots=True)
class TstInfo:
    """What the authority states."""

    policy: str
    imprint: MessageImprint
    serial: int
    at: datetime
    accuracy: Accuracy
    nonce: int | None


@dataclass(frozen=True, slots=True)
class TimeStampToken:
    """A token as received: the message around it and what it states."""

    raw: bytes
    signed: SignedData
    info: TstInfo

    @classmethod
    def read(cls, data: bytes) -> "TimeStampToken":
        """Read a token, bare or inside a whole granted response.

        Raises:
            MalformedEncoding: not a token.
        """
        if len(data) > MAX_BYTES:
            raise MalformedEncoding(f"a token of more than {MAX_BYTES} octets")
        raw = _unwrap(data)
        signed = SignedData.read(raw)
        if signed.content_type != oids.TST_INFO or signed.content is None:
            raise MalformedEncoding("a signed message, but no time-stamp token")
        return cls(raw, signed, _read_info(signed.content))


@dataclass(frozen=True, slots=True)
class ProvenTime:
    """An instant, who says so, and how exactly."""

    at: datetime
    authority: Certificate
    accuracy: timedelta
    serial: int


def verify(token: TimeStampToken, message: bytes, *, certificates: tuple[Certificate, ...] = ()) -> ProvenTime:
    """Verify a token over a message: everything but whether its authority is trusted.

    Args:
        token: as received.
        message: what was stamped; for a seal, the signature value.
        certificates: where the authority's certificate may be found beside the token.

    Raises:
        TimeStampInvalid: the value, the imprint, the certificate's purpose or the named certificate does not hold.
    """
    imprint = token.info.imprint
    if imprint.algorithm not in DIGEST_BYTES:
        raise TimeStampInvalid(f"an imprint under {imprint.algorithm}")
    if algorithms.digest(imprint.algorithm, message) != imprint.digest:
        raise TimeStampInvalid("the token stamps something else")
    try:
        signers = verify_message(token.signed, certificates=certificates)
    except CertsError as wrong:
        raise TimeStampInvalid(f"the authority's value does not hold: {wrong}") from wrong
    if len(signers) != 1:
        raise TimeStampInvalid(f"{len(signers)} signers instead of one")
    signer, authority = signers[0].info, signers[0].certificate
    _verify_frame(token.signed, signer)
    try:
        _verify_binding(signer, authority)
    except (MalformedEncoding, InvalidSignature) as wrong:
        raise TimeStampInvalid(f"the token does not name its certificate: {wrong}") from wrong
    _verify_purpose(authority)
    if not authority.not_before <= token.info.at.replace(microsecond=0) <= authority.not_after:
        raise TimeStampInvalid("stamped outside the authority's dates")
    return ProvenTime(token.info.at, authority, token.info.accuracy.within, token.info.serial)


def _verify_frame(signed: SignedData, signer: SignerInfo) -> None:
    """Insist on the parts that stand outside the signature but are prescribed: nothing in a token may be changed."""
    expected = 1 if signer.key_identifier is None else 3
    if (signed.version, signer.version) != (_VERSION, expected) or signed.digest_algorithms != (
        signer.digest_algorithm,
    ):
        raise TimeStampInvalid("a token with other versions or digests than the standard prescribes")


def _verify_binding(signer: SignerInfo, authority: Certificate) -> None:
    """Insist that the certificate's digest is among what the authority signed, against swapped certificates."""
    if signer.received_attributes is None or signer.content_type != oids.TST_INFO:
        raise InvalidSignature("a token signed without its attributes")
    newer = signer.signed_attribute(oids.SIGNING_CERTIFICATE_V2)
    older = signer.signed_attribute(oids.SIGNING_CERTIFICATE)
    if newer is not None:
        algorithm, stated = _certificate_digest(newer)
        if algorithms.digest(algorithm, authority.der) == stated:
            return
    elif older is not None:
        with der.reading(older) as reader, reader.inside() as attribute, attribute.inside() as identifiers:
            with identifiers.inside() as first:
                stated = first.octets()
                _skip(first)
            _skip(identifiers)
            _skip(attribute)
        if hashlib.sha1(authority.der, usedforsecurity=False).digest() == stated:
            return
    raise InvalidSignature("no signed digest of the certificate, or another one's")


def _certificate_digest(value: bytes) -> tuple[str, bytes]:
    """Read the first ESSCertIDv2: digest algorithm (default SHA-256) and digest."""
    algorithm = oids.SHA256
    with der.reading(value) as reader, reader.inside() as attribute:
        with attribute.inside() as identifiers:
            with identifiers.inside() as first:
                if first.has(der.SEQUENCE):
                    with first.inside() as named:
                        algorithm = read_algorithm(named)
                stated = first.octets()
                _skip(first)
            _skip(identifiers)
        _skip(attribute)
    return algorithm, stated


def _verify_purpose(authority: Certificate) -> None:
    purposes = authority.extended_key_usage
    critical = any(one.oid == oids.EXTENDED_KEY_USAGE and one.critical for one in authority.extensions)
    if purposes is None or set(purposes) != {oids.TIME_STAMPING} or not critical:
        raise TimeStampInvalid("the authority's certificate is not for time stamping alone, critically said")


def _unwrap(data: bytes) -> bytes:
    """Return the token inside a whole response; a bare token (its first element is an identifier) as it is."""
    with Reader(data, strict=False) as reader:
        if not reader.has(der.SEQUENCE):
            raise MalformedEncoding("no time-stamp token")
        outer = reader.element()
    inner = Reader(outer.content, strict=False)
    if not inner.has(der.SEQUENCE):
        return data
    inner.raw(der.SEQUENCE)
    return inner.raw(der.SEQUENCE)


def _read_info(content: bytes) -> TstInfo:
    accuracy, nonce = Accuracy(), None
    with der.reading(content) as reader, reader.inside() as info:
        if info.integer() != 1:
            raise MalformedEncoding("a token of another version")
        policy = info.oid()
        imprint = MessageImprint.take(info)
        serial = info.integer()
        if not info.has(der.GENERALIZED_TIME):
            raise MalformedEncoding("a token without its instant")
        at = info.time()
        if info.has(der.SEQUENCE):
            accuracy = Accuracy.take(info)
        if info.has(der.BOOLEAN):
            info.boolean()
        if info.has(der.INTEGER):
            nonce = info.integer()
        for number in (0, 1):  # the authority's name, extensions: nothing we rely on
            if info.has(der.context(number)):
                info.raw()
    return TstInfo(policy, imprint, serial, at, accuracy, nonce)


def _skip(reader: Reader) -> None:
    while reader.more():
        reader.raw()
