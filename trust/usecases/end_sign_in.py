"""Somebody signs out at a page of this home."""

from dataclasses import dataclass

from trust.clock import Clock
from trust.storage.sign_ins import Cookie, SignIns
from trust.storage.unit_of_work import NewWork


@dataclass(frozen=True, slots=True)
class EndSignIn:
    """End the session of one browser here; the issuer is told by the browser itself."""

    new_work: NewWork
    clock: Clock

    def __call__(self, cookie: Cookie) -> str | None:
        """Return the ID token to show the issuer, None when the session had ended before."""
        at = self.clock.now()
        with self.new_work() as work:
            sign_ins = SignIns(work.db)
            found = sign_ins.find(cookie, at)
            if found is None or not sign_ins.end(cookie, at):
                return None
            work.journal.append("signed-out", cookie.name, str(found.principal), {"sid": found.sid})
        return cookie.open(found.sealed).get("id_token")
