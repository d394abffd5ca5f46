"""A key ring of encrypted files, for development and small homes; its grade is software.

``ring`` holds a salt and how the passphrase of the key file is stretched, once for the whole ring. Key pairs are
PKCS#8 under PBES2 (PBKDF2-HMAC-SM3, SM4-CBC) in PEM, with the stretched passphrase as the password; a line
above the PEM binds it to its name, so that one key's file put in another's place is refused. Secrets are SM4-GCM
bound to their name and generation. A file is created whole or not at all and is never written again.
"""

import base64
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hmac import compare_digest
from pathlib import Path
from threading import RLock
from typing import Final, Self

from certs.errors import CertsError
from certs.keys import KeyKind, PrivateKey, PublicKey, load_private
from certs.signer import Signer, SoftwareSigner
from certs.sm import sm3, sm4
from trust.keys.errors import KeyAltered, KeyExists, KeyFileUnusable, KeyMissing, KeyNameMalformed
from trust.keys.generation import RSA_BITS, generate
from trust.keys.private_files import create_whole, make_private_folder, read_private
from trust.keys.ring import Grade

MIN_PASSPHRASE_BYTES: Final = 16
ITERATIONS: Final = 300_000  # of a passphrase that a person may have chosen
MAX_ITERATIONS: Final = 10_000_000
_FILE_ITERATIONS: Final = 1_000  # of the stretched passphrase, which is as good as random
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,99}){0,4}", re.ASCII)
_RING = re.compile(r"salt: ([0-9a-f]{32})\niterations: ([1-9][0-9]{0,7})\ncheck: ([0-9a-f]{64})\n", re.ASCII)
_KEY = re.compile(
    rb"check: ([0-9a-f]{64})\n-----BEGIN ENCRYPTED PRIVATE KEY-----\n([A-Za-z0-9+/=\n]+)-----END ENCRYPTED PRIVATE KEY-----\n"
)


@dataclass(frozen=True, slots=True)
class _Stretched:
    """What the passphrase becomes: one key for each use."""

    password: bytes  # of the PKCS#8 files
    binding: bytes  # HMAC-SM3: file to name
    wrapping: bytes  # SM4-GCM: secrets
    check: bytes

    @classmethod
    def of(cls, passphrase: bytes, salt: bytes, iterations: int) -> Self:
        from cryptography.hazmat.primitives.hashes import SM3
        from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

        root = PBKDF2HMAC(SM3(), 32, salt, iterations).derive(passphrase)
        return cls(
            password=sm3.hmac(root, b"key ring password").hex().encode(),
            binding=sm3.hmac(root, b"key ring binding"),
            wrapping=sm3.hmac(root, b"key ring wrapping")[:16],
            check=sm3.hmac(root, b"key ring check"),
        )


