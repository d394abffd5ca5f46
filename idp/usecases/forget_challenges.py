"""Forget challenges and codes that nobody can answer any more."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from idp.storage.challenges import Challenges
from idp.storage.qr_logins import QrLogins
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork

SHOWN_FOR: Final = timedelta(minutes=10)  # a page that waits is told for so long that its code expired


@dataclass(frozen=True, slots=True)
class ForgetChallenges:
    """Delete what is over."""

    new_work: NewWork
    clock: Clock

    def __call__(self) -> int:
        """Return how many went."""
        at = self.clock.now()
        with self.new_work() as work:
            gone = Challenges(work.db).forget(at) + QrLogins(work.db).forget(at - SHOWN_FOR)
            if gone:
                work.journal.append("challenges-forgotten", "idp", "service idp", {"count": str(gone)})
        return gone
