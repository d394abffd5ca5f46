"""Proof before signing: the provider that signs and gmssl must agree on each other's work.

gmssl is a second opinion and never a provider: its nonces are guessable and its decryption checks nothing, so it sees
throw-away keys only.
"""

import secrets
from typing import Final

from certs.errors import NoProvider
from certs.sm import curve
from certs.sm.encoding import decode_cipher, from_raw, to_raw
from certs.sm.known_answers import known_answers
from certs.sm.provider import PrivateHandle, Sm2Provider
from certs.sm.providers import signing

CROSS_CHECKS: Final = 2
_proved: Final[list[Sm2Provider]] = []


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
