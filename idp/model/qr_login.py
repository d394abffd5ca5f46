"""A sign-in that waits in one browser for somebody who is known elsewhere: its states and who may move it on."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from trust.values.assurance import Rank

ID_BYTES: Final = 32
REDEEM_WITHIN: Final = timedelta(seconds=60)  # after the confirmation; the browser asks every other second


class QrState(Enum):
    """How far a code has come."""

    NEW = "new"
    SCANNED = "scanned"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    EXPIRED = "expired"
    REDEEMED = "redeemed"


@dataclass(frozen=True, slots=True)
class QrLogin:
    """A code and what became of it.

    Attributes:
        digest: SHA-256 of the id in the code.
        browser: digest of the cookie of the browser that shows it.
        client: the relying platform that waits, or empty.
        device: that browser in words.
        network: its address block, never the address.
        number: two digits that both screens show.
        until: until when it can be confirmed, then until when it can be redeemed.
        account: who scanned it.
        cap: the level of whoever confirmed, which the new session cannot exceed.
    """

    digest: bytes
    browser: bytes
    client: str
    device: str
    network: str
    number: int
    stored: QrState
    at: datetime
    until: datetime
    account: str | None = None
    cap: Rank | None = None
    decided_at: datetime | None = None

    def state(self, at: datetime) -> QrState:
        """Return the state; what nobody finished in time has expired."""
        waiting = self.stored in (QrState.NEW, QrState.SCANNED, QrState.CONFIRMED)
        return QrState.EXPIRED if waiting and at >= self.until else self.stored


def new_number() -> int:
    """Return two digits, the first of them no zero."""
    return 10 + secrets.randbelow(90)
