"""Who is told that a session ended, and what the token says."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from idp.model.client import Client
from idp.storage.logouts import Delivery, announce
from idp.storage.sessions import Sessions
from trust.storage.unit_of_work import UnitOfWork

EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
LIFE: Final = timedelta(minutes=2)
TYP: Final = "logout+jwt"


@dataclass(frozen=True, slots=True)
class BackChannel:
    """Announces the end of sessions to the clients they had signed in to.

    Args:
        find: a client in use.

    Standard:
        OpenID Connect Back-Channel Logout 1.0, 2.2 to 2.7.
    """

    find: Callable[[str], Client | None] = field(repr=False)

    def ended(self, work: UnitOfWork, sid: str, at: datetime) -> int:
        """Tell of one session; returns how many clients will hear of it."""
        told = 0
        for visit in Sessions(work.db).visits(sid):
            if address_of(self.find(visit.client)):
                announce(work, secrets.token_hex(16), visit.client, sid, visit.sub, at)
                told += 1
        return told

    def all_ended(self, work: UnitOfWork, sids: list[str], at: datetime) -> int:
        """Tell each client once that every session of its subject ended."""
        visits = {(one.client, one.sub) for sid in sids for one in Sessions(work.db).visits(sid)}
        hearing = sorted(one for one in visits if address_of(self.find(one[0])))
        for client, sub in hearing:
            announce(work, secrets.token_hex(16), client, "", sub, at)
        return len(hearing)


def address_of(client: Client | None) -> str:
    """Return where a client listens, or the empty text."""
    return "" if client is None else str(client.metadata.get("backchannel_logout_uri", ""))


def claims(issuer: str, delivery: Delivery, at: datetime) -> dict[str, Any]:
    """Return what a logout token says: never a nonce, and the session only where it is about one."""
    said: dict[str, Any] = {
        "iss": issuer, "aud": delivery.client, "iat": int(at.timestamp()), "exp": int((at + LIFE).timestamp()),
        "jti": delivery.id, "events": {EVENT: {}}, "sub": delivery.sub,
    }  # fmt: skip
    return said | {"sid": delivery.sid} if delivery.sid else said
