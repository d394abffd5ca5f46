"""End sessions whose time is over, and forget what is over for long."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from idp.oidc.back_channel import BackChannel
from idp.storage.grants import Grants
from idp.storage.interactions import Interactions
from idp.storage.pushed import PushedRequests
from idp.storage.sessions import Sessions
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork

KEPT: Final = timedelta(days=30)  # ended sessions, for whoever asks what happened
TOKENS_KEPT: Final = timedelta(days=1)  # tokens after their end, so that their use again is noticed


@dataclass(frozen=True, slots=True)
class EndDueSessions:
    """Run it every minute; each call does a bounded amount of work."""

    new_work: NewWork
    clock: Clock
    back_channel: BackChannel

    def __call__(self) -> int:
        """End and forget; returns how many sessions ended."""
        at = self.clock.now()
        with self.new_work() as work:
            sessions, grants = Sessions(work.db), Grants(work.db)
            over = [one for one in sessions.run_out(at) if sessions.end(one.sid, at, "expired")]
            for one in over:
                # A platform in use goes on refreshing until the absolute end, which is when its grants are revoked.
                if at >= one.stops_at:
                    grants.revoke_of_session(one.sid, at)
                facts = {"sid": one.sid, "why": "expired"}
                work.journal.append("session-ended", f"session/{one.sid}", "service idp", facts)
                self.back_channel.ended(work, one.sid, at)
            Interactions(work.db).forget_expired(at)
            PushedRequests(work.db).forget(at)
            grants.forget_expired(at - TOKENS_KEPT)
            sessions.forget_ended(at - KEPT)
        return len(over)
