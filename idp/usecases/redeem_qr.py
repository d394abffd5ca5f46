"""Tell who confirmed the code that a browser shows."""

from dataclasses import dataclass

from idp.factors.possession import Shown
from idp.factors.qr import QrFactor
from idp.model.qr_login import QrLogin, QrState
from trust.clock import Clock
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork


@dataclass(frozen=True, slots=True)
class RedeemQr:
    """Look how far a code has come, and use it once."""

    database: Database
    new_work: NewWork
    clock: Clock
    qr: QrFactor

    def look(self, code: str, browser: bytes) -> QrLogin | None:
        """Return the code to the browser that shows it; None to another one."""
        with self.database.reading() as db:
            return self.qr.look(db, code, browser)

    def state(self, code: str, browser: bytes) -> QrState:
        """Return how far a code has come; of another browser's it is said that it expired."""
        found = self.look(code, browser)
        return QrState.EXPIRED if found is None else found.state(self.clock.now())

    def __call__(self, code: str, browser: bytes) -> Shown:
        """Return who confirmed, and how sure the new session may be.

        Raises:
            ProofRefused: nobody confirmed it in time, another browser shows it, or it was redeemed.
        """
        with self.new_work() as work:
            shown = self.qr.redeem(work.db, code, browser, self.clock.now())
            facts = {"cap": str(shown.cap)}
            work.journal.append("qr-redeemed", f"qr/{shown.credential}", f"person {shown.account}", facts)
        return shown
