"""Forget failed tries and sent codes that no longer count."""

from dataclasses import dataclass

from idp.factors.throttle import Throttle
from idp.storage.sent_codes import SentCodes
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork


@dataclass(frozen=True, slots=True)
class ForgetFailures:
    """Delete what is over."""

    new_work: NewWork
    clock: Clock

    def __call__(self) -> int:
        """Return how many went."""
        at = self.clock.now()
        with self.new_work() as work:
            gone = Throttle(work.db).forget(at) + SentCodes(work.db).forget(at)
            if gone:
                work.journal.append("failures-forgotten", "idp", "service idp", {"count": str(gone)})
        return gone
