"""End what was interrupted between its intent and its result: nothing of it left the house, so it is abandoned."""

from dataclasses import dataclass

from seal.storage.stampings import Stampings
from trust.clock import Clock
from trust.jobs.queue import Group
from trust.storage.unit_of_work import NewWork
from trust.values.principal import Principal


@dataclass(frozen=True, slots=True)
class ResolveStampings:
    """The handler of the job that every intent puts; a stamping that ended meanwhile is left as it is."""

    new_work: NewWork
    clock: Clock

    def __call__(self, group: Group) -> int:
        """Return how many stampings were abandoned."""
        at, by = self.clock.now(), str(Principal.service("seal-resolver"))
        with self.new_work() as work:
            work.jobs.finish(group)
            stampings = Stampings(work.db)
            ids = [stamping for job in group.jobs for stamping in job.payload["stampings"]]
            overdue = [one for one in stampings.get(ids) if one.is_overdue(at)]
            for one in overdue:
                stampings.end(one.abandoned("interrupted", at))
                work.journal.append("stamping-abandoned", one.id, by, {"reason": "interrupted"})
        return len(overdue)
