"""SM2 by the libcrypto that this Python is linked to, reached through ctypes.

The digest e goes in as it is, so the Z value stays in our code. A parsed key may be shared by threads, a context may
not: each thread keeps its own. libcrypto seeds itself again after fork.
"""

import _hashlib
import ctypes
import threading
from collections.abc import Callable, Iterator
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_size_t, c_void_p
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from weakref import finalize

from certs import der_writer as write
from certs import oids
from certs.errors import InvalidKey, MalformedEncoding, NoProvider
from certs.sm import curve, encoding

_SIGNATURE_ROOM: Final = 80
_CIPHER_ROOM: Final = 128
_ALGORITHM: Final = write.sequence(write.oid(oids.EC_PUBLIC_KEY), write.oid(oids.SM2_CURVE))


class _Library:
    """The functions we call, declared once: an undeclared pointer would be cut to 32 bits."""

    def __init__(self, path: str) -> None:
        library = ctypes.CDLL(path)

        def declare(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
            function: Callable[..., Any] = getattr(library, name)
            function.restype, function.argtypes = result, list(arguments)  # type: ignore[attr-defined]
            return function

        size = POINTER(c_size_t)
        self.path = path
        self.version = declare("OpenSSL_version", c_char_p, c_int)
        self.decode_private = declare("d2i_AutoPrivateKey", c_void_p, c_void_p, POINTER(c_char_p), c_long)
        self.decode_public = declare("d2i_PUBKEY", c_void_p, c_void_p, POINTER(c_char_p), c_long)
        self.encode_public = declare("i2d_PUBKEY", c_int, c_void_p, POINTER(c_char_p))
        self.free_key = declare("EVP_PKEY_free", None, c_void_p)
        self.new_context = declare("EVP_PKEY_CTX_new", c_void_p, c_void_p, c_void_p)
        self.free_context = declare("EVP_PKEY_CTX_free", None, c_void_p)
        self.clear_errors = declare("ERR_clear_error", None)
        self.begin = {
            name: declare(f"EVP_PKEY_{name}_init", c_int, c_void_p) for name in ("sign", "verify", "encrypt", "decrypt")
        }
        self.sign = declare("EVP_PKEY_sign", c_int, c_void_p, c_char_p, size, c_char_p, c_size_t)
        self.verify = declare("EVP_PKEY_verify", c_int, c_void_p, c_char_p, c_size_t, c_char_p, c_size_t)
        self.encrypt = declare("EVP_PKEY_encrypt", c_int, c_void_p, c_char_p, size, c_char_p, c_size_t)
        self.decrypt = declare("EVP_PKEY_decrypt", c_int, c_void_p, c_char_p, size, c_char_p, c_size_t)


class _Context:
    """One operation of one key in one thread, with the room its results need."""

    __slots__ = ("__weakref__", "handle", "room", "size")

    def __init__(self, library: _Library, key: int, operation: str) -> None:
        self.handle = library.new_context(key, None)
        finalize(self, library.free_context, self.handle).atexit = False
        if not self.handle or library.begin[operation](self.handle) != 1:
            library.clear_errors()
            raise NoProvider(f"libcrypto does not {operation} with SM2")
        self.room = ctypes.create_string_buffer(_SIGNATURE_ROOM)
        self.size = c_size_t()


class _Key:
    """A parsed key; the contexts of each thread are made at first use and go with the thread or the key."""

    def __init__(self, library: _Library, key: int | None) -> None:
        if not key:
            library.clear_errors()
            raise InvalidKey("libcrypto refuses the key")
        self._library = library
        self._key = key
        self._threads = threading.local()
        finalize(self, library.free_key, key).atexit = False

    def _context(self, operation: str) -> _Context:
        try:
            found: _Context = getattr(self._threads, operation)
        except AttributeError:
            found = _Context(self._library, self._key, operation)
            setattr(self._threads, operation, found)
        return found


class OpensslPublicKey(_Key):
    """A public key parsed by libcrypto."""

    def verify(self, e: bytes, signature: bytes) -> bool:
        """Tell whether the DER signature holds for the digest e."""
        context = self._context("verify")
        if self._library.verify(context.handle, signature, len(signature), e, len(e)) == 1:
            return True
        self._library.clear_errors()
        return False

    def encrypt(self, plaintext: bytes) -> bytes:
        """Encrypt to DER SM2Cipher; a key stream of zeros, which would show the text, is drawn again."""
        context = self._context("encrypt")
        room = ctypes.create_string_buffer(len(plaintext) + _CIPHER_ROOM)
        while True:
            context.size.value = len(room)
            if self._library.encrypt(context.handle, room, byref(context.size), plaintext, len(plaintext)) != 1:
                self._library.clear_errors()
                raise NoProvider("libcrypto does not encrypt with this key")
            cipher = room.raw[: context.size.value]
            if not cipher.endswith(plaintext):
                return cipher


class OpensslPrivateKey(_Key):
    """A private key parsed by libcrypto, and its point."""

    def __init__(self, library: _Library, scalar: bytes) -> None:
        inner = write.sequence(write.integer(1), write.octet_string(scalar))
        encoded = write.sequence(write.integer(0), _ALGORITHM, write.octet_string(inner))
        super().__init__(library, library.decode_private(None, byref(c_char_p(encoded)), len(encoded)))
        room = ctypes.create_string_buffer(len(curve.SPKI_HEADER) + 64)
        end = ctypes.cast(room, c_char_p)
        written = library.encode_public(self._key, byref(end))
        if written != len(room) or not room.raw.startswith(curve.SPKI_HEADER):
            library.clear_errors()
            raise InvalidKey("libcrypto knows no public key for this scalar")
        self.point = room.raw[len(curve.SPKI_HEADER) :]

    def sign(self, e: bytes) -> bytes:
        """Sign the digest e with a nonce of libcrypto's; returns DER."""
        context = self._context("sign")
        context.size.value = _SIGNATURE_ROOM
        if self._library.sign(context.handle, context.room, byref(context.size), e, len(e)) != 1:
            self._library.clear_errors()
            raise NoProvider("libcrypto does not sign with this key")
        return context.room.raw[: context.size.value]

    def decrypt(self, cipher: bytes) -> bytes | None:
        """Decrypt DER SM2Cipher; None when it does not authenticate."""
        try:
            parts = encoding.decode_cipher(cipher)
        except MalformedEncoding:
            return None
        context = self._context("decrypt")
        room = ctypes.create_string_buffer(len(cipher))
        context.size.value = len(room)
        if self._library.decrypt(context.handle, room, byref(context.size), cipher, len(cipher)) != 1:
            self._library.clear_errors()
            return None
        plaintext = room.raw[: context.size.value]
        ctypes.memset(room, 0, len(room))
        return plaintext if plaintext != parts.text else None  # a key stream of zeros: GB/T 32918.4, 7.1 step B4


class OpensslProvider:
    """SM2 by one libcrypto.

    Raises:
        NoProvider: the library does not load, lacks a function, or was built without SM2.
    """

    name = "openssl"
    may_hold_secrets = True

    def __init__(self, path: str) -> None:
        try:
            self._library = _Library(path)
        except (OSError, AttributeError) as wrong:
            raise NoProvider(f"{path}: {wrong}") from wrong
        self.build = f"{self._library.version(0).decode('ascii', 'replace')} through ctypes ({path})"
        self.compiler = (
            self._library.version(1).decode("ascii", "replace").removeprefix("compiler: ").split(maxsplit=1)[0]
        )

    def private_key(self, scalar: bytes) -> OpensslPrivateKey:
        """Parse a private key, once for all its signatures."""
        return OpensslPrivateKey(self._library, scalar)

    def public_key(self, point: bytes) -> OpensslPublicKey:
        """Parse a public key, once for all its verifications."""
        encoded = curve.SPKI_HEADER + point
        return OpensslPublicKey(
            self._library, self._library.decode_public(None, byref(c_char_p(encoded)), len(encoded))
        )


def candidates() -> Iterator[Callable[[], OpensslProvider]]:
    """Name the libraries worth a try: this Python's own, then the one in psycopg's wheel."""
    yield partial(OpensslProvider, _hashlib.__file__)
    found = find_spec("psycopg_binary")
    if found is not None and found.origin is not None:
        package = Path(found.origin).parent
        for pattern in ("../psycopg_binary.libs/libcrypto-*", ".dylibs/libcrypto.*"):
            for path in sorted(package.glob(pattern)):
                yield partial(OpensslProvider, str(path))
