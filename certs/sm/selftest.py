"""Proof before use: known answers for every provider, and a cross-check against gmssl in processes that sign.

gmssl is a second opinion and never a provider: its nonces are guessable and its decryption checks nothing, so it sees
throw-away keys only.

Standard:
    GB/T 32918.5-2017 annex A (signature) and annex C (encryption).
"""

import secrets
from typing import Final

from certs.errors import CertsError, NoProvider
from certs.sm import curve
from certs.sm.encoding import decode_cipher, decode_signature, encode_signature, from_raw, to_raw
from certs.sm.providers import PrivateHandle, PublicHandle, Sm2Provider, signing

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
CROSS_CHECKS: Final = 2
_proved: Final[list[Sm2Provider]] = []


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


def cross_check(provider: Sm2Provider) -> None:
    """Let the provider and gmssl verify and decrypt each other's work under throw-away keys.

    Call it in a process that is going to sign, and when somebody asks how the machine does.

    Raises:
        NoProvider: gmssl is not installed, or the two disagree.
    """
    known_answers(provider)
    for _ in range(CROSS_CHECKS):
        scalar = (secrets.randbelow(curve.N - 2) + 1).to_bytes(32, "big")
        try:
            wrong = _first_disagreement(provider.private_key(scalar), scalar, provider)
        except (TypeError, ValueError) as broken:  # what gmssl raises where it should answer
            wrong = f"gmssl fails: {broken}"
        if wrong:
            raise NoProvider(f"{provider.name} and gmssl disagree: {wrong}")


def prove_for_signing() -> Sm2Provider:
    """Return the provider that signs, cross-checked once in this process.

    Raises:
        NoProvider: none may sign, gmssl is not installed, or the two disagree.
    """
    provider = signing()
    if provider not in _proved:
        cross_check(provider)
        _proved.append(provider)
    return provider


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


def _first_disagreement(private: PrivateHandle, scalar: bytes, provider: Sm2Provider) -> str:
    peer = GmsslKey(scalar, private.point)
    public = provider.public_key(private.point)
    e = secrets.token_bytes(32)
    if not peer.verify(e, private.sign(e)):
        return "gmssl refuses its signature"
    if not public.verify(e, peer.sign(e)):
        return "it refuses gmssl's signature"
    text = secrets.token_bytes(33)
    return "" if peer.decrypt(public.encrypt(text)) == text else "gmssl does not decrypt its cipher text"


class GmsslKey:
    """A throw-away key at gmssl, with our ranges checked first and our own nonces passed in.

    Raises:
        NoProvider: gmssl is not installed.
    """

    def __init__(self, scalar: bytes, point: bytes) -> None:
        try:
            from gmssl import sm2 as gmssl_sm2
        except ImportError as absent:
            raise NoProvider("gmssl, the second opinion, is not installed (extra: server)") from absent
        self._key = gmssl_sm2.CryptSM2(private_key=scalar.hex(), public_key="", mode=1)
        self._key.public_key = point.hex()  # its constructor takes an x that begins with 04 for a prefix and strips it

    def sign(self, e: bytes) -> bytes:
        """Sign the digest e; returns DER."""
        while True:
            raw = self._key.sign(e, f"{secrets.randbelow(curve.N - 1) + 1:064x}")
            if raw is not None:
                return from_raw(bytes.fromhex(raw))

    def verify(self, e: bytes, signature: bytes) -> bool:
        """Tell whether a DER signature holds, its ranges checked by us because gmssl does not."""
        return self._key.verify(to_raw(signature).hex(), e) is True

    def decrypt(self, cipher: bytes) -> bytes:
        """Decrypt DER SM2Cipher of our own making; gmssl compares no check value."""
        parts = decode_cipher(cipher)
        return bytes(self._key.decrypt(parts.point + parts.check + parts.text))
