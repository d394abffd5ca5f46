"""End mandates whose time is over, with everything that hung on them."""

from dataclasses import dataclass

from idp.storage.actings import Actings
from idp.storage.mandates import Mandates
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork


@dataclass(frozen=True, slots=True)
class EndDueMandates:
    """Write down what the time has ended already: nobody acts under a mandate after its last instant."""

    new_work: NewWork
    clock: Clock

    def __call__(self) -> int:
        """Return how many ended."""
        at, ended = self.clock.now(), 0
        with self.new_work() as work:
            for one in Mandates(work.db).run_out(at):
                if Mandates(work.db).end(one.id, "run-out", at):
                    ended += 1
                    facts = {"body": one.body, "why": "run-out", "grants": str(Actings(work.db).cut(one.id, at))}
                    work.journal.append("mandate-ended", f"mandate/{one.id}", "service idp", facts)
        return ended
