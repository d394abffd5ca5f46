"""Signatures that devices and signing agents give over a few lines of text, in the spellings they use.

Standard:
    GB/T 35276-2017 (SM2 signature value); GB/T 35275-2017 and RFC 5652 (signed data); RFC 7518, 3.4 (64 octets).
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Final

from certs import certificate, cms_verify, pem
from certs.algorithms import SignatureAlgorithm, for_kind
from certs.certificate import Certificate
from certs.cms import SignedData
from certs.errors import CertsError
from certs.keys import PublicKey
from certs.signature_value import read_sm2
from idp.errors import ProofRefused
from idp.model.challenge import statement_digest

MAX_ANSWER: Final = 64 * 1024  # characters
MAX_CERTIFICATES: Final = 8  # beside one signature
_REFUSED: Final = "the signature was not accepted"


def verify(key: PublicKey, signature: bytes, text: str) -> None:
    """Check a bare signature over the text, or over its SM3 digest, as DER or as 64 octets.

    Raises:
        ProofRefused: it does not hold.
    """
    try:
        value = read_sm2(signature, set())  # two integers, whichever curve they are of
    except CertsError as error:
        raise ProofRefused(_REFUSED) from error
    algorithm = for_kind(key.kind)
    if not any(_holds(key, value, message, algorithm) for message in _messages(text)):
        raise ProofRefused(_REFUSED)


@dataclass(frozen=True, slots=True)
class Signed:
    """The certificate that signed, and the ones that came with it, of which nothing is known."""

    certificate: Certificate
    pool: tuple[Certificate, ...] = ()


def signer(answer: str, enclosed: str, text: str) -> Signed:
    """Return the certificate under which an answer signs the text.

    Args:
        answer: signed data, or a bare signature; base64 or PEM.
        enclosed: the certificate beside a bare signature, base64 or PEM; or empty.
        text: the words that were to be signed, themselves or their SM3 digest.

    Raises:
        ProofRefused: the signature does not hold, or the answer cannot be read.
    """
    try:
        signature = _decode(answer)
        if not enclosed.strip():
            return _signer_of(SignedData.read(signature), text)
        found = certificate.read(_decode(enclosed))
        verify(found.public_key, signature, text)
        return Signed(found)
    except CertsError as error:
        raise ProofRefused(_REFUSED) from error


def _signer_of(signed: SignedData, text: str) -> Signed:
    if len(signed.signers) != 1 or len(signed.certificates) > MAX_CERTIFICATES:
        raise ProofRefused(_REFUSED)
    for content in _messages(text):
        try:
            found = cms_verify.verify(signed, content=content)[0].certificate
        except CertsError:
            continue
        return Signed(found, cms_verify.read_certificates(signed.certificates))
    raise ProofRefused(_REFUSED)


def _messages(text: str) -> tuple[bytes, ...]:
    """The text, and its digest for devices that are given no text: as octets and as hexadecimal digits."""
    digest = statement_digest(text)
    return text.encode(), digest, digest.hex().encode()


def _holds(key: PublicKey, signature: bytes, message: bytes, algorithm: SignatureAlgorithm) -> bool:
    try:
        key.verify(signature, message, algorithm)
    except CertsError:
        return False
    return True


def _decode(text: str) -> bytes:
    """Read PEM, or base64 in either alphabet with any white space."""
    if len(text) > MAX_ANSWER:
        raise ProofRefused(_REFUSED)
    if "-----BEGIN" in text:
        return pem.decode_one(text, "PKCS7", "CMS", "CERTIFICATE")
    bare = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (ValueError, binascii.Error) as error:
        raise ProofRefused(_REFUSED) from error
