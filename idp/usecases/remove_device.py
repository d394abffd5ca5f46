"""Take a passkey, certificate or key away from an account."""

from dataclasses import dataclass
from enum import Enum

from idp.errors import DeviceMissing
from idp.factors.certificate import withdraw_evidence
from idp.storage.certificates import BoundCertificates
from idp.storage.device_keys import DeviceKeys
from idp.storage.passkeys import Passkeys
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork, UnitOfWork


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

    def __call__(self, account: str, kind: DeviceKind, name: str, by: str) -> None:
        """Forget it.

        Args:
            account: whose.
            kind: which kind.
            name: its id.
            by: the principal.

        Raises:
            DeviceMissing: the account has no such device.
        """
        with self.new_work() as work:
            if not self._remove(work, account, kind, name):
                raise DeviceMissing("the account has no such device")
            work.journal.append("device-removed", account, by, {"kind": kind.value, "device": name})

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
