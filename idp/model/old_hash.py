"""Password digests of older systems: checked once, when their owner comes, and never written again."""

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Final, Self

from certs.sm import sm3

MAX_ROUNDS: Final = 2_000_000
_SIMPLE: Final = re.compile(r"(md5|sha1|sha256|sha512|sm3)\$([^$]{0,64})\$([0-9a-fA-F]{32,128})", re.ASCII)
_PBKDF2: Final = re.compile(
    r"pbkdf2_(sha1|sha256|sha512)\$([0-9]{1,7})\$([^$]{1,64})\$([A-Za-z0-9+/=]{16,100})", re.ASCII
)
_SIZES: Final = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64, "sm3": 32}


@dataclass(frozen=True, slots=True, repr=False)
class OldHash:
    """A salted digest: ``md5$SALT$HEX`` (sha1, sha256, sha512, sm3 alike), or ``pbkdf2_sha256$ROUNDS$SALT$BASE64``."""

    algorithm: str
    salt: bytes
    digest: bytes
    rounds: int = 0

    @classmethod
    def find(cls, text: str) -> Self | None:
        """Return the digest; None when it is of no kind that can be checked."""
        if found := _SIMPLE.fullmatch(text):
            digest = bytes.fromhex(found[3]) if len(found[3]) % 2 == 0 else b""
            return cls(found[1], found[2].encode(), digest) if len(digest) == _SIZES[found[1]] else None
        found = _PBKDF2.fullmatch(text)
        if found is None or not 1 <= int(found[2]) <= MAX_ROUNDS:
            return None
        try:
            digest = base64.b64decode(found[4], validate=True)
        except binascii.Error:
            return None
        right = len(digest) == _SIZES[found[1]]
        return cls(found[1], found[3].encode(), digest, int(found[2])) if right else None

    def matches(self, password: str) -> bool:
        """Whether this is the digest of a password: of the salt followed by it, or by PBKDF2."""
        return hmac.compare_digest(self._digest(password.encode(errors="replace")), self.digest)

    def _digest(self, password: bytes) -> bytes:
        if self.rounds:
            return hashlib.pbkdf2_hmac(self.algorithm, password, self.salt, self.rounds)
        if self.algorithm == "sm3":
            return sm3.digest(self.salt + password)
        return hashlib.new(self.algorithm, self.salt + password, usedforsecurity=False).digest()
