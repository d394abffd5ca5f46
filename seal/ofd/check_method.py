"""Which digest a signature file names, under the many names products give it.

Standard:
    GB/T 33190-2016 clause 18.2.2 (CheckMethod, whose schema default is MD5); GM/T 0099-2020 (SM3); GM/T 0006-2012.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from certs.sm import sm3

SM3_OID: Final = "1.2.156.10197.1.401"


def _weak(name: str) -> Callable[[bytes], bytes]:
    return lambda data: hashlib.new(name, data, usedforsecurity=False).digest()


@dataclass(frozen=True, slots=True)
class CheckMethod:
    """A digest as a signature file names it.

    Attributes:
        name: `sm3`, `sha256`, `sha1` or `md5`.
        weak: whether a match proves nothing any more.
        remarks: deviation codes of the way it is written.
    """

    name: str
    digest: Callable[[bytes], bytes]
    weak: bool = False
    remarks: frozenset[str] = frozenset()


_SM3: Final = CheckMethod("sm3", sm3.digest)
_KEYED: Final = CheckMethod("sm3", sm3.digest, remarks=frozenset({"wrong-digest-oid-accepted"}))
_SHA256: Final = CheckMethod("sha256", lambda data: hashlib.sha256(data).digest())
_SHA1: Final = CheckMethod("sha1", _weak("sha1"), weak=True)
_MD5: Final = CheckMethod("md5", _weak("md5"), weak=True)
_METHODS: Final = {
    SM3_OID: _SM3,
    "1.2.156.10197.1.401.1": _SM3,
    "1.2.156.10197.1.401.2": _KEYED,  # SM3 with a key, written by mistake: tried as plain SM3
    "sm3": _SM3,
    "2.16.840.1.101.3.4.2.1": _SHA256,
    "sha256": _SHA256,
    "sha-256": _SHA256,
    "1.3.14.3.2.26": _SHA1,
    "sha1": _SHA1,
    "sha-1": _SHA1,
    "1.2.840.113549.2.5": _MD5,
    "md5": _MD5,
    "": _MD5,
}


def check_method(written: str) -> CheckMethod | None:
    """Return the digest that a CheckMethod names, or None if it is none we know."""
    return _METHODS.get(written.strip().lower())
