"""Write seals and sealings strictly, in two steps each: the part to be signed, then the whole around the value.

Standard:
    GB/T 38540-2020 sections 6 and 7 (version 4); GM/T 0031-2025 (version 5, which adds the seal's time stamp).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from certs import der, oids
from certs import der_writer as write
from certs.sm import sm3
from seal.ses.elements import Extension, Generation
from seal.ses.seal_data import CERTIFICATES, DIGESTS, Picture


@dataclass(frozen=True, slots=True)
class SealDraft:
    """What goes into the signed part of a new seal.

    Attributes:
        certificates: DER of the certificates that may use it, at least one.
        by_digest: list their SM3 digests instead of the certificates.
    """

    vendor: str
    seal_id: str
    kind: int
    name: str
    certificates: Sequence[bytes]
    created_at: datetime
    valid_from: datetime
    valid_to: datetime
    picture: Picture
    extensions: Sequence[Extension] = ()
    generation: Generation = Generation.V4
    by_digest: bool = False


def encode_seal_info(draft: SealDraft) -> bytes:
    """Encode the part of a seal that its maker signs.

    Raises:
        ValueError: no certificate, or a generation that is only read.
    """
    if not draft.certificates or draft.generation is Generation.V1:
        raise ValueError("a seal lists a certificate, and version 1 is only read")
    header = write.sequence(
        write.text("ES", der.IA5_STRING),
        write.integer(draft.generation),
        write.text(draft.vendor, der.IA5_STRING),
    )
    properties = write.sequence(
        write.integer(draft.kind),
        write.text(draft.name),
        write.integer(DIGESTS if draft.by_digest else CERTIFICATES),
        write.sequence(*(map(_listed_digest if draft.by_digest else write.octet_string, draft.certificates))),
        *(write.generalized_time(_whole(at)) for at in (draft.created_at, draft.valid_from, draft.valid_to)),
    )
    picture = write.sequence(
        write.text(draft.picture.kind, der.IA5_STRING),
        write.octet_string(draft.picture.data),
        write.integer(draft.picture.width),
        write.integer(draft.picture.height),
    )
    seal_id = write.text(draft.seal_id, der.IA5_STRING)
    return write.sequence(header, seal_id, properties, picture, _extensions(draft.extensions))


def encode_seal(info: bytes, maker_certificate: bytes, signature: bytes, *, time_stamp: bytes | None = None) -> bytes:
    """Put a seal together; `signature` is the maker's value over `info`, a time stamp is for version 5 alone."""
    return write.sequence(
        info,
        write.octet_string(maker_certificate),
        write.oid(oids.SM2_WITH_SM3),
        write.bit_string(signature),
        _time_stamp(time_stamp),
    )


def encode_to_sign(
    seal: bytes,
    at: datetime,
    data_hash: bytes,
    property_info: str,
    *,
    extensions: Iterable[Extension] = (),
    generation: Generation = Generation.V4,
) -> bytes:
    """Encode the part of a sealing that the sealer signs, around the received bytes of the seal."""
    data = tuple(extensions)
    return write.sequence(
        write.integer(generation),
        seal,
        write.generalized_time(_whole(at)),
        write.bit_string(data_hash),
        write.text(property_info, der.IA5_STRING),
        write.explicit(0, _extensions(data)) if data else b"",
    )


def encode_sealing(to_sign: bytes, certificate: bytes, signature: bytes, *, time_stamp: bytes | None = None) -> bytes:
    """Put a sealing together; `signature` is the sealer's value over `to_sign`, the token stands over that value."""
    return write.sequence(
        to_sign,
        write.octet_string(certificate),
        write.oid(oids.SM2_WITH_SM3),
        write.bit_string(signature),
        _time_stamp(time_stamp),
    )


def _listed_digest(certificate: bytes) -> bytes:
    return write.sequence(write.text(oids.SM3, der.PRINTABLE_STRING), write.octet_string(sm3.digest(certificate)))


def _extensions(extensions: Sequence[Extension]) -> bytes:
    return write.sequence(*(one.encode() for one in extensions)) if extensions else b""


def _time_stamp(token: bytes | None) -> bytes:
    return b"" if token is None else write.explicit(0, write.bit_string(token))


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)
