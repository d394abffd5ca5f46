"""End a mandate at once: the body takes it back, or whoever holds it gives it up."""

from dataclasses import dataclass

from idp.errors import LevelTooLow
from idp.errors_ties import MandateMissing, MandateOver
from idp.model.mandate import MandateRole, managing
from idp.storage.actings import Actings
from idp.storage.mandates import Mandates
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import Rank

LEAST = Rank(2)


@dataclass(frozen=True, slots=True)
class EndMandate:
    """Revoke, decline or give up; sessions and tokens under the mandate end with it."""

    new_work: NewWork
    clock: Clock

    def __call__(self, account: str, level: Rank, mandate: str) -> None:
        """End it.

        To take something away is asked less of than to give it: a real-name session is enough.

        Raises:
            MandateMissing: no such mandate that this account holds or manages.
            LevelTooLow: the session is below l2.
            MandateOver: it has ended.
        """
        if level < LEAST:
            raise LevelTooLow("ending a mandate takes a real-name sign-in")
        at = self.clock.now()
        with self.new_work() as work:
            mandates = Mandates(work.db)
            held = mandates.lock(mandate)
            manager = managing(mandates.of_grantee(account), held.body, at)
            own = held.grantee == account and held.role is not MandateRole.LEGAL_REPRESENTATIVE
            agent = held.role is MandateRole.AGENT_BODY and managing(mandates.of_grantee(account), held.grantee, at)
            if not own and not agent and (manager is None or not manager.manages(held, at)):
                raise MandateMissing("there is no such mandate")
            why = "given-up" if own or agent else "revoked"
            if not mandates.end(mandate, why, at):
                raise MandateOver("this mandate has ended")
            revoked = Actings(work.db).cut(mandate, at)
            facts = {"body": held.body, "why": why, "grants": str(revoked)}
            work.journal.append("mandate-ended", f"mandate/{mandate}", f"person {account}", facts)
