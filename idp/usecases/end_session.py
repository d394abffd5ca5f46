"""End a session, and with it what it granted."""

from dataclasses import dataclass

from idp.storage.grants import Grants
from idp.storage.sessions import Sessions
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork


@dataclass(frozen=True, slots=True)
class EndSession:
    """Sign out."""

    new_work: NewWork
    clock: Clock

    def __call__(self, sid: str, account: str, why: str = "logout") -> bool:
        """End a session of an account; tells whether it was this call that did.

        Standard:
            OpenID Connect RP-Initiated Logout 1.0, 2; what outlives sessions (offline_access) stays.
        """
        at = self.clock.now()
        with self.new_work() as work:
            sessions = Sessions(work.db)
            found = sessions.find_by_sid(sid)
            if found is None or found.account != account or not sessions.end(sid, at, why):
                return False
            revoked = Grants(work.db).revoke_of_session(sid, at)
            facts = {"sid": sid, "why": why, "grants": str(revoked)}
            work.journal.append("session-ended", f"session/{sid}", f"person {account}", facts)
        return True

    def all(self, account: str, but: str = "") -> int:
        """End every session of an account, that of the browser in hand left out; returns how many."""
        with self.new_work() as work:
            sids = [one.sid for one in Sessions(work.db).of_account(account, self.clock.now()) if one.sid != but]
        return sum(self(sid, account, "everywhere") for sid in sids)
