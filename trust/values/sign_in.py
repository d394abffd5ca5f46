"""What an issuer says of somebody who signed in, and the role of whoever asks it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from trust.errors import Kind, TrustError
from trust.values.assurance import UNPROVEN, Rank
from trust.values.principal import Principal


class SignInRefused(TrustError):
    """The issuer's answer is not one to the question that this browser asked, or does not hold."""

    kind, code = Kind.FORBIDDEN, "sign-in-refused"


class ProofNotGiven(TrustError):
    """Somebody signed in, but not as surely, or not as freshly, as was asked."""

    kind, code = Kind.FORBIDDEN, "proof-not-given"


class GrantOver(TrustError):
    """The issuer renews nothing any more: signed out there, revoked, or too long ago."""

    kind, code = Kind.UNAUTHENTICATED, "grant-over"


class LogoutRefused(TrustError):
    """A notice of logout that is not the issuer's, not for us, too old, or came before."""

    kind, code = Kind.MALFORMED, "logout-refused"


@dataclass(frozen=True, slots=True)
class Wish:
    """How surely and how freshly somebody has to be known."""

    rank: Rank = UNPROVEN
    within: timedelta | None = None

    def met(self, by: Principal, at: datetime) -> bool:
        fresh = self.within is None or (by.proven_at is not None and at - by.proven_at <= self.within)
        return by.level >= self.rank and fresh


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in, in which session of the issuer, until when that is fresh, and the tokens to go on with."""

    principal: Principal
    sid: str  # empty where the issuer names none
    until: datetime
    id_token: str = field(repr=False)
    refresh: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class LogoutNotice:
    """A notice of the issuer: one session ended, or all of a subject."""

    identifier: str
    until: datetime
    sid: str | None
    subject: str | None


class TokenSource(Protocol):
    """Whoever asks the issuer."""

    def redeem(self, code: str, verifier: str, nonce: str) -> SignedIn:
        """Return who signed in.

        Raises:
            SignInRefused: the issuer refuses the code, or its answer does not hold.
            OutboundFailed: the issuer is out of reach.
        """
        ...

    def renew(self, refresh: str) -> SignedIn:
        """Return who is signed in still.

        Raises:
            GrantOver: nobody.
            SignInRefused: the issuer's answer does not hold.
            OutboundFailed: the issuer is out of reach.
        """
        ...
