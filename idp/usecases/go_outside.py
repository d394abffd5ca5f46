"""Send a browser to a provider, to sign in or to link its account there."""

from dataclasses import dataclass

from idp.model.assurance import Standing
from idp.model.challenge import new_nonce
from idp.model.link import LEG_LIFE, LINKS_FROM, Leg, Purpose
from idp.model.sensitive import permit_sensitive
from idp.sources.outside import Journey, Outside
from idp.storage.legs import Legs
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork


@dataclass(frozen=True, slots=True)
class GoOutside:
    """Begin a visit at a provider."""

    new_work: NewWork
    clock: Clock
    outside: Outside

    def to_sign_in(self, provider: str, browser: bytes, redirect: str, back: str) -> str:
        """Return where the browser is sent to sign in.

        Args:
            provider: which.
            browser: digest of the browser's cookie.
            redirect: our address to which the provider sends it back.
            back: our page after that.

        Raises:
            LinkMissing: no such provider.
        """
        return self._go(provider, Purpose.SIGN_IN, None, browser, redirect, back)

    def to_link(self, provider: str, account: str, standing: Standing, browser: bytes, redirect: str, back: str) -> str:
        """Return where the browser is sent to link; raises LinkMissing, and LevelTooLow below a fresh l2."""
        permit_sensitive(standing, LINKS_FROM, self.clock.now())
        return self._go(provider, Purpose.LINK, account, browser, redirect, back)

    def _go(
        self, provider: str, purpose: Purpose, account: str | None, browser: bytes, redirect: str, back: str
    ) -> str:
        chosen, at = self.outside.get(provider), self.clock.now()
        journey = Journey(new_nonce(), browser, redirect)
        with self.new_work() as work:
            leg = Leg(provider, purpose, account, back, at, at + LEG_LIFE)
            Legs(work.db).start(leg, journey.state, browser)
            who = "service idp" if account is None else f"person {account}"
            work.journal.append("outside-visited", f"provider/{provider}", who, {"purpose": purpose.value})
        return chosen.address(journey)
