"""SM2 in pure Python with tables of the base point and of often seen keys: verifies anywhere, signs when allowed.

Each signature takes one nonce from the system's generator and the same number of additions whatever the nonce, but
Python's integers do not take constant time: see `may_hold_secrets`.

Standard:
    GB/T 32918.2-2016 sections 6 and 7, GB/T 32918.4-2016 sections 6 and 7.
"""

import hmac
import secrets
import sys
import threading
from collections import OrderedDict
from typing import Final

from certs.errors import MalformedEncoding
from certs.sm import arithmetic, curve, sm3
from certs.sm.arithmetic import Affine
from certs.sm.curve import N
from certs.sm.encoding import Cipher, decode_cipher, decode_signature, encode_cipher, encode_signature

KEPT_TABLES: Final = 64  # 0.3 MiB each
SEEN_BEFORE_TABLE: Final = 12  # building one costs as much as this many verifications save


class PythonPublicKey:
    """A public key as a pair of integers, with a table once it has been used often."""

    def __init__(self, point: bytes) -> None:
        self._point = curve.split(point)

    def verify(self, e: bytes, signature: bytes) -> bool:
        """Tell whether the DER signature holds for the digest e (GB/T 32918.2, 7.1)."""
        try:
            r, s = decode_signature(signature)
        except MalformedEncoding:
            return False
        t = (r + s) % N
        if not t:
            return False
        rows = _tables.find(self._point)
        if rows is None:
            total = arithmetic.plus(arithmetic.base_times(s), arithmetic.times(self._point, t))
        else:
            total = arithmetic.table_times(rows, arithmetic.KEY_WINDOW, t, arithmetic.base_times(s))
        found = arithmetic.affine(total)
        return found is not None and (int.from_bytes(e, "big") + found[0] - r) % N == 0

    def encrypt(self, plaintext: bytes) -> bytes:
        """Encrypt to DER SM2Cipher."""
        while True:
            cipher = encrypt_with_nonce(self._point, plaintext, _nonce())
            if cipher is not None:
                return cipher


class PythonPrivateKey:
    """A private key as an integer, with the inverse that every signature needs."""

    def __init__(self, scalar: bytes) -> None:
        self._scalar = int.from_bytes(scalar, "big")
        self._inverse = pow(1 + self._scalar, -1, N)  # as secret as the scalar
        point = arithmetic.affine(arithmetic.base_times(self._scalar))
        assert point is not None  # 0 < scalar < n
        self.point = curve.join(*point)

    def sign(self, e: bytes) -> bytes:
        """Sign the digest e with a fresh nonce; returns DER."""
        while True:
            signature = self.sign_with_nonce(e, _nonce())
            if signature is not None:
                return signature

    def sign_with_nonce(self, e: bytes, nonce: int) -> bytes | None:
        """Sign with a given nonce, for known answers alone; None when the standard wants another nonce (6.1, A5, A6)."""
        point = arithmetic.affine(arithmetic.base_times(nonce))
        assert point is not None  # 0 < nonce < n
        r = (int.from_bytes(e, "big") + point[0]) % N
        s = ((nonce + r) * self._inverse - r) % N
        return encode_signature(r, s) if r and r + nonce != N and s else None

    def decrypt(self, cipher: bytes) -> bytes | None:
        """Decrypt DER SM2Cipher; None when it does not authenticate (GB/T 32918.4, 7.1)."""
        try:
            parts = decode_cipher(cipher)
        except MalformedEncoding:
            return None
        first = curve.split(parts.point)
        if not curve.contains(*first):
            return None
        shared = _settled(first, self._scalar)
        stream = kdf(shared, len(parts.text))
        plaintext = _xor(parts.text, stream)
        check = sm3.digest(shared[:32] + plaintext + shared[32:])
        return plaintext if hmac.compare_digest(check, parts.check) and any(stream) else None


class PythonProvider:
    """SM2 on Python integers."""

    name = "python"
    build = "tables of odd windows"
    compiler = f"{sys.implementation.name} {sys.version.split(maxsplit=1)[0]}"
    may_hold_secrets = False

    def private_key(self, scalar: bytes) -> PythonPrivateKey:
        """Compute what every signature of this key needs."""
        return PythonPrivateKey(scalar)

    def public_key(self, point: bytes) -> PythonPublicKey:
        """Take the point apart."""
        return PythonPublicKey(point)


class _Tables:
    """Tables of the keys seen often, the longest unused thrown out first. What is kept is public."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: OrderedDict[Affine, int] = OrderedDict()
        self._rows: OrderedDict[Affine, list[list[Affine]]] = OrderedDict()

    def find(self, point: Affine) -> list[list[Affine]] | None:
        """Return the table of a key, made when the key has been asked for often enough."""
        with self._lock:
            rows = self._rows.get(point)
            if rows is not None:
                self._rows.move_to_end(point)
                return rows
            seen = self._seen.pop(point, 0) + 1
            if seen < SEEN_BEFORE_TABLE:
                self._seen[point] = seen
                if len(self._seen) > 4 * KEPT_TABLES:
                    self._seen.popitem(last=False)
                return None
        rows = arithmetic.table(point, arithmetic.KEY_WINDOW)
        with self._lock:
            self._rows[point] = rows
            if len(self._rows) > KEPT_TABLES:
                self._rows.popitem(last=False)
        return rows


_tables: Final = _Tables()


def kdf(shared: bytes, size: int) -> bytes:
    """Stretch shared bytes to a key stream (GB/T 32918.4, 5.4.3)."""
    blocks = (sm3.digest(shared + count.to_bytes(4, "big")) for count in range(1, -(-size // sm3.SIZE) + 1))
    return b"".join(blocks)[:size]


def encrypt_with_nonce(point: Affine, plaintext: bytes, nonce: int) -> bytes | None:
    """Encrypt with a given nonce, for known answers alone; None when the key stream is all zeros (6.1, A5)."""
    first = arithmetic.affine(arithmetic.base_times(nonce))
    assert first is not None  # 0 < nonce < n
    shared = _settled(point, nonce)
    stream = kdf(shared, len(plaintext))
    if not any(stream):
        return None
    check = sm3.digest(shared[:32] + plaintext + shared[32:])
    return encode_cipher(Cipher(curve.join(*first), check, _xor(plaintext, stream)))


def _settled(point: Affine, scalar: int) -> bytes:
    found = arithmetic.affine(arithmetic.times(point, scalar))
    assert found is not None  # the order is prime, the point finite and 0 < scalar < n
    return curve.join(*found)


def _nonce() -> int:
    return secrets.randbelow(N - 1) + 1


def _xor(one: bytes, other: bytes) -> bytes:
    size = len(one)
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(size, "big")
