"""Personal values in tables: encrypted where they stand, found through a keyed index.

A cipher text is bound to its table, column and row and to the generation of its key, so that one put in another
place, however well it was copied, does not open. The index is HMAC-SM3 over the normalised value, cut to 128 bits:
equal values have equal indexes, and without the key nobody can try numbers out.
"""

import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from certs.errors import CertsError
from certs.sm import sm3, sm4
from trust.keys.errors import FieldAltered
from trust.keys.ring import KeyRing

INDEX_BYTES: Final = 16
_FORMAT: Final = 1
_GENERATION_BYTES: Final = 4
_HEAD_BYTES: Final = 1 + _GENERATION_BYTES
_SHORTEST: Final = _HEAD_BYTES + sm4.NONCE_SIZE + sm4.TAG_SIZE


@dataclass(frozen=True, slots=True)
class Cell:
    """The place of a value: table, column, and the row's own identifier, which never changes."""

    table: str
    column: str
    row: str


@dataclass(frozen=True, slots=True)
class FieldCipher:
    """Encrypts and opens fields under one SM4 key of the ring, the newest generation for what is written."""

    generations: Mapping[int, bytes] = field(repr=False)

    @classmethod
    def of(cls, ring: KeyRing, name: str) -> "FieldCipher":
        """Return the cipher of a secret of 16 bytes; raises KeyMissing."""
        return cls(ring.generations(name))

    def encrypt(self, cell: Cell, value: str) -> bytes:
        """Return the bytes to store in this cell.

        A generation serves up to 2^32 values, since nonces are random; renew the secret long before.
        """
        generation = max(self.generations)
        head = bytes([_FORMAT]) + generation.to_bytes(_GENERATION_BYTES, "big")
        nonce = secrets.token_bytes(sm4.NONCE_SIZE)
        return head + nonce + sm4.gcm_encrypt(self.generations[generation], nonce, value.encode(), _place(head, cell))

    def decrypt(self, cell: Cell, stored: bytes) -> str:
        """Return the value that was stored in this cell.

        Raises:
            FieldAltered: damaged, of another cell, or under a key the ring does not have.
        """
        head, nonce = stored[:_HEAD_BYTES], stored[_HEAD_BYTES : _HEAD_BYTES + sm4.NONCE_SIZE]
        key = self.generations.get(int.from_bytes(head[1:], "big"))
        if len(stored) < _SHORTEST or head[0] != _FORMAT or key is None:
            raise FieldAltered(f"{cell.table}.{cell.column} holds no encrypted field of ours")
        try:
            return sm4.gcm_decrypt(key, nonce, stored[_HEAD_BYTES + sm4.NONCE_SIZE :], _place(head, cell)).decode()
        except CertsError as error:
            raise FieldAltered(f"{cell.table}.{cell.column} is not what was written to this row") from error

    def is_current(self, stored: bytes) -> bool:
        """Tell whether a stored field is under the newest generation; the others wait for re-encryption."""
        return stored[1:_HEAD_BYTES] == max(self.generations).to_bytes(_GENERATION_BYTES, "big")


@dataclass(frozen=True, slots=True)
class BlindIndex:
    """Looks personal values up without storing them."""

    generations: Mapping[int, bytes] = field(repr=False)

    @classmethod
    def of(cls, ring: KeyRing, name: str) -> "BlindIndex":
        """Return the index under a secret of 32 bytes; raises KeyMissing."""
        return cls(ring.generations(name))

    def write(self, kind: str, value: str) -> bytes:
        """Return the 16 bytes to store for a value of this kind (``"person-number"``)."""
        return _index(self.generations[max(self.generations)], kind, value)

    def look_up(self, kind: str, value: str) -> tuple[bytes, ...]:
        """Return what may be stored for the value, newest generation first; search for any of them."""
        return tuple(_index(self.generations[number], kind, value) for number in sorted(self.generations, reverse=True))


def normalised(value: str) -> str:
    """Return the value as it is compared: full-width forms folded (NFKC), no blanks, capital letters."""
    return "".join(unicodedata.normalize("NFKC", value).split()).upper()


def _index(key: bytes, kind: str, value: str) -> bytes:
    return sm3.hmac(key, f"{kind}\0{normalised(value)}".encode())[:INDEX_BYTES]


def _place(head: bytes, cell: Cell) -> bytes:
    parts = [part.encode() for part in (cell.table, cell.column, cell.row)]
    return head + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
