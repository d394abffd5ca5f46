"""Small claims signed with a seal's key, as the code on a printed page carries them.

Standard:
    RFC 9052, 4.2 and 4.4 (COSE_Sign1); RFC 8949, 4.2.1. The algorithm number for SM2 with SM3 is of the private range,
    because IANA lists none.
"""

from dataclasses import dataclass
from typing import Final

from certs.algorithms import SM2_SM3
from certs.certificate import Certificate
from certs.errors import CertsError, InvalidSignature
from certs.sm import sm2
from trust.errors import Kind, TrustError
from trust.recognition import cbor

ALGORITHM: Final = -65537  # SM2 with SM3
KEY_ID_BYTES: Final = 8
MAX_PAYLOAD: Final = 4096
_SIGN1: Final = 18
_ALG, _KID = 1, 4


class ClaimsMalformed(TrustError):
    """The bytes are no claims signed by our rules."""

    kind, code = Kind.MALFORMED, "claims-malformed"


@dataclass(frozen=True, slots=True)
class SignedClaims:
    """Claims with the signature over them, not verified yet.

    Attributes:
        key_id: the first eight bytes of the SM3 digest of the signer's certificate.
        payload: what is claimed.
        protected: the header as it was signed.
        signature: r and s, 64 bytes.
    """

    key_id: bytes
    payload: bytes
    protected: bytes
    signature: bytes

    def verify(self, certificate: Certificate) -> None:
        """Insist that this certificate's key signed the claims.

        Raises:
            InvalidSignature: it did not.
        """
        if key_id(certificate) != self.key_id:
            raise InvalidSignature("the claims name another certificate")
        r, s = (int.from_bytes(half, "big") for half in (self.signature[:32], self.signature[32:]))
        try:
            value = sm2.encode_signature(r, s)
        except CertsError as error:
            raise InvalidSignature("not a signature value") from error
        certificate.public_key.verify(value, _structure(self.protected, self.payload), SM2_SM3)


def key_id(certificate: Certificate) -> bytes:
    """What claims call a certificate."""
    return certificate.fingerprint[:KEY_ID_BYTES]


def to_sign(certificate: Certificate, payload: bytes) -> bytes:
    """The bytes that the certificate's key must sign.

    Raises:
        ClaimsMalformed: the payload is empty or too large.
    """
    if not 0 < len(payload) <= MAX_PAYLOAD:
        raise ClaimsMalformed(f"{len(payload)} bytes of claims")
    return _structure(_protected(certificate), payload)


def encode(certificate: Certificate, payload: bytes, signature: bytes) -> bytes:
    """The signed claims; the signature is the DER value over `to_sign`."""
    r, s = sm2.decode_signature(signature)
    value = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return cbor.encode(cbor.Tag(_SIGN1, [_protected(certificate), {}, payload, value]))


def decode(data: bytes) -> SignedClaims:
    """Signed claims in their one spelling.

    Raises:
        ClaimsMalformed: anything else.
    """
    try:
        match cbor.decode(data):
            case cbor.Tag(number=18, value=[bytes(protected), {**others}, bytes(payload), bytes(signature)]) if (
                not others
            ):
                pass
            case _:
                raise ClaimsMalformed("no COSE_Sign1")
        header = cbor.decode(protected)
    except cbor.NotCbor as error:
        raise ClaimsMalformed(f"no CBOR: {error}") from error
    key = header.get(_KID) if isinstance(header, dict) else None
    if not isinstance(key, bytes) or header != {_ALG: ALGORITHM, _KID: key} or len(key) != KEY_ID_BYTES:
        raise ClaimsMalformed("not the header of claims under SM2")
    if len(signature) != 64 or not 0 < len(payload) <= MAX_PAYLOAD:
        raise ClaimsMalformed("a signature or payload of the wrong size")
    return SignedClaims(key, payload, protected, signature)


def _protected(certificate: Certificate) -> bytes:
    return cbor.encode({_ALG: ALGORITHM, _KID: key_id(certificate)})


def _structure(protected: bytes, payload: bytes) -> bytes:
    return cbor.encode(["Signature1", protected, b"", payload])
