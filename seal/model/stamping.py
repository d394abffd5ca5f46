"""One stamping from its intent to its end: Intended → Completed or Abandoned, and an abandoned one may be tried anew."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Final, Self

from seal.errors import TransitionRefused
from seal.model.seal import SealId

# Longer than any cipher machine or time-stamp authority takes; what still stands as intended then was interrupted.
LONGEST: Final = timedelta(minutes=2)


class StampingState(Enum):
    """Where in its life a stamping is."""

    INTENDED = "intended"
    COMPLETED = "completed"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class Stamping:
    """What somebody ordered, what was going to be signed, and what came of it.

    Attributes:
        id: ours.
        by: who ordered it, as the journal writes it.
        key: the orderer's idempotency key; with `by` it makes the order one and the same.
        order: SM3 of everything that was ordered, hex.
        data_hash: SM3 of the Signature.xml that this attempt signs, hex.
        attempt: 1, 2, 3 …; an attempt that was abandoned can no longer end well.
        address: the sealed file in the object store.
    """

    id: str
    by: str
    key: str
    order: str
    seal: SealId
    revision: int  # of the seal
    signature_id: str
    data_hash: str
    intended_at: datetime
    attempt: int = 1
    state: StampingState = StampingState.INTENDED
    ended_at: datetime | None = None
    address: str | None = None
    reason: str | None = None

    def completed(self, address: str, at: datetime) -> Self:
        """Return the stamping done, its file kept at this address."""
        self._insist_on(StampingState.INTENDED)
        return replace(self, state=StampingState.COMPLETED, ended_at=at, address=address)

    def abandoned(self, reason: str, at: datetime) -> Self:
        """Return the stamping given up."""
        self._insist_on(StampingState.INTENDED)
        return replace(self, state=StampingState.ABANDONED, ended_at=at, reason=reason)

    def again(self, fresh: Self) -> Self:
        """Return a new attempt at an abandoned one, under its id."""
        self._insist_on(StampingState.ABANDONED)
        return replace(fresh, id=self.id, attempt=self.attempt + 1)

    def is_overdue(self, at: datetime) -> bool:
        """Tell whether whoever intended it must have been interrupted."""
        return self.state is StampingState.INTENDED and at >= self.intended_at + LONGEST

    def _insist_on(self, state: StampingState) -> None:
        if self.state is not state:
            raise TransitionRefused(f"stamping {self.id} is {self.state.value}, not {state.value}")
