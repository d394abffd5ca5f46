"""Confirm or refuse what a code asks for."""

from dataclasses import dataclass

from idp.factors.device_key import CONFIRM, REFUSE, DeviceKeyFactor, SignedAct
from idp.factors.qr import QrFactor, require_match
from idp.model.challenge import digest_of
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork, UnitOfWork
from trust.values.assurance import HIGHEST, Rank


@dataclass(frozen=True, slots=True)
class ConfirmQr:
    """Let the browser in that shows a code, when its number is named; or turn it away."""

    new_work: NewWork
    clock: Clock
    qr: QrFactor
    device_keys: DeviceKeyFactor

    def __call__(self, code: str, account: str, number: int, cap: Rank) -> None:
        """Confirm in a signed-in browser.

        Args:
            code: the id.
            account: who confirms.
            number: what the other screen shows.
            cap: how surely this session was entered, which the new one does not exceed.

        Raises:
            QrGone: the code does not wait for this account.
            QrMismatch: the other screen shows another number; the code is over.
        """
        with self.new_work() as work:
            right = self._confirm(work, code, account, number, cap, "session")
        require_match(right=right)

    def by_device(self, code: str, number: int, act: SignedAct) -> None:
        """Confirm in an app, which signs the number, the code, our origin, the relying platform and the instant.

        Raises:
            ProofRefused: not the signature of an enrolled key over these.
            QrGone: the code does not wait for this account.
            QrMismatch: the other screen shows another number; the code is over.
        """
        with self.new_work() as work:
            client = self.qr.get(work.db, code).client  # the one that waits, whatever the app believes
            action = f"{CONFIRM} {number:02}"
            key = self.device_keys.verify(work.db, act, action, code, client, self.clock.now())
            right = self._confirm(work, code, key.account, number, HIGHEST, f"key {key.id}")
        require_match(right=right)

    def refuse(self, code: str, account: str) -> None:
        """Refuse in a signed-in browser; raises QrGone."""
        with self.new_work() as work:
            self._refuse(work, code, account, "session")

    def refuse_by_device(self, code: str, act: SignedAct) -> None:
        """Refuse in an app; raises ProofRefused, QrGone."""
        with self.new_work() as work:
            client = self.qr.get(work.db, code).client
            key = self.device_keys.verify(work.db, act, REFUSE, code, client, self.clock.now())
            self._refuse(work, code, key.account, f"key {key.id}")

    def _confirm(self, work: UnitOfWork, code: str, account: str, number: int, cap: Rank, means: str) -> bool:
        right = self.qr.confirm(work.db, code, account, number, cap, self.clock.now())
        event = "qr-confirmed" if right else "qr-mismatched"
        facts = {"by": means, "cap": str(cap)}
        work.journal.append(event, f"qr/{digest_of(code).hex()}", f"person {account}", facts)
        return right

    def _refuse(self, work: UnitOfWork, code: str, account: str, means: str) -> None:
        self.qr.refuse(work.db, code, account, self.clock.now())
        work.journal.append("qr-refused", f"qr/{digest_of(code).hex()}", f"person {account}", {"by": means})
