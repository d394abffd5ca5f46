"""Narrow a mandate that somebody holds; what would be more takes a new one."""

from dataclasses import dataclass
from datetime import datetime

from idp.errors import LevelTooLow
from idp.errors_ties import MandateMissing, MandateOver
from idp.model.mandate import Mandate, Scope, least_level, managing
from idp.storage.mandates import Mandates
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import Rank


@dataclass(frozen=True, slots=True)
class ScopeMandate:
    """Take items, places, sureness or time away; it counts at once."""

    new_work: NewWork
    clock: Clock

    def __call__(
        self, account: str, level: Rank, mandate: str, scope: Scope, floor: Rank, cap: Rank, until: datetime | None
    ) -> Mandate:
        """Return the narrowed mandate.

        Raises:
            MandateMissing: no such mandate that this account manages.
            LevelTooLow: the session is not sure or fresh enough.
            MandateRefused: anything would be more than before.
            MandateOver: it has ended.
        """
        at = self.clock.now()
        with self.new_work() as work:
            mandates = Mandates(work.db)
            held = mandates.lock(mandate)
            manager = managing(mandates.of_grantee(account), held.body, at)
            if manager is None or not manager.manages(held, at):
                raise MandateMissing("there is no such mandate")
            if level < least_level(manager):
                raise LevelTooLow("changing a mandate takes a surer or fresher sign-in")
            less = held.narrowed(scope, floor, cap, until)
            if not mandates.narrow(less):
                raise MandateOver("this mandate has ended")
            facts = {"body": held.body, "items": str(len(scope.items)), "floor": str(floor), "cap": str(cap)}
            work.journal.append("mandate-narrowed", f"mandate/{mandate}", f"person {account}", facts)
        return less
