"""The national platform, only played, for development: tickets are signed under a secret of this home."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from idp.errors_ties import TicketRefused
from idp.sources.national import VouchedPerson
from idp.sources.outside import Journey
from trust.clock import Clock

MAX_TICKET: Final = 4_000


@dataclass(frozen=True, slots=True)
class SimulatedNational:
    """Vouches for whoever says so. A home in production never builds one."""

    page: str
    secret: bytes = field(repr=False)
    clock: Clock
    scheme: str = "national"

    def address(self, journey: Journey) -> str:
        """Return the address of the simulator's page."""
        asked = {"back": journey.back, "state": journey.state, "nonce": journey.nonce}
        return f"{self.page}?{urlencode(asked)}"

    def ticket(self, target: str, nonce: str, level: str, person: Mapping[str, str], hops: int = 1) -> str:
        """Return the ticket with which the browser is sent back; `person` has id_type, number, name and phone."""
        said = {"ticket": secrets.token_urlsafe(16), "target": target, "nonce": nonce, "level": level, "hops": hops,
                "at": self.clock.now().timestamp(), **person}  # fmt: skip
        body = base64.urlsafe_b64encode(json.dumps(said).encode()).decode()
        return f"{body}.{self._mac(body)}"

    def redeem(self, ticket: str, journey: Journey) -> VouchedPerson:
        """Return what the ticket says; raises TicketRefused."""
        del journey
        body, _, mac = ticket.partition(".")
        if len(ticket) > MAX_TICKET or not hmac.compare_digest(mac.encode(), self._mac(body).encode()):
            raise TicketRefused("the ticket is not signed by the national platform")
        said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body))
        return VouchedPerson(**{**said, "at": datetime.fromtimestamp(said["at"], UTC)})

    def _mac(self, body: str) -> str:
        return hmac.digest(self.secret, f"national\0{body}".encode(), hashlib.sha256).hex()
