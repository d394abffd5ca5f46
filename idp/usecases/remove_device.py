"""Take a passkey, certificate or key away from an account."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import Connection

from idp.errors import DeviceMissing
from idp.errors_ties import LastWayIn
from idp.factors.certificate import withdraw_evidence
from idp.sources.notices import Notices
from idp.storage.accounts import Accounts
from idp.storage.certificates import BoundCertificates
from idp.storage.device_keys import DeviceKeys
from idp.storage.levels import Levels
from idp.storage.passkeys import Passkeys
from idp.storage.persons import Vault
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork, UnitOfWork
from trust.values.assurance import UNPROVEN

Enrolled = Callable[[Connection, str], frozenset[str]]  # every method an account has, of all rooms


class DeviceKind(Enum):
    """What is taken away."""

    PASSKEY = "passkey"
    CERTIFICATE = "certificate"
    KEY = "device-key"


@dataclass(frozen=True, slots=True)
class RemoveDevice:
    """Forget a device; whoever has it cannot sign in with it from then on."""

    new_work: NewWork
    clock: Clock
    vault: Vault
    enrolled: Enrolled
    notices: Notices

    def __call__(self, account: str, kind: DeviceKind, name: str, by: str) -> None:
        """Forget it.

        Args:
            account: whose.
            kind: which kind.
            name: its id.
            by: the principal.

        Raises:
            DeviceMissing: the account has no such device.
            LastWayIn: nothing else signs in to the account.
        """
        with self.new_work() as work:
            # Of two devices that are taken away at once, the second sees that the first is gone.
            Accounts(work.db, self.vault).lock(account)
            if not self._remove(work, account, kind, name):
                raise DeviceMissing("the account has no such device")
            if not self._way_in(work, account):
                raise LastWayIn("nothing else signs in to this account; set something up first")
            work.journal.append("device-removed", account, by, {"kind": kind.value, "device": name})
        self.notices.tell(account, "device-removed")

    def _way_in(self, work: UnitOfWork, account: str) -> bool:
        """Whether something is left that signs in by itself."""
        factors = Levels(work.db).ladder().data.factors
        left = {one.partition(":")[0] + ":*" if ":" in one else one for one in self.enrolled(work.db, account)}
        return any(one in factors and factors[one].rank > UNPROVEN for one in left)

    def _remove(self, work: UnitOfWork, account: str, kind: DeviceKind, name: str) -> bool:
        if kind is DeviceKind.KEY:
            return DeviceKeys(work.db).remove(account, name)
        digest = _digest(name)
        if kind is DeviceKind.PASSKEY:
            return Passkeys(work.db).remove(account, digest)
        withdraw_evidence(work.db, account, digest.hex(), self.clock.now())
        return BoundCertificates(work.db).remove(account, digest)


def _digest(name: str) -> bytes:
    try:
        return bytes.fromhex(name)
    except ValueError:
        return b""
