"""End a session, and with it what it granted."""

from dataclasses import dataclass

from idp.oidc.back_channel import BackChannel
from idp.storage.grants import Grants
from idp.storage.sessions import Sessions
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork


@dataclass(frozen=True, slots=True)
class EndSession:
    """Sign out."""

    new_work: NewWork
    clock: Clock
    back_channel: BackChannel

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
            self.back_channel.ended(work, sid, at)
        return True

    def all(self, account: str, but: str = "") -> int:
        """End every session of an account, that of the browser in hand left out; returns how many."""
        at = self.clock.now()
        with self.new_work() as work:
            sessions = Sessions(work.db)
            live = [one.sid for one in sessions.of_account(account, at) if one.sid != but]
            ended = [sid for sid in live if sessions.end(sid, at, "everywhere")]
            for sid in ended:
                Grants(work.db).revoke_of_session(sid, at)
                facts = {"sid": sid, "why": "everywhere"}
                work.journal.append("session-ended", f"session/{sid}", f"person {account}", facts)
                if but:
                    self.back_channel.ended(work, sid, at)  # one session goes on, so each of the others is named
            if not but:
                self.back_channel.all_ended(work, ended, at)
        return len(ended)
