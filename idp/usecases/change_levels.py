"""Set the table of levels; it counts from then on, for sessions that are open as well."""

from dataclasses import dataclass

from idp.model.ladder_data import LadderData, LevelsMalformed
from idp.storage.levels import Levels
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork
from trust.values.principal import Principal


@dataclass(frozen=True, slots=True)
class ChangeLevels:
    """Check a table of levels and make it the next version; the one that is in force already stays as it is."""

    new_work: NewWork
    clock: Clock

    def __call__(self, text: str, basis: str, by: Principal) -> tuple[int, bool]:
        """Return the number of the version, and whether it is new.

        Raises:
            LevelsMalformed: the table contradicts itself, or no document is named.
            LevelsChanged: somebody else changed it at the same moment.
        """
        if not basis.strip() or len(basis) > 200:
            raise LevelsMalformed("basis: wanted is a text of up to 200 characters")
        LadderData.parse(text)
        with self.new_work() as work:
            levels = Levels(work.db)
            if levels.text() == text:
                return levels.version(), False
            number = levels.add(text, basis, str(by), self.clock.now())
            work.journal.append("levels-changed", str(number), str(by), {"basis": basis})
        return number, True
