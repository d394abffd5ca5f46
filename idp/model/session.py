"""A session of one browser: who, which factors were shown when, and when it ends."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Self

from idp.model.assurance import Proof
from trust.values.assurance import HIGHEST, Rank

MAX_PROOFS: Final = 20
TOUCH_EVERY: Final = timedelta(seconds=60)  # idle time is counted to the minute, so that reading costs no writing


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser."""

    sid: str
    account: str
    proofs: tuple[Proof, ...]
    started_at: datetime
    seen_at: datetime
    ends_at: datetime
    stops_at: datetime
    acting: str | None = None
    cap: Rank = HIGHEST
    device: str = ""
    network: str = ""
    ended_at: datetime | None = None
    why: str = ""

    def live(self, at: datetime) -> bool:
        return self.ended_at is None and at < self.ends_at

    def with_proofs(self, *proofs: Proof) -> Self:
        """Return the session with further factors; the newest of each method counts."""
        newest = {one.method: one for one in sorted((*self.proofs, *proofs), key=lambda one: one.at)}
        return replace(self, proofs=tuple(newest.values())[-MAX_PROOFS:])

    def lasting(self, absolute: timedelta, idle: timedelta, at: datetime) -> Self:
        """Return the session with its ends set anew from now."""
        stops = at + absolute
        return replace(self, seen_at=at, stops_at=stops, ends_at=min(stops, at + idle))

    def touched(self, idle: timedelta, at: datetime) -> Self:
        """Return the session as seen now."""
        return replace(self, seen_at=at, ends_at=min(self.stops_at, at + idle))


def encode_proofs(proofs: Sequence[Proof]) -> str:
    """Return JSON: pairs of method and instant."""
    return json.dumps([[one.method, one.at.isoformat()] for one in proofs], separators=(",", ":"))


def decode_proofs(text: str) -> tuple[Proof, ...]:
    """Read what `encode_proofs` wrote."""
    return tuple(Proof(method, datetime.fromisoformat(at)) for method, at in json.loads(text))
