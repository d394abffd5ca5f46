"""What showing a device, a key or a certificate comes to, and which of them an account has."""

from dataclasses import dataclass

from sqlalchemy import Connection

from idp.model.assurance import Proof
from idp.model.device import CERTIFICATE, QR
from idp.storage.certificates import BoundCertificates
from idp.storage.device_keys import DeviceKeys
from idp.storage.passkeys import Passkeys
from trust.values.assurance import HIGHEST, Rank


@dataclass(frozen=True, slots=True)
class Shown:
    """Who showed what; `credential` names the passkey, certificate or code, never its owner."""

    account: str
    proof: Proof
    credential: str
    cap: Rank = HIGHEST  # the level that a session begun so cannot exceed


def enrolled(db: Connection, account: str) -> frozenset[str]:
    """Return the methods of this room that an account has set up."""
    found = set(Passkeys(db).methods(account))
    if BoundCertificates(db).of(account):
        found.add(CERTIFICATE)
    if DeviceKeys(db).any(account):
        found.add(QR)  # an app's key confirms what a browser shows; it opens no browser by itself
    return frozenset(found)


def withdraw(db: Connection, account: str) -> int:
    """Forget the passkeys and keys of apps of an account that was recovered; returns how many went.

    Whoever lost them may have lost them to somebody. Certificates stay: their authority revokes them.
    """
    passkeys, keys = Passkeys(db), DeviceKeys(db)
    gone = [passkeys.remove(account, one.digest) for one in passkeys.of(account)]
    gone += [keys.remove(account, one.id) for one in keys.of(account)]
    return sum(gone)
