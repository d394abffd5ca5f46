"""Forget visits and tickets that ran out."""

from dataclasses import dataclass

from idp.storage.legs import Legs
from idp.storage.tickets import WebTickets
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork


@dataclass(frozen=True, slots=True)
class ForgetTies:
    """Delete what nobody can redeem any more."""

    new_work: NewWork
    clock: Clock

    def __call__(self) -> int:
        """Return how many went."""
        at = self.clock.now()
        with self.new_work() as work:
            gone = Legs(work.db).forget(at) + WebTickets(work.db).forget(at)
            if gone:
                work.journal.append("ties-forgotten", "idp", "service idp", {"count": str(gone)})
        return gone
