"""Write signed messages strictly: the attributes, the one signer, the message around them.

Both families are written from the same parts; they differ in the identifiers of message and content, in the version,
and in the identifier that GB/T 35275 wants for the signature.

Standard:
    GB/T 35275-2017 (SM2 cryptography message syntax) signed data; RFC 5652 section 5.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from certs import algorithms, oids
from certs import der_writer as write
from certs.certificate import Certificate
from certs.signer import Signer


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between the two families of signed messages.

    Attributes:
        signature_algorithm: written for SM2 signers; None means the signer's own identifier.
    """

    message_type: str
    version: int
    signature_algorithm: str | None


GB_T_35275: Final = Dialect(oids.GM_SIGNED_DATA, 1, oids.SM2_SIGN)
CMS_V3: Final = Dialect(oids.SIGNED_DATA, 3, None)  # encloses a content other than data: RFC 5652 section 5.1


def attribute(oid: str, value: bytes) -> bytes:
    """Encode one attribute with one encoded value."""
    return write.sequence(write.oid(oid), write.set_of([value]))


def standard_attributes(content_type: str, digest: bytes, signed_at: datetime | None = None) -> list[bytes]:
    """Encode contentType, messageDigest and, where an instant is given, signingTime."""
    attributes = [
        attribute(oids.CONTENT_TYPE, write.oid(content_type)),
        attribute(oids.MESSAGE_DIGEST, write.octet_string(digest)),
    ]
    if signed_at is not None:
        attributes.append(attribute(oids.SIGNING_TIME, write.time(signed_at.replace(microsecond=0))))
    return attributes


def sign(
    signer: Signer,
    certificate: Certificate,
    content: bytes,
    *,
    dialect: Dialect,
    content_type: str,
    attributes: Sequence[bytes] | None = None,
    detached: bool = False,
    certificates: Iterable[Certificate] | None = None,
    crls: Iterable[bytes] = (),
    unsigned: Sequence[bytes] = (),
) -> bytes:
    """Sign a content and return the whole message.

    Args:
        signer: whoever holds the private key of `certificate`.
        certificate: named by issuer and serial; enclosed unless `certificates` says what to enclose.
        content: enclosed unless `detached`.
        dialect: GB_T_35275 or CMS_V3.
        content_type: the type of the enclosed content.
        attributes: encoded signed attributes (with contentType and messageDigest), or None to sign the content itself.
        detached: leave the content out.
        certificates: what to enclose instead of the signer's certificate alone; empty encloses none.
        crls: encoded revocation lists to enclose.
        unsigned: encoded unsigned attributes.
    """
    if attributes is None:
        value, signed_attributes = signer.sign(content), b""
    else:
        distinguished = write.set_of(attributes)
        value, signed_attributes = signer.sign(distinguished), write.implicit(0, distinguished)
    digest = write.sequence(write.oid(algorithms.digest_oid(signer.algorithm.digest)))
    info = write.sequence(
        write.integer(1),
        write.sequence(certificate.issuer.der, write.integer(certificate.serial)),
        digest,
        signed_attributes,
        write.sequence(write.oid(dialect.signature_algorithm or signer.algorithm.oid)),
        write.octet_string(value),
        write.implicit(1, write.set_of(unsigned)) if unsigned else b"",
    )
    enclosed = [one.der for one in ([certificate] if certificates is None else certificates)]
    lists = list(crls)
    body = write.sequence(
        write.integer(dialect.version),
        write.set_of([digest]),
        write.sequence(write.oid(content_type), b"" if detached else write.explicit(0, write.octet_string(content))),
        write.implicit(0, write.set_of(enclosed)) if enclosed else b"",
        write.implicit(1, write.set_of(lists)) if lists else b"",
        write.set_of([info]),
    )
    return write.sequence(write.oid(dialect.message_type), write.explicit(0, body))
