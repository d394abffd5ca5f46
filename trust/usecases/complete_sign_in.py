"""Somebody comes back from the issuer: find out who, and begin a session of this browser."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from trust.clock import Clock
from trust.storage.replay import Replays
from trust.storage.sign_ins import Cookie, SignIn, SignIns
from trust.storage.unit_of_work import NewWork
from trust.values.principal import Principal
from trust.values.sign_in import ProofNotGiven, SignedIn, SignInRefused, TokenSource, Wish

ENDED_SID: Final = "ended-sid"  # also written by whoever heeds a logout


@dataclass(frozen=True, slots=True)
class SignInOrder:
    """What the issuer sent back, and what this browser had asked."""

    code: str = field(repr=False)
    verifier: str = field(repr=False)
    nonce: str = field(repr=False)
    wish: Wish = field(default_factory=Wish)
    previous: Cookie | None = None  # the session that this one takes the place of


@dataclass(frozen=True, slots=True)
class CompleteSignIn:
    """Begin a session under a name that nobody could have chosen before."""

    tokens: TokenSource
    new_work: NewWork
    clock: Clock
    lasts: timedelta

    def __call__(self, order: SignInOrder) -> tuple[Cookie, Principal]:
        """Return the cookie of the new session, and who it is.

        Raises:
            SignInRefused: the issuer's answer does not hold, or its session has ended meanwhile.
            ProofNotGiven: the level or freshness that was asked for was not reached; the old session stays.
            OutboundFailed: the issuer is out of reach.
        """
        signed = self.tokens.redeem(order.code, order.verifier, order.nonce)
        at = self.clock.now()
        if not order.wish.met(signed.principal, at):
            raise ProofNotGiven("the proof that this needs was not given")
        cookie = Cookie.fresh()
        with self.new_work() as work:
            if signed.sid and Replays(work.db).known(ENDED_SID, signed.sid, at):
                raise SignInRefused("the session has been signed out")
            sign_ins = SignIns(work.db)
            facts = {"sid": signed.sid, "level": str(signed.principal.level)}
            if order.previous is not None and sign_ins.end(order.previous, at):
                facts["instead-of"] = order.previous.name
            sign_ins.add(cookie, _session(cookie, signed, self.clock, self.lasts))
            work.journal.append("signed-in", cookie.name, str(signed.principal), facts)
        return cookie, signed.principal


def _session(cookie: Cookie, signed: SignedIn, clock: Clock, lasts: timedelta) -> SignIn:
    at = clock.now()
    tokens = {"id_token": signed.id_token, **({"refresh": signed.refresh} if signed.refresh else {})}
    return SignIn(signed.sid, signed.principal, cookie.seal(tokens), at, signed.until, at + lasts)
