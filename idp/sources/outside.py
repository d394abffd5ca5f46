"""Providers whose accounts may sign in here: how a browser is sent there, and how its answer is verified."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from idp.errors_ties import LinkMissing
from idp.model.link import OutsideAccount


@dataclass(frozen=True, slots=True)
class Journey:
    """The values that tie one visit at a provider to one browser.

    Nonce and verifier are worked out of the state and of what only the browser's cookie gives, so that nothing secret
    is stored and whoever sees the address at the provider cannot redeem its answer.

    Standard:
        RFC 9700, 4.5.3 and 4.7.1; RFC 7636, 4.2.
    """

    state: str = field(repr=False)
    browser: bytes = field(repr=False)  # digest of the cookie
    back: str  # the redirect address

    @property
    def nonce(self) -> str:
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        return self._derived("verifier")

    @property
    def challenge(self) -> str:
        return _base64url(hashlib.sha256(self.verifier.encode()).digest())

    def _derived(self, what: str) -> str:
        return _base64url(hashlib.sha256(f"{what}\0{self.state}\0".encode() + self.browser).digest())


class OutsideProvider(Protocol):
    """One provider."""

    def address(self, journey: Journey) -> str:
        """Return where the browser is sent."""

    def redeem(self, code: str, journey: Journey) -> OutsideAccount:
        """Return who came back, from the provider's signed answer over the back channel.

        Raises:
            LinkRefused: the code, its nonce or its signature does not hold, or it was used before.
        """

    def closed(self, notice: str) -> str:
        """Return the id of an account that the provider tells was closed.

        Raises:
            LinkRefused: the notice is not the provider's, or was seen before.
        """


@dataclass(frozen=True, slots=True)
class Outside:
    """The providers that are set up, by name."""

    providers: Mapping[str, OutsideProvider]

    def get(self, provider: str) -> OutsideProvider:
        """Return a provider; raises LinkMissing."""
        found = self.providers.get(provider)
        if found is None:
            raise LinkMissing("there is no such provider")
        return found


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
