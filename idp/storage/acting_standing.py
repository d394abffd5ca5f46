"""How sure we are now of a session that acts for a body: asked when it switches, and at every authorization after."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from idp.model.assurance import Evidence, Standing
from idp.model.ladder import Ladder
from idp.model.session import Session
from idp.storage.actings import Acting, Actings
from idp.storage.evidence import EvidenceRecords
from trust.values.assurance import Rank

BodyEvidence = Callable[[Connection, str, datetime], Sequence[Evidence]]  # what is proved about a body now


@dataclass(frozen=True, slots=True)
class ActingStanding:
    """Under what a session acts, and what it is worth so."""

    acting: Acting
    standing: Standing

    @property
    def enough(self) -> bool:
        """Whether the mandate lets somebody act who is known so surely."""
        return self.standing.level >= max(self.acting.floor, Rank(1))


def acting_standing(
    db: Connection, ladder: Ladder, session: Session, mandate: str, body_evidence: BodyEvidence, at: datetime
) -> ActingStanding | None:
    """Return how a session stands under a mandate; None when that counts no more, or not for its account."""
    acting = Actings(db).find(mandate, session.account, at)
    if acting is None:
        return None
    body = body_evidence(db, acting.body, at)
    evidence = EvidenceRecords(db).of(session.account, at)
    cap = min(session.cap, acting.cap)
    return ActingStanding(acting, ladder.acting(body, evidence, session.proofs, at, cap))
