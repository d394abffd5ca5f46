"""An account at another provider that signs in here (授权关联登录), and what such a sign-in is worth."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from idp.model.assurance import Proof
from trust.values.assurance import Rank

LINKS_FROM: Final = Rank(2)
STRONG_FROM: Final = Rank(3)  # links made below it never count more, however the provider signs its users in
LEG_LIFE: Final = timedelta(minutes=10)
STRONG_WITHIN: Final = timedelta(minutes=5)
MAX_ID: Final = 200


class Purpose(Enum):
    """Why a browser goes to a provider."""

    SIGN_IN = "sign-in"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class OutsideAccount:
    """Who somebody is at a provider, after its answer was verified."""

    provider: str
    id: str = field(repr=False)  # stable there
    strong_at: datetime | None = None  # when the provider signed the user in with two factors

    def strong(self, at: datetime) -> bool:
        """Whether that was just now."""
        return self.strong_at is not None and timedelta() <= at - self.strong_at <= STRONG_WITHIN


@dataclass(frozen=True, slots=True)
class Link:
    """One account at a provider, tied to one account here."""

    id: str
    provider: str
    account: str
    strong: bool
    at: datetime
    last_used_at: datetime | None = None

    def proof(self, outside: OutsideAccount, at: datetime) -> Proof:
        """Return what a sign-in over the link shows: strong when both the sign-in there and the link were."""
        kind = "link-strong" if self.strong and outside.strong(at) else "link"
        return Proof(f"{kind}:{self.provider}", at)


@dataclass(frozen=True, slots=True)
class Leg:
    """A browser on its way to a provider and back; the table keeps the digest of its state alone."""

    provider: str
    purpose: Purpose
    account: str | None
    back: str
    at: datetime
    until: datetime