@dataclass(frozen=True, slots=True)
class FileKeyRing:
    """Keys in a folder of this machine; each is parsed once and held. Share one among all threads.

    Parsing an RSA key checks its primes, which takes 50 ms.
    """

    folder: Path
    _stretched: _Stretched = field(repr=False)
    _signers: dict[str, SoftwareSigner] = field(default_factory=dict, repr=False)
    _secrets: dict[str, dict[int, bytes]] = field(default_factory=dict, repr=False)
    _lock: RLock = field(default_factory=RLock, repr=False)

    @classmethod
    def open(cls, folder: Path, key_file: Path | None = None) -> Self:
        """Open the ring of a folder, or make an empty one.

        Args:
            folder: where; made with mode 0700.
            key_file: the file whose content unlocks the ring (``TRUST_KEY_FILE``), mode 0600. Without one, a
                random ``development.key`` is made beside the keys, which protects copies of single files only.

        Raises:
            KeyFileUnusable: missing, readable by others, too short, or not the one that locked the ring.
        """
        make_private_folder(folder)
        iterations = ITERATIONS
        if key_file is None:
            key_file = folder / "development.key"
            iterations = 1  # 256 random bits gain nothing by stretching
            if not key_file.exists():
                create_whole(key_file, base64.b64encode(secrets.token_bytes(32)) + b"\n")
        passphrase = read_private(key_file).strip()
        if len(passphrase) < MIN_PASSPHRASE_BYTES:
            raise KeyFileUnusable(f"{key_file} holds fewer than {MIN_PASSPHRASE_BYTES} bytes")
        return cls(folder, _unlock(folder / "ring", passphrase, iterations))

    @property
    def grade(self) -> Grade:
        return Grade.SOFTWARE

    def create(
        self, name: str, kind: KeyKind = KeyKind.SM2, *, rsa_bits: int = RSA_BITS, exist_ok: bool = False
    ) -> PublicKey:
        path = self._key_path(name)
        with self._lock:
            if path.exists():
                return self._existing(name, kind, exist_ok=exist_ok)
            private = generate(kind, rsa_bits)
            der = private.encrypt(self._stretched.password, iterations=_FILE_ITERATIONS)
            body = base64.encodebytes(der)
            label = b"ENCRYPTED PRIVATE KEY"
            check = self._binding(name, der).hex().encode()
            text = b"check: %b\n-----BEGIN %b-----\n%b-----END %b-----\n" % (check, label, body, label)
            if not create_whole(path, text):  # another process was faster
                return self._existing(name, kind, exist_ok=exist_ok)
            self._signers[name] = SoftwareSigner(private)
            return private.public_key

    def public(self, name: str) -> PublicKey:
        return self.signer(name).public_key

    def signer(self, name: str) -> Signer:
        found = self._signers.get(name)
        if found is None:
            with self._lock:
                found = self._signers.get(name) or SoftwareSigner(self._load(name))
                self._signers[name] = found
        return found

    def names(self) -> tuple[str, ...]:
        root = self.folder / "keys"
        return tuple(sorted(str(path.relative_to(root).with_suffix("")) for path in root.rglob("*.pem")))

    def create_secret(self, name: str, size: int = 32, *, exist_ok: bool = False) -> None:
        if size not in (16, 32):
            raise ValueError("a secret has 16 or 32 bytes")
        with self._lock:
            if not self._write_secret(name, 1, secrets.token_bytes(size)) and not exist_ok:
                raise KeyExists(f"the ring has a secret {name}")

    def renew_secret(self, name: str) -> int:
        with self._lock:
            self._secrets.pop(name, None)
            known = self.generations(name)
            following = max(known) + 1
            if not self._write_secret(name, following, secrets.token_bytes(len(known[1]))):
                raise KeyExists(f"the secret {name} was renewed by somebody else just now")
            self._secrets.pop(name)
            return following

    def secret(self, name: str) -> bytes:
        known = self.generations(name)
        return known[max(known)]

    def generations(self, name: str) -> Mapping[int, bytes]:
        found = self._secrets.get(name)
        if found is None:
            with self._lock:
                folder = self._secret_folder(name)
                numbers = sorted(int(path.name) for path in folder.glob("[0-9]*")) if folder.is_dir() else []
                if not numbers:
                    raise KeyMissing(f"the ring has no secret {name}")
                found = {number: self._read_secret(name, number) for number in numbers}
                self._secrets[name] = found
        return found

    def _existing(self, name: str, kind: KeyKind, *, exist_ok: bool) -> PublicKey:
        if not exist_ok:
            raise KeyExists(f"the ring has a key {name}")
        public = self.public(name)
        if public.kind is not kind:
            raise KeyExists(f"the ring has a key {name}, of kind {public.kind.value}")
        return public

    def _load(self, name: str) -> PrivateKey:
        path = self._key_path(name)
        if not path.exists():
            raise KeyMissing(f"the ring has no key {name}")
        found = _KEY.fullmatch(read_private(path))
        if found is None:
            raise KeyAltered(f"the file of key {name} is damaged")
        der = base64.b64decode(found[2])
        whole = base64.b64encode(der) == b"".join(found[2].split())  # Base64 can end in bits that mean nothing
        if not whole or not compare_digest(self._binding(name, der).hex().encode(), found[1]):
            raise KeyAltered(f"the file of key {name} is not the one that was written for it")
        try:
            return load_private(der, self._stretched.password)
        except CertsError as error:
            raise KeyAltered(f"the file of key {name} cannot be opened") from error

    def _binding(self, name: str, der: bytes) -> bytes:
        return sm3.hmac(self._stretched.binding, f"key {name}\0".encode() + der)

    def _write_secret(self, name: str, generation: int, value: bytes) -> bool:
        nonce = secrets.token_bytes(sm4.NONCE_SIZE)
        sealed = sm4.gcm_encrypt(self._stretched.wrapping, nonce, value, _secret_aad(name, generation))
        return create_whole(self._secret_folder(name) / str(generation), nonce + sealed)

    def _read_secret(self, name: str, generation: int) -> bytes:
        sealed = read_private(self._secret_folder(name) / str(generation))
        nonce, rest = sealed[: sm4.NONCE_SIZE], sealed[sm4.NONCE_SIZE :]
        try:
            return sm4.gcm_decrypt(self._stretched.wrapping, nonce, rest, _secret_aad(name, generation))
        except CertsError as error:
            raise KeyAltered(
                f"the file of secret {name} generation {generation} is not the one written for it"
            ) from error

    def _key_path(self, name: str) -> Path:
        return self.folder / "keys" / (_checked(name) + ".pem")

    def _secret_folder(self, name: str) -> Path:
        return self.folder / "secrets" / (_checked(name) + ".secret")


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise KeyNameMalformed(f"{name[:120]!r} is not the name of a key")
    return name


def _secret_aad(name: str, generation: int) -> bytes:
    return f"secret {name}\0{generation}".encode()


def _unlock(ring: Path, passphrase: bytes, iterations: int) -> _Stretched:
    if not ring.exists():
        salt = secrets.token_bytes(16)
        stretched = _Stretched.of(passphrase, salt, iterations)
        text = f"salt: {salt.hex()}\niterations: {iterations}\ncheck: {stretched.check.hex()}\n"
        if create_whole(ring, text.encode()):
            return stretched
    found = _RING.fullmatch(read_private(ring).decode("ascii", "replace"))
    if found is None or int(found[2]) > MAX_ITERATIONS:
        raise KeyAltered(f"{ring} is damaged")
    stretched = _Stretched.of(passphrase, bytes.fromhex(found[1]), int(found[2]))
    if not compare_digest(stretched.check, bytes.fromhex(found[3])):
        raise KeyFileUnusable("the key file is not the one that locked this ring")
    return stretched
