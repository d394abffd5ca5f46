"""Object to a change of phone: whoever was told of it, or is signed in, ends it."""

from dataclasses import dataclass

from idp.errors_ties import RecoveryMissing
from idp.model.recovery import Recovery, RecoveryState
from idp.sources.notices import Notices
from idp.storage.recoveries import Recoveries
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork


@dataclass(frozen=True, slots=True)
class CancelRecovery:
    """Let everything stay as it was."""

    new_work: NewWork
    clock: Clock
    notices: Notices

    def __call__(self, word: str) -> None:
        """Cancel with the word of a notice; raises RecoveryMissing."""
        with self.new_work() as work:
            found = Recoveries(work.db).find_by_word(word)
        self._cancel(found, "notice")

    def as_owner(self, account: str) -> None:
        """Cancel whatever waits for the account of a session; raises RecoveryMissing."""
        with self.new_work() as work:
            found = Recoveries(work.db).of(account, self.clock.now())
        self._cancel(found[0] if found else None, "session")

    def _cancel(self, found: Recovery | None, through: str) -> None:
        at = self.clock.now()
        with self.new_work() as work:
            if found is None or not Recoveries(work.db).end(found.id, RecoveryState.CANCELLED, at):
                raise RecoveryMissing("nothing waits here any more")
            facts = {"recovery": found.id, "through": through}
            work.journal.append("recovery-cancelled", found.account, f"person {found.account}", facts)
        self.notices.tell(found.account, "recovery-cancelled")
