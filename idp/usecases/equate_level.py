"""Say what a level of another identity system is worth here, or that it is worth nothing any more."""

from dataclasses import dataclass

from idp.errors import EquivalenceMissing
from idp.model.equivalence import Equivalence, EquivalenceMalformed
from idp.storage.levels import Levels
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import Rank
from trust.values.principal import Principal


@dataclass(frozen=True, slots=True)
class EquateLevel:
    """Record the worth of a foreign level from now on; without a rank it ends."""

    new_work: NewWork
    clock: Clock

    def __call__(
        self, scheme: str, level: str, rank: Rank | None, basis: str, by: Principal, *, treaty: bool = False
    ) -> int:
        """Return the number of the version of the levels that this makes.

        Raises:
            EquivalenceMalformed: a name or the document is missing, or more than 4 without a treaty.
            EquivalenceMissing: what should end is not there.
            LevelsChanged: somebody else changed the levels at the same moment.
        """
        if not basis.strip() or len(basis) > 200:
            raise EquivalenceMalformed("basis: wanted is a text of up to 200 characters")
        at = self.clock.now()
        with self.new_work() as work:
            levels = Levels(work.db)
            if rank is not None:
                levels.equate(Equivalence(scheme, level, rank, basis, at, treaty=treaty), str(by))
            elif not levels.end(scheme, level, at):
                raise EquivalenceMissing(f"there is no level {level!r} of {scheme!r}")
            number = levels.add(levels.text(), basis, str(by), at)
            facts = {"level": level, "rank": "" if rank is None else str(rank), "basis": basis, "version": str(number)}
            work.journal.append("level-equated" if rank is not None else "level-equation-ended", scheme, str(by), facts)
        return number
