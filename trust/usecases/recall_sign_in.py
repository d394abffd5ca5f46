"""A browser comes again: who it is, asked of the issuer anew whenever the last answer has become stale."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from trust.clock import Clock
from trust.errors import TrustError
from trust.net.errors import OutboundFailed
from trust.storage.database import Database
from trust.storage.sign_ins import Cookie, SignIn, SignIns
from trust.storage.unit_of_work import NewWork
from trust.values.principal import Principal
from trust.values.sign_in import GrantOver, SignInRefused, TokenSource

LEASE: Final = timedelta(seconds=10)  # after that the process that renews is taken for dead
WAIT_SECONDS: Final = 3.0
_PAUSE_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class RecallSignIn:
    """Recall who a browser is.

    Two requests of one browser never renew side by side: the second use of a refresh token would look like a theft.
    """

    tokens: TokenSource
    database: Database
    new_work: NewWork
    clock: Clock

    def __call__(self, cookie: Cookie) -> Principal | None:
        """Return who it is, None when nobody is signed in any more.

        Raises:
            OutboundFailed: the issuer is out of reach, and the last answer is too old to act on.
        """
        until = time.monotonic() + WAIT_SECONDS
        while True:
            at = self.clock.now()
            with self.database.reading() as db:
                found = SignIns(db).find(cookie, at)
            if found is None or at < found.fresh_until:
                return found.principal if found else None
            lease = at + LEASE
            with self.new_work() as work:
                mine = SignIns(work.db).claim(cookie, found, lease, at)
            if mine:
                return self._renew(cookie, found, lease)
            if time.monotonic() > until:
                raise OutboundFailed("the issuer does not answer another request of this browser")
            time.sleep(_PAUSE_SECONDS)

    def _renew(self, cookie: Cookie, found: SignIn, lease: datetime) -> Principal | None:
        refresh = cookie.open(found.sealed).get("refresh")
        if refresh is None:
            return self._end(cookie, found, "nothing-to-renew")
        try:
            signed = self.tokens.renew(refresh)
        except GrantOver:
            return self._end(cookie, found, "grant-over")
        except SignInRefused:
            return self._end(cookie, found, "answer-refused")
        except TrustError:
            with self.new_work() as work:
                SignIns(work.db).release(cookie, lease)
            raise
        if signed.principal.subject != found.principal.subject or signed.sid not in ("", found.sid):
            return self._end(cookie, found, "another-subject")
        # The ID token of the sign-in stays: it is what the issuer is shown at sign-out.
        tokens = {**cookie.open(found.sealed), "refresh": signed.refresh or refresh}
        with self.new_work() as work:
            kept = SignIns(work.db).keep(cookie, signed.principal, cookie.seal(tokens), signed.until, lease)
        return signed.principal if kept else None

    def _end(self, cookie: Cookie, found: SignIn, why: str) -> Principal | None:
        with self.new_work() as work:
            if SignIns(work.db).end(cookie, self.clock.now()):
                work.journal.append("sign-in-ended", cookie.name, str(found.principal), {"why": why})
        return None
