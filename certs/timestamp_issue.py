"""Write what a time-stamp authority answers: the token, the response around it, the rejection; and read responses.

Standard:
    RFC 3161 sections 2.4.2 and 2.2, RFC 5816; GM/T 0033-2014 (time-stamp response).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from certs import der, oids
from certs import der_writer as write
from certs.certificate import Certificate
from certs.cms_writer import CMS_V3, attribute, sign, standard_attributes
from certs.errors import MalformedEncoding, TimeStampInvalid
from certs.signer import Signer
from certs.sm import sm3
from certs.timestamp import TimeStampToken
from certs.timestamp_request import Failure, TimeStampRequest

GRANTED: Final = 0
GRANTED_WITH_MODS: Final = 1
REJECTION: Final = 2


@dataclass(frozen=True, slots=True)
class Statement:
    """What the authority states about one request."""

    policy: str
    serial: int  # unique for ever
    at: datetime
    accuracy: timedelta


def build(
    request: TimeStampRequest,
    statement: Statement,
    signer: Signer,
    certificate: Certificate,
    *,
    chain: Iterable[Certificate] = (),
    crls: Iterable[bytes] = (),
) -> bytes:
    """Build a token: SM3, the certificate's SM3 signed, the value in the form of GB/T 35276.

    The certificate and the chain are enclosed when the request wants certificates, the revocation lists always: a
    verifier without network finds there what it needs.
    """
    info = write.sequence(
        write.integer(1),
        write.oid(statement.policy),
        request.imprint.encode(),
        write.integer(statement.serial),
        write.generalized_time(statement.at),
        _accuracy(statement.accuracy),
        b"" if request.nonce is None else write.integer(request.nonce),
    )
    attributes = [
        *standard_attributes(oids.TST_INFO, sm3.digest(info)),
        attribute(oids.SIGNING_CERTIFICATE_V2, _signing_certificate(certificate)),
    ]
    return sign(
        signer,
        certificate,
        info,
        dialect=CMS_V3,
        content_type=oids.TST_INFO,
        attributes=attributes,
        certificates=[certificate, *chain] if request.certificate_wanted else [],
        crls=crls,
    )


def granted(token: bytes) -> bytes:
    """Wrap a token in the response that grants it."""
    return write.sequence(write.sequence(write.integer(GRANTED)), token)


def rejected(failure: Failure, reason: str = "") -> bytes:
    """Write the response that refuses a request."""
    words = write.sequence(write.text(reason)) if reason else b""
    return write.sequence(write.sequence(write.integer(REJECTION), words, write.named_bits([failure])))


def read_response(data: bytes, request: TimeStampRequest) -> TimeStampToken:
    """Return the token of a response, when it grants exactly what was asked.

    Raises:
        TimeStampInvalid: a rejection, or a token about something else.
        MalformedEncoding: not a response.
    """
    with der.reading(data, strict=False) as reader, reader.inside() as response:
        with response.inside() as status:
            outcome = status.integer()
            while status.more():
                status.raw()
        if outcome not in (GRANTED, GRANTED_WITH_MODS):
            raise TimeStampInvalid(f"the authority refused: status {outcome}")
        if not response.more():
            raise MalformedEncoding("a granting response without its token")
        token = TimeStampToken.read(response.raw(der.SEQUENCE))
    info = token.info
    if info.imprint != request.imprint or info.nonce != request.nonce:
        raise TimeStampInvalid("the authority stamped something else, or answers another request")
    if request.policy not in (None, info.policy):
        raise TimeStampInvalid("the authority stamped under another policy")
    return token


def _accuracy(within: timedelta) -> bytes:
    seconds, rest = divmod(within, timedelta(seconds=1))
    millis, micros = divmod(rest // timedelta(microseconds=1), 1000)
    return write.sequence(
        write.integer(seconds) if seconds else b"",
        write.integer(millis, der.context(0, constructed=False)) if millis else b"",
        write.integer(micros, der.context(1, constructed=False)) if micros else b"",
    )


def _signing_certificate(certificate: Certificate) -> bytes:
    """Encode SigningCertificateV2 with the SM3 of the certificate (RFC 5816 names the algorithm explicitly)."""
    identifier = write.sequence(
        write.sequence(write.oid(oids.SM3)),
        write.octet_string(sm3.digest(certificate.der)),
        write.sequence(write.sequence(write.explicit(4, certificate.issuer.der)), write.integer(certificate.serial)),
    )
    return write.sequence(write.sequence(identifier))
