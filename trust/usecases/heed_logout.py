"""The issuer says that a session ended, or all of a subject: end what began in it here.

Standard:
    OpenID Connect Back-Channel Logout 1.0, 2.6 and 2.7.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from trust.clock import Clock
from trust.storage.replay import Replays
from trust.storage.sign_ins import SignIns
from trust.storage.unit_of_work import NewWork
from trust.values.sign_in import LogoutNotice, LogoutRefused

LOGOUT: Final = "logout"
ENDED_SID: Final = "ended-sid"  # read when a sign-in completes: the notice may have been faster
REMEMBERED: Final = timedelta(minutes=10)  # longer than a code and a slow answer live


@dataclass(frozen=True, slots=True)
class HeedLogout:
    """Heed a notice that was verified, once."""

    new_work: NewWork
    clock: Clock

    def __call__(self, notice: LogoutNotice) -> int:
        """Return how many browsers were signed out.

        Raises:
            LogoutRefused: the notice came before.
        """
        at = self.clock.now()
        with self.new_work() as work:
            replays, sign_ins = Replays(work.db), SignIns(work.db)
            if not replays.take(LOGOUT, notice.identifier, notice.until, at):
                raise LogoutRefused("the notice came before")
            ended = 0
            if notice.sid is not None:
                replays.take(ENDED_SID, notice.sid, at + REMEMBERED, at)
                ended = sign_ins.end_sid(notice.sid, at)
            elif notice.subject is not None:
                ended = sign_ins.end_subject(notice.subject, at)
            about = f"sid:{notice.sid}" if notice.sid is not None else f"subject:{notice.subject}"
            work.journal.append("logout-heeded", about, "service issuer", {"ended": str(ended)})
        return ended
