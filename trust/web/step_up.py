"""Acts that need a surer or fresher proof of who calls, and the answer that says so.

Standard:
    RFC 9470, 3 authentication requirements challenge; ASVS 7.5.3.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

from starlette.requests import Request

from trust.clock import Clock
from trust.values.assurance import UNPROVEN, Rank
from trust.values.principal import Principal
from trust.web.challenge import Challenged, ScopeMissing

ACR_PREFIX: Final = "urn:cn-gov:loa:l"


class Callers(Protocol):
    """Whoever tells from a request who calls: by an access token, or by the session of a browser."""

    @property
    def clock(self) -> Clock:
        """What time it is for them."""
        ...

    def principal(self, request: Request) -> Principal:
        """Return who calls; raises Challenged."""
        ...


class StepUpNeeded(Challenged):
    """Who calls is known, but not surely enough, or it was proven too long ago."""

    code, error = "insufficient-user-authentication", "insufficient_user_authentication"

    def __init__(self, rank: Rank, within: timedelta | None = None, prefix: str = ACR_PREFIX) -> None:
        super().__init__("a surer or fresher proof of who you are is needed")
        self.rank: Final = rank
        self.within: Final = within
        self.prefix: Final = prefix

    def parameters(self) -> dict[str, str]:
        said = {**super().parameters(), "acr_values": f"{self.prefix}{self.rank}"}
        if self.within is not None:
            said["max_age"] = str(int(self.within.total_seconds()))
        return said


def permit(by: Principal, rank: Rank, within: timedelta | None, at: datetime, prefix: str = ACR_PREFIX) -> None:
    """Let pass whoever is known surely enough, and proved it recently enough.

    Raises:
        StepUpNeeded: the level is too low, or was proven before `within`.
    """
    stale = within is not None and (by.proven_at is None or at - by.proven_at > within)
    if by.level < rank or stale:
        raise StepUpNeeded(rank, within, prefix)


def require(
    callers: Callers, rank: Rank = UNPROVEN, *, within: timedelta | None = None, scope: str | None = None
) -> Callable[[Request], Principal]:
    """A dependency that gives who calls, for `Depends`.

    Raises (when asked):
        TokenMissing, TokenInvalid: nobody we know.
        ScopeMissing: the client may not.
        StepUpNeeded: the person must prove more first.
    """

    def caller(request: Request) -> Principal:
        by = callers.principal(request)
        if scope is not None and scope not in by.scopes:
            raise ScopeMissing(scope)
        permit(by, rank, within, callers.clock.now())
        return by

    return caller
