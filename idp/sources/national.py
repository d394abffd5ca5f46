"""Identity systems that vouch for their own sign-ins: the national platform, and other provinces."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from idp.errors_ties import TicketRefused
from idp.sources.outside import Journey

TICKET_LIFE: Final = timedelta(seconds=60)
SKEW: Final = timedelta(seconds=5)
PERSONS: Final = frozenset({"111", "511", "516"})  # GB/T 36903; passports of several countries may share a number


@dataclass(frozen=True, slots=True)
class VouchedPerson:
    """What a system says of whoever signed in there, after its signature was verified."""

    ticket: str = field(repr=False)  # its identifier, which counts once
    target: str  # for whom it was made
    nonce: str = field(repr=False)  # of the browser's visit
    at: datetime
    level: str  # in that system's words
    hops: int  # how many systems stand between that sign-in and us, itself included
    id_type: str
    number: str = field(repr=False)
    name: str = field(repr=False)
    phone: str = field(default="", repr=False)
    method: str = "national"

    def permit(self, target: str, journey: Journey, at: datetime) -> None:
        """Let it count for this visit.

        Raises:
            TicketRefused: for another target or browser, run out, or of a person whose document is not matched.
        """
        if self.target != target or self.nonce != journey.nonce:
            raise TicketRefused("the ticket is for somebody else")
        if not -SKEW <= at - self.at <= TICKET_LIFE:
            raise TicketRefused("the ticket ran out")
        if self.id_type not in PERSONS or not self.number or not self.name.strip():
            raise TicketRefused("the ticket names nobody whose document is matched here")


class Vouching(Protocol):
    """One identity system."""

    @property
    def scheme(self) -> str:
        """The name under which its levels are mapped."""

    def address(self, journey: Journey) -> str:
        """Return where the browser is sent."""

    def redeem(self, ticket: str, journey: Journey) -> VouchedPerson:
        """Exchange a ticket for what the system says, server to server; raises TicketRefused."""
