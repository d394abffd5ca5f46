"""Take back what a platform was allowed to know."""

from dataclasses import dataclass

from idp.storage.grants import Grants
from idp.storage.interactions import Consents
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork


@dataclass(frozen=True, slots=True)
class WithdrawConsent:
    """End every consent of an account to a client, and every token that came of it."""

    new_work: NewWork
    clock: Clock

    def __call__(self, account: str, client: str) -> None:
        """Withdraw; a platform that had nothing is left alone."""
        at = self.clock.now()
        with self.new_work() as work:
            ended = Consents(work.db).withdraw(account, client, at)
            revoked = Grants(work.db).revoke_of(account, client, at)
            if ended or revoked:
                facts = {"client": client, "consents": str(ended), "grants": str(revoked)}
                work.journal.append("consent-withdrawn", f"client/{client}", f"person {account}", facts)
