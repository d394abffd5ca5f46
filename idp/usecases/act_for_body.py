"""Switch a session to a body and back; each authorization after that is one of its own, under the body's subject."""

from dataclasses import dataclass, replace

from idp.errors import LevelTooLow, SessionEnded
from idp.errors_ties import MandateMissing
from idp.storage.acting_standing import ActingStanding, BodyEvidence, acting_standing
from idp.storage.actings import Actings
from idp.storage.levels import Levels
from idp.storage.sessions import Sessions
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork


@dataclass(frozen=True, slots=True)
class ActForBody:
    """Let the user of a session act under a mandate."""

    new_work: NewWork
    clock: Clock
    body_evidence: BodyEvidence

    def __call__(self, sid: str, account: str, mandate: str) -> ActingStanding:
        """Switch to the body.

        Raises:
            SessionEnded: the session is over, or of another account.
            MandateMissing: no such mandate that counts now for this account.
            LevelTooLow: the mandate wants more than body, person and sign-in are worth now.
        """
        at = self.clock.now()
        with self.new_work() as work:
            sessions = Sessions(work.db)
            session = sessions.find_by_sid(sid)
            if session is None or session.account != account or not session.live(at):
                raise SessionEnded("the session is over")
            ladder = Levels(work.db).ladder()
            found = acting_standing(work.db, ladder, session, mandate, self.body_evidence, at)
            if found is None:
                raise MandateMissing("there is no such mandate")
            if not found.enough:
                raise LevelTooLow("acting for this body takes a surer sign-in, or more proved about it")
            if not sessions.save(replace(session, acting=mandate)):
                raise SessionEnded("the session is over")
            Actings(work.db).note(mandate, sid, account, at)
            facts = {"mandate": mandate, "sid": sid, "level": str(found.standing.level)}
            work.journal.append("acting-begun", f"body/{found.acting.body}", f"person {account}", facts)
        return found

    def stop(self, sid: str, account: str) -> None:
        """Switch back to the person; raises SessionEnded."""
        at = self.clock.now()
        with self.new_work() as work:
            session = Sessions(work.db).find_by_sid(sid)
            if session is None or session.account != account or not session.live(at):
                raise SessionEnded("the session is over")
            if session.acting is None:
                return
            Sessions(work.db).save(replace(session, acting=None))
            work.journal.append("acting-ended", f"mandate/{session.acting}", f"person {account}", {"sid": sid})
