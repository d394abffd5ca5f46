"""Freeze, thaw and cancel seals: once it is acknowledged, nothing is sealed with a frozen or cancelled seal."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from seal.model.seal import Seal, SealId
from seal.storage.seals import Seals
from trust.storage.unit_of_work import NewWork
from trust.values.principal import Principal

REVOKE: Final = "seal.sealer-revocation"  # the kind of job that follows a cancellation


class Step(Enum):
    """What is done to a seal; the value is the name of the event in the journal."""

    FREEZE = "seal-frozen"
    THAW = "seal-thawed"
    CANCEL = "seal-cancelled"


@dataclass(frozen=True, slots=True)
class ChangeSeal:
    """Take one step in a seal's life; after a cancellation a job revokes the sealer's certificate."""

    new_work: NewWork

    def __call__(self, seal: SealId, step: Step, reason: str, by: Principal) -> Seal:
        with self.new_work() as work:
            seals = Seals(work.db)
            after = _taken(seals.unchanged(seals.get(seal)), step)
            seals.save(after)
            work.journal.append(step.value, str(seal), str(by), {"reason": reason, "revision": str(after.revision)})
            if step is Step.CANCEL and after.certificate:
                work.jobs.put(REVOKE, seal.text, {"seal": seal.text})
        return after


def _taken(seal: Seal, step: Step) -> Seal:
    match step:
        case Step.FREEZE:
            return seal.frozen()
        case Step.THAW:
            return seal.thawed()
        case Step.CANCEL:
            return seal.cancelled()
