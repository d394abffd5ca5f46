"""Getting back into an account: what proves enough for it, and how long the owner has to object."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from idp.errors_ties import RecoveryRefused
from idp.model.assurance import Proof
from trust.values.assurance import Rank
from trust.values.person import Phone

FRESH: Final = timedelta(minutes=10)
CHOICES: Final = 8  # platforms that are named, used ones among them
LEAST_USED: Final = 2
RECENT: Final = timedelta(days=90)
TRIES_A_DAY: Final = 3


class RecoveryState(Enum):
    """How far a recovery is."""

    WAITING = "waiting"
    DONE = "done"
    CANCELLED = "cancelled"


class Way(Enum):
    """How somebody shows to be the owner."""

    PHONE = "phone"  # a message to it, and what was used of late
    FACE = "face"
    CERTIFICATE = "certificate"
    WINDOW = "window"
    ADMINISTRATOR = "administrator"  # of the body, for its staff


_WORTH: Final = {Way.PHONE: Rank(2), Way.FACE: Rank(4), Way.CERTIFICATE: Rank(5), Way.WINDOW: Rank(5)}
_METHODS: Final = {
    "certificate": Way.CERTIFICATE,
    "window": Way.WINDOW,
    "ctid-face": Way.FACE,
    "face": Way.FACE,
}


@dataclass(frozen=True, slots=True)
class Recovery:
    """A change of phone that waits for its delay to pass."""

    id: str
    account: str
    way: Way
    state: RecoveryState
    at: datetime
    due_at: datetime
    until: datetime
    phone: bytes | None = field(default=None, repr=False)

    def waiting(self, at: datetime) -> bool:
        return self.state is RecoveryState.WAITING and at < self.until


def bound_to_phone(browser: bytes, phone: Phone) -> bytes:
    """Return what a code to a new phone is kept for: one browser and one phone, neither of which can be told from it."""
    return hashlib.sha256(b"new-phone\0" + browser + phone.reveal().encode()).digest()


def way_of(proofs: Sequence[Proof], *, recalled: bool, il: Rank, at: datetime) -> Way:
    """Return the way that a session's fresh factors open.

    Args:
        proofs: what was shown in the session.
        recalled: whether what was used of late was named rightly.
        il: what is proved about the account; no recovery is weaker than that.
        at: now.

    Raises:
        RecoveryRefused: nothing that was shown is worth as much as the account.
    """
    shown = {one.method for one in proofs if timedelta() <= at - one.at <= FRESH}
    ways = [way for method, way in _METHODS.items() if method in shown]
    if "sms" in shown and recalled:
        ways.append(Way.PHONE)
    for way in ways:
        if _WORTH[way] >= il:
            return way
    raise RecoveryRefused("what was shown is not enough for this account: a face check, a certificate or a window is")
