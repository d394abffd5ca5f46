"""Personal values at rest: one encrypted cell for each person under a key of the person's own, found by blind index.

Whoever destroys the sealed key has erased the person, in every copy of the cell.
"""

import secrets
from dataclasses import dataclass, field
from typing import Final

from certs.sm import sm4
from idp.model.account import Account, Person
from trust.keys.fields import BlindIndex, Cell, FieldCipher
from trust.keys.ring import KeyRing

KEY_BYTES: Final = 16
_TABLE: Final = "idp_account"
# The kinds of the blind index; a person's number has the kind that all services share, so that licences are found.
INDEX_KINDS: Final = {
    "number": "person-number",
    "username": "idp-username",
    "phone": "idp-phone",
    "email": "idp-email",
}


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals and opens what names a person; share one among all threads."""

    cipher: FieldCipher = field(repr=False)
    index: BlindIndex = field(repr=False)

    @classmethod
    def of(cls, ring: KeyRing) -> "Vault":
        """Return the vault under the ring's secrets for persons."""
        return cls(FieldCipher.of(ring, "person-field"), BlindIndex.of(ring, "person-index"))

    def new_key(self, account: str) -> bytes:
        """Return a fresh key for a person's values, sealed for its row."""
        return self.cipher.encrypt(Cell(_TABLE, "sealed_key", account), secrets.token_bytes(KEY_BYTES).hex())

    def seal(self, account: str, sealed_key: bytes, person: Person) -> bytes:
        """Return the encrypted cell of a person."""
        nonce = secrets.token_bytes(sm4.NONCE_SIZE)
        key = self._key(account, sealed_key)
        return nonce + sm4.gcm_encrypt(key, nonce, person.encode().encode(), account.encode())

    def open(self, account: Account) -> Person:
        """Return the person behind an account; of an erased one nothing is known.

        Raises:
            FieldAltered, DecryptionFailed: not what was written to this row.
        """
        if account.sealed_key is None or account.person is None:
            return Person()
        key, cell = self._key(account.id, account.sealed_key), account.person
        nonce, rest = cell[: sm4.NONCE_SIZE], cell[sm4.NONCE_SIZE :]
        return Person.decode(sm4.gcm_decrypt(key, nonce, rest, account.id.encode()).decode())

    def write_index(self, kind: str, value: str) -> bytes:
        """Return what is stored to find a value of this kind: number, username, phone, email."""
        return self.index.write(INDEX_KINDS.get(kind, kind), value)

    def look_up(self, kind: str, value: str) -> tuple[bytes, ...]:
        """Return what may be stored for a value of this kind."""
        return self.index.look_up(INDEX_KINDS.get(kind, kind), value)

    def _key(self, account: str, sealed_key: bytes) -> bytes:
        return bytes.fromhex(self.cipher.decrypt(Cell(_TABLE, "sealed_key", account), sealed_key))
