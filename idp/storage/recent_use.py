"""What an account used of late, as a question: which of these platforms were they?"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select

from idp.errors import TooManyAttempts
from idp.model.client import ClientState
from idp.model.recovery import CHOICES, LEAST_USED, RECENT, TRIES_A_DAY
from idp.storage.tables import clients as c
from idp.storage.tables import sessions as s
from idp.storage.tables import visits as v
from trust.storage.replay import Replays

_USED = (
    select(v.c.client)
    .join_from(v, s, v.c.sid == s.c.sid)
    .where(s.c.account == bindparam("of_account"), v.c.last_at > bindparam("since"))
    .distinct()
)
_ALL = select(c.c.id).where(c.c.state == ClientState.ACTIVE.value).order_by(c.c.id).limit(1_000)


@dataclass(frozen=True, slots=True)
class RecentUse:
    """Asks and marks; the platforms named beside the used ones are the same each time, so that asking twice tells nothing."""

    db: Connection
    secret: bytes = field(repr=False)

    def choices(self, account: str, at: datetime) -> Sequence[str]:
        """Return platforms, used ones among them; none when too little was used to ask."""
        used = self._used(account, at)
        if len(used) < LEAST_USED:
            return ()
        others = [one for one in self.db.execute(_ALL).scalars() if one not in used]
        picked = self._ordered(account, used)[: CHOICES // 2]
        picked += self._ordered(account, others)[: CHOICES - len(picked)]
        return self._ordered(account, picked) if len(picked) == CHOICES else ()

    def right(self, account: str, named: Iterable[str], at: datetime) -> bool:
        """Whether exactly the used ones of the choices were named.

        Raises:
            TooManyAttempts: it was tried often enough today.
        """
        choices = self.choices(account, at)
        if not choices:
            return False
        until = at + timedelta(days=1)
        tries = Replays(self.db)
        if not any(tries.take("recovery-try", f"{account}:{one}", until, at) for one in range(TRIES_A_DAY)):
            raise TooManyAttempts("tried often enough today")
        return set(named) == set(choices) & self._used(account, at)

    def _used(self, account: str, at: datetime) -> set[str]:
        return set(self.db.execute(_USED, {"of_account": account, "since": at - RECENT}).scalars())

    def _ordered(self, account: str, names: Iterable[str]) -> list[str]:
        def key(name: str) -> bytes:
            return hmac.digest(self.secret, f"recent\0{account}\0{name}".encode(), hashlib.sha256)

        return sorted(names, key=key)
