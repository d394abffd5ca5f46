"""One issuance from its intent to its end: Intended → Completed or Abandoned, and an abandoned one may be tried anew."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Final, Self

from licence.errors import TransitionRefused
from licence.formats.identifier import LicenceIdentifier

# Longer than any group takes with slow machines; what still stands as intended then was interrupted.
LONGEST: Final = timedelta(minutes=2)


class IssuanceState(Enum):
    """Where in its life an issuance is."""

    INTENDED = "intended"
    COMPLETED = "completed"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class Issuance:
    """Who ordered a licence, under which number it was to be issued, and what came of it.

    Attributes:
        id: ours.
        by: who ordered it, as the journal writes it.
        business_number: the orderer's; with `by` it makes the order one and the same.
        order: keyed digest of everything that was ordered, hex.
        identifier: of this attempt alone; the number of an abandoned attempt is never used again, because a file with
            it may have been sealed.
        attempt: 1, 2, 3 …; an attempt that was abandoned can no longer end well.
        address: the licence's file in the object store.
    """

    id: str
    by: str
    business_number: str
    order: str
    identifier: LicenceIdentifier
    type_version: int
    intended_at: datetime
    attempt: int = 1
    state: IssuanceState = IssuanceState.INTENDED
    ended_at: datetime | None = None
    address: str | None = None
    reason: str | None = None

    @property
    def sealing_key(self) -> str:
        """The idempotency key under which this attempt's file is sealed."""
        return f"licence {self.id} {self.attempt}"

    def completed(self, address: str, at: datetime) -> Self:
        """Return the issuance done, its file kept at this address."""
        self._insist_on(IssuanceState.INTENDED)
        return replace(self, state=IssuanceState.COMPLETED, ended_at=at, address=address)

    def abandoned(self, reason: str, at: datetime) -> Self:
        """Return the issuance given up."""
        self._insist_on(IssuanceState.INTENDED)
        return replace(self, state=IssuanceState.ABANDONED, ended_at=at, reason=reason)

    def again(self, fresh: Self) -> Self:
        """Return a new attempt at an abandoned one, under its id and with a new number."""
        self._insist_on(IssuanceState.ABANDONED)
        return replace(fresh, id=self.id, attempt=self.attempt + 1)

    def is_overdue(self, at: datetime) -> bool:
        """Tell whether whoever intended it must have been interrupted."""
        return self.state is IssuanceState.INTENDED and at >= self.intended_at + LONGEST

    def _insist_on(self, state: IssuanceState) -> None:
        if self.state is not state:
            raise TransitionRefused(f"issuance {self.id} is {self.state.value}, not {state.value}")
