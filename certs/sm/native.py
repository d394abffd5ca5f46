"""SM2 in our own C, where the optional extension was built: as fast as P-256, in time that does not depend on secrets.

The extension is `_native/`: `field.h` (numbers), `curve.c` (points), `sm3.c`, `encoding.c` (DER), `sm2.c` (the scheme)
and `module.c` (Python). Its objects are the handles of the provider as they are.
"""

from certs.errors import InvalidKey
from certs.sm import _sm2


class NativeProvider:
    """SM2 by the extension; importing this module without it is an ImportError."""

    name = "native"
    build = _sm2.BUILD
    compiler = _sm2.COMPILER
    may_hold_secrets = True

    def private_key(self, scalar: bytes) -> _sm2.PrivateKey:
        """Take a private scalar; the object wipes it when it goes."""
        try:
            return _sm2.PrivateKey(scalar)
        except ValueError as wrong:
            raise InvalidKey(str(wrong)) from wrong

    def public_key(self, point: bytes) -> _sm2.PublicKey:
        """Take a point; a key that verifies often gets a table of its own."""
        try:
            return _sm2.PublicKey(point)
        except ValueError as wrong:
            raise InvalidKey(str(wrong)) from wrong
