"""The code on a licence (二维码): what it claims, signed, so that a phone can check the data without the file.

Claims in CBOR, signed as COSE_Sign1, deflated, in Base45, behind a prefix that names this format.
"""

import zlib
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from certs.sm import sm3
from licence.errors import LicenceError, QrMalformed
from licence.formats import base45
from licence.formats.identifier import LicenceIdentifier
from licence.formats.metadata import Metadata, to_pairs
from seal import claims
from seal.claims import ClaimsMalformed, SignedClaims
from trust.recognition import cbor

PREFIX: Final = "ZZ1:"
MAX_INFLATED: Final = 4096
MAX_TEXT: Final = 4300
_IDENTIFIER, _TYPE, _NUMBER, _HOLDERS, _ISSUED, _EXPIRES, _DIGEST = range(1, 8)


@dataclass(frozen=True, slots=True)
class LicenceClaims:
    """What the code says of its licence.

    Attributes:
        digest: SM3 over all metadata of the licence; equal metadata, equal digest.
    """

    identifier: LicenceIdentifier
    type_name: str
    number: str
    holders: tuple[str, ...]
    issued_on: date
    expires_on: date | None
    digest: bytes

    @classmethod
    def of(cls, metadata: Metadata) -> "LicenceClaims":
        """The claims for a licence."""
        return cls(
            metadata.identifier,
            metadata.type_name,
            metadata.number,
            tuple(holder.name for holder in metadata.holders[:3]),
            metadata.issued_on,
            metadata.expires_on,
            digest(metadata),
        )

    def agree_with(self, metadata: Metadata) -> bool:
        """Whether the licence is the one the code was made for, unchanged."""
        return self == LicenceClaims.of(metadata)


def digest(metadata: Metadata) -> bytes:
    """SM3 over the metadata as an array of pairs."""
    return sm3.digest(cbor.encode([list(pair) for pair in to_pairs(metadata)]))


def payload(stated: LicenceClaims) -> bytes:
    """The claims as bytes to be signed."""
    fields: dict[int, Any] = {
        _IDENTIFIER: stated.identifier.text,
        _TYPE: stated.type_name,
        _NUMBER: stated.number,
        _HOLDERS: list(stated.holders),
        _ISSUED: stated.issued_on.isoformat(),
        _DIGEST: stated.digest,
    }
    if stated.expires_on is not None:
        fields[_EXPIRES] = stated.expires_on.isoformat()
    return cbor.encode(fields)


def to_text(signed: bytes) -> str:
    """The text of the code for signed claims."""
    return PREFIX + base45.encode(zlib.compress(signed, 9))


def from_text(text: str) -> tuple[LicenceClaims, SignedClaims]:
    """What a scanned code claims, and the signature over it, which is not verified yet.

    Raises:
        QrMalformed: it is not a code of this format.
    """
    if not text.startswith(PREFIX) or len(text) > MAX_TEXT:
        raise QrMalformed("not a licence code")
    try:
        inflater = zlib.decompressobj()
        data = inflater.decompress(base45.decode(text.removeprefix(PREFIX)), MAX_INFLATED)
        if not inflater.eof or inflater.unused_data:
            raise QrMalformed("the code is cut off, too large, or has something behind it")
        signed = claims.decode(data)
        return _claims(cbor.decode(signed.payload)), signed
    except (ValueError, zlib.error, ClaimsMalformed) as error:
        raise QrMalformed(f"not a licence code: {error}") from error


def _claims(fields: object) -> LicenceClaims:
    match fields:
        case {
            1: str(identifier),
            2: str(type_name),
            3: str(number),
            4: [*holders],
            5: str(issued),
            7: bytes(value),
            **others,
        } if len(value) == 32 and set(others) <= {_EXPIRES} and all(isinstance(name, str) for name in holders):
            expires = others.get(_EXPIRES)
        case _:
            raise QrMalformed("not the claims of a licence")
    try:
        last_day = None if expires is None else date.fromisoformat(str(expires))
        parsed = LicenceIdentifier.parse(identifier)
        return LicenceClaims(parsed, type_name, number, tuple(holders), date.fromisoformat(issued), last_day, value)
    except (TypeError, ValueError, LicenceError) as error:
        raise QrMalformed(f"not the claims of a licence: {error}") from error
