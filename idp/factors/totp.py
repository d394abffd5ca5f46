"""One-time passwords of an authenticator app; each counts once.

Standard:
    RFC 6238, 4 and 5.2; RFC 4226, 5.3; the key URI that authenticator apps read.
"""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote, urlencode

from sqlalchemy import Connection

from idp.errors import ProofRefused
from idp.model.assurance import Proof
from idp.storage.totps import Totps
from trust.keys.fields import FieldCipher

METHOD: Final = "totp"
SECONDS: Final = 30
SKEW: Final = 1  # steps to either side
OFFER_LIFE: Final = timedelta(minutes=10)
_SECRET_BYTES: Final = 20
_DIGITS: Final = 6
_CODE: Final = re.compile(r"[0-9]{6}", re.ASCII)
_REFUSED: Final = "the code was not accepted"


def code_at(secret: str, step: int) -> str:
    """Return the code of a step, for a secret in base32."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1)
    place = digest[-1] & 0x0F
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}}"


def step_of(at: datetime) -> int:
    """Return the step in which an instant lies."""
    return int(at.timestamp()) // SECONDS


def matching_step(secret: str, code: str, at: datetime) -> int | None:
    """Return the step around an instant to which a code belongs."""
    said = code.replace(" ", "")
    if not _CODE.fullmatch(said):
        return None
    now, found = step_of(at), None
    for step in range(now - SKEW, now + SKEW + 1):
        if hmac.compare_digest(code_at(secret, step), said):
            found = step
    return found


@dataclass(frozen=True, slots=True)
class TotpOffer:
    """A secret to carry over into an app; shown once."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TotpFactor:
    """Offers secrets and checks codes; `issuer` is what an app shows beside the code."""

    cipher: FieldCipher = field(repr=False)
    issuer: str = "统一身份认证"

    def offer(self, db: Connection, account: str, label: str, at: datetime) -> TotpOffer:
        """Return a new secret; it counts once a code of it was shown, and the one before counts until then."""
        secret = base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()
        Totps(db, self.cipher).offer(account, secret, at + OFFER_LIFE)
        told = urlencode({"secret": secret, "issuer": self.issuer}, quote_via=quote)
        return TotpOffer(secret, f"otpauth://totp/{quote(self.issuer)}:{quote(label, safe='')}?{told}")

    def confirm(self, db: Connection, account: str, code: str, at: datetime) -> None:
        """Let the offered secret count.

        Raises:
            ProofRefused: nothing was offered of late, or the code is not of it.
        """
        totps = Totps(db, self.cipher)
        secret = totps.pending(account, at)
        step = None if secret is None else matching_step(secret, code, at)
        if secret is None or step is None:
            raise ProofRefused(_REFUSED)
        totps.confirm(account, secret, step, at)

    def verify(self, db: Connection, account: str, code: str, at: datetime) -> Proof:
        """Return what a code shows.

        Raises:
            ProofRefused: wrong, used, or none is set up.
        """
        totps = Totps(db, self.cipher)
        secret = totps.find(account)
        step = None if secret is None else matching_step(secret, code, at)
        if step is None or not totps.take(account, step):
            raise ProofRefused(_REFUSED)
        return Proof(METHOD, at)
