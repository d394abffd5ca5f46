"""Ten codes on paper, for whoever lost the phone; each counts once.

Standard:
    NIST SP 800-63B-4, 3.1.2 (look-up secrets); OWASP ASVS 5.0, 6.5.1 to 6.5.3.
"""

import base64
import hashlib
import secrets
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from idp.errors import ProofRefused
from idp.factors.typed import typed
from idp.model.assurance import Proof
from idp.storage.recovery_codes import RecoveryCodes

METHOD: Final = "recovery-code"
HOW_MANY: Final = 10
MOST_TYPED: Final = 100  # characters
_BYTES: Final = 10  # 80 bits, so that a digest without salt is enough
_SIGNS: Final = 16
_GROUP: Final = 4


def make(db: Connection, account: str, at: datetime) -> tuple[str, ...]:
    """Return new codes, to be shown once; those before them count no more."""
    codes = [base64.b32encode(secrets.token_bytes(_BYTES)).decode().lower() for _ in range(HOW_MANY)]
    RecoveryCodes(db).replace(account, [_digest(account, one) for one in codes], at)
    return tuple("-".join(one[start : start + _GROUP] for start in range(0, _SIGNS, _GROUP)) for one in codes)


def verify(db: Connection, account: str, code: str, at: datetime) -> Proof:
    """Return what a code shows.

    Raises:
        ProofRefused: wrong or used.
    """
    said = typed(code, MOST_TYPED).replace("-", "").replace(" ", "").lower()
    if len(said) != _SIGNS or not RecoveryCodes(db).take(account, _digest(account, said), at):
        raise ProofRefused("the code was not accepted")
    return Proof(METHOD, at)


def _digest(account: str, code: str) -> bytes:
    return hashlib.sha256(f"{account}\0{code}".encode()).digest()
