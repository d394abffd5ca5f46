"""Accept a mandate: without the grantee's word nobody acts for a body."""

from dataclasses import dataclass

from idp.errors import LevelTooLow
from idp.errors_ties import MandateMissing, MandateOver
from idp.model.mandate import Mandate, MandateRole
from idp.storage.mandates import Mandates
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import Rank


@dataclass(frozen=True, slots=True)
class AcceptMandate:
    """Say yes to an offer, for oneself or, as one who manages it, for the agent body."""

    new_work: NewWork
    clock: Clock

    def __call__(self, account: str, level: Rank, mandate: str) -> Mandate:
        """Return the mandate that counts from now on.

        Raises:
            MandateMissing: no such offer to this account.
            LevelTooLow: the session is below what the mandate wants of whoever acts.
            MandateOver: accepted already, withdrawn, or too late.
        """
        at = self.clock.now()
        with self.new_work() as work:
            mandates = Mandates(work.db)
            offered = mandates.lock(mandate)
            if account not in self._deciders(mandates, offered):
                raise MandateMissing("there is no such mandate")
            if level < offered.floor:
                raise LevelTooLow("accepting takes the sureness that acting takes")
            if not offered.acceptable(at) or not mandates.accept(mandate, account, at):
                raise MandateOver("this offer does not stand any more")
            work.journal.append("mandate-accepted", f"mandate/{mandate}", f"person {account}", {"body": offered.body})
            return mandates.get(mandate)

    def _deciders(self, mandates: Mandates, offered: Mandate) -> set[str]:
        if offered.role is not MandateRole.AGENT_BODY:
            return {offered.grantee}
        heads = (MandateRole.LEGAL_REPRESENTATIVE, MandateRole.ADMINISTRATOR)
        at = self.clock.now()
        return {one.grantee for one in mandates.of_body(offered.grantee) if one.role in heads and one.live(at)}
