"""End what was interrupted between its intent and its result: nothing of it left the house, so it is abandoned."""

from dataclasses import dataclass

from licence.storage.issuances import Issuances
from trust.clock import Clock
from trust.jobs.queue import Group
from trust.storage.unit_of_work import NewWork
from trust.values.principal import Principal


@dataclass(frozen=True, slots=True)
class ResolveIssuances:
    """The handler of the job that every intent puts; an issuance that ended meanwhile is left as it is."""

    new_work: NewWork
    clock: Clock

    def __call__(self, group: Group) -> int:
        """Return how many issuances were abandoned."""
        at, by = self.clock.now(), str(Principal.service("licence-resolver"))
        with self.new_work() as work:
            work.jobs.finish(group)
            issuances = Issuances(work.db)
            ids = [issuance for job in group.jobs for issuance in job.payload["issuances"]]
            overdue = [one for one in issuances.get(ids) if one.is_overdue(at)]
            for one in overdue:
                issuances.end(one.abandoned("interrupted", at))
                work.journal.append("licence-abandoned", one.id, by, {"reason": "interrupted"})
        return len(overdue)
