"""Read what a code asks for, as the one who may confirm it."""

from dataclasses import dataclass

from idp.factors.device_key import SCAN, DeviceKeyFactor, SignedAct
from idp.factors.qr import QrFactor
from idp.model.qr_login import QrLogin
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork, UnitOfWork


@dataclass(frozen=True, slots=True)
class ScanQr:
    """Say who waits at the other screen; nobody else can confirm the code afterwards."""

    new_work: NewWork
    clock: Clock
    qr: QrFactor
    device_keys: DeviceKeyFactor

    def __call__(self, code: str, account: str) -> QrLogin:
        """Return what a signed-in browser scanned; raises QrGone."""
        with self.new_work() as work:
            return self._scan(work, code, account, "session")

    def by_device(self, code: str, act: SignedAct) -> QrLogin:
        """Return what an app scanned.

        Raises:
            ProofRefused: not the signature of an enrolled key over this code.
            QrGone: the code does not count any more.
        """
        with self.new_work() as work:
            key = self.device_keys.verify(work.db, act, SCAN, code, "", self.clock.now())
            return self._scan(work, code, key.account, f"key {key.id}")

    def _scan(self, work: UnitOfWork, code: str, account: str, means: str) -> QrLogin:
        found = self.qr.scan(work.db, code, account, self.clock.now())
        work.journal.append("qr-scanned", f"qr/{found.digest.hex()}", f"person {account}", {"by": means})
        return found
