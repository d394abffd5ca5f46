"""Make ten recovery codes."""

from dataclasses import dataclass, replace

from idp.factors import recovery_code
from idp.model.assurance import Standing
from idp.model.sensitive import permit_sensitive
from idp.sources.notices import Notices
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import Rank

LEAST = Rank(2)  # a code stands in for a second factor, so a password alone makes none


@dataclass(frozen=True, slots=True)
class MakeRecoveryCodes:
    """Replace the codes that an owner has on paper."""

    new_work: NewWork
    clock: Clock
    notices: Notices

    def __call__(self, account: str, standing: Standing) -> tuple[str, ...]:
        """Return the codes, to be shown once.

        Raises:
            LevelTooLow: the sign-in is too weak or too long ago.
        """
        at = self.clock.now()
        permit_sensitive(replace(standing, level=standing.al), LEAST, at)
        with self.new_work() as work:
            codes = recovery_code.make(work.db, account, at)
            facts = {"codes": str(len(codes))}
            work.journal.append("recovery-codes-made", account, f"person {account}", facts)
        self.notices.tell(account, "recovery-codes-made")
        return codes
