"""Known answers of the standard, which every provider gives before it is used.

Standard:
    GB/T 32918.5-2017 annex A (signature) and annex C (encryption).
"""

from typing import Final

from certs.errors import CertsError, NoProvider
from certs.sm import curve
from certs.sm.encoding import decode_signature, encode_signature
from certs.sm.provider import PublicHandle, Sm2Provider

SCALAR: Final = bytes.fromhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
POINT: Final = bytes.fromhex(
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
)
DIGEST: Final = bytes.fromhex("f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640")
SIGNATURE: Final = bytes.fromhex(
    "3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
    "022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
)
PLAINTEXT: Final = b"encryption standard"
CIPHER: Final = bytes.fromhex(
    "307c022004ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73"
    "022100e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0"
    "042059983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766"
    "041321886ca989ca9c7d58087307ca93092d651efa"
)


def known_answers(provider: Sm2Provider) -> None:
    """Let a provider show that it computes SM2.

    Raises:
        NoProvider: it gave one wrong answer.
    """
    try:
        wrong = _first_wrong(provider)
    except CertsError as refused:
        raise NoProvider(f"{provider.name} refuses a known answer: {refused}") from refused
    if wrong:
        raise NoProvider(f"{provider.name} fails its known answers: {wrong}")


def _first_wrong(provider: Sm2Provider) -> str:
    private, public = provider.private_key(SCALAR), provider.public_key(POINT)
    if private.point != POINT:
        return "the public key of the standard's private key"
    if not public.verify(DIGEST, SIGNATURE):
        return "the standard's signature"
    if _accepts_a_bad_one(public):
        return "a signature that does not hold was accepted"
    fresh = private.sign(DIGEST)
    if fresh in (SIGNATURE, private.sign(DIGEST)):
        return "a nonce was used twice"
    if not public.verify(DIGEST, fresh):
        return "a signature of its own"
    if private.decrypt(CIPHER) != PLAINTEXT:
        return "the standard's cipher text"
    if private.decrypt(CIPHER[:-1] + b"\x00") is not None:
        return "a changed cipher text was accepted"
    if private.decrypt(public.encrypt(PLAINTEXT)) != PLAINTEXT:
        return "a cipher text of its own"
    return ""


def _accepts_a_bad_one(public: PublicHandle) -> bool:
    r, s = decode_signature(SIGNATURE)
    bad = (
        (r, s ^ 1), (r ^ 1, s), (0, s), (r, 0), (r, curve.N - r), (r, s + curve.N), (r + curve.N, s), (curve.N, s),
    )  # fmt: skip
    other = bytes(31) + b"\x01"
    return (
        any(public.verify(DIGEST, encode_signature(*pair)) for pair in bad)
        or public.verify(other, SIGNATURE)
        or public.verify(DIGEST, SIGNATURE + b"\x00")
        or public.verify(DIGEST, b"")
    )
