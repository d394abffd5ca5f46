"""A provider that is only played, for development: its answers are signed under a secret of this home."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from idp.errors_ties import LinkRefused
from idp.model.link import MAX_ID, OutsideAccount
from idp.sources.outside import Journey
from trust.clock import Clock
from trust.storage.database import Database
from trust.storage.replay import Replays

LIFE: Final = timedelta(seconds=60)
MAX_ANSWER: Final = 4_000


@dataclass(frozen=True, slots=True)
class SimulatedProvider:
    """Signs in whoever says so. A home in production never builds one."""

    name: str
    page: str  # of the simulator: where the browser is asked who it is
    secret: bytes = field(repr=False)
    database: Database
    clock: Clock

    def address(self, journey: Journey) -> str:
        """Return the address of the simulator's page."""
        asked = {"back": journey.back, "state": journey.state, "nonce": journey.nonce, "challenge": journey.challenge}
        return f"{self.page}?{urlencode(asked)}"

    def answer(self, who: str, nonce: str, challenge: str, *, strong: bool) -> str:
        """Return the code with which the simulator sends the browser back."""
        at = self.clock.now()
        return self._signed({"id": who, "nonce": nonce, "challenge": challenge, "strong": strong}, at)

    def redeem(self, code: str, journey: Journey) -> OutsideAccount:
        """Return who came back; raises LinkRefused."""
        said = self._opened(code)
        if said.get("nonce") != journey.nonce or said.get("challenge") != journey.challenge:
            raise LinkRefused("the answer belongs to another visit")
        at = datetime.fromtimestamp(said["at"], UTC)
        return OutsideAccount(self.name, _id(said), at if said.get("strong") is True else None)

    def notice(self, who: str) -> str:
        """Return how the provider tells that an account was closed."""
        return self._signed({"id": who, "closed": True}, self.clock.now())

    def closed(self, notice: str) -> str:
        """Return whose account was closed; raises LinkRefused."""
        said = self._opened(notice)
        if said.get("closed") is not True:
            raise LinkRefused("this is no notice of a closed account")
        return _id(said)

    def _signed(self, said: Mapping[str, Any], at: datetime) -> str:
        told = {**said, "at": at.timestamp(), "jti": secrets.token_urlsafe(16)}
        body = base64.urlsafe_b64encode(json.dumps(told).encode()).decode()
        return f"{body}.{self._mac(body)}"

    def _opened(self, answer: str) -> dict[str, Any]:
        body, _, mac = answer.partition(".")
        if len(answer) > MAX_ANSWER or not hmac.compare_digest(mac.encode(), self._mac(body).encode()):
            raise LinkRefused("the answer is not signed by the provider")
        said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body))
        now, at = self.clock.now(), datetime.fromtimestamp(said["at"], UTC)
        if not timedelta(seconds=-5) <= now - at <= LIFE:
            raise LinkRefused("the answer ran out")
        with self.database.writing() as db:
            if not Replays(db).take(f"outside-{self.name}", said["jti"], at + LIFE * 2, now):
                raise LinkRefused("the answer was used before")
        return said

    def _mac(self, body: str) -> str:
        return hmac.digest(self.secret, f"{self.name}\0{body}".encode(), hashlib.sha256).hex()


def _id(said: Mapping[str, Any]) -> str:
    who = said.get("id")
    if not isinstance(who, str) or not 0 < len(who) <= MAX_ID:
        raise LinkRefused("the answer names nobody")
    return who
