"""Link an account at another provider, after a fresh proof on the account here."""

from dataclasses import dataclass

from idp.errors_ties import LinkRefused
from idp.model.assurance import Standing
from idp.model.link import LINKS_FROM, STRONG_FROM, Link, Purpose
from idp.model.sensitive import permit_sensitive
from idp.sources.notices import Notices
from idp.sources.outside import Journey, Outside
from idp.storage.legs import Legs
from idp.storage.links import Links
from idp.storage.persons import Vault
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork


@dataclass(frozen=True, slots=True)
class LinkAccount:
    """Let an outside account sign in as this one from now on."""

    new_work: NewWork
    clock: Clock
    vault: Vault
    outside: Outside
    notices: Notices

    def __call__(
        self, provider: str, state: str, code: str, browser: bytes, redirect: str, account: str, standing: Standing
    ) -> tuple[Link, str]:
        """Return the link and the page to go on to.

        Raises:
            LevelTooLow: the session is below l2, or not fresh.
            LinkRefused: the answer is not for this browser and account, was used, ran out or is not signed.
            LinkTaken: the outside account, or one of the same provider, is linked already.
            LinkMissing: no such provider.
        """
        chosen, at = self.outside.get(provider), self.clock.now()
        permit_sensitive(standing, LINKS_FROM, at)
        with self.new_work() as work:
            leg = Legs(work.db).take(provider, Purpose.LINK, state, browser, at)
        if leg is None or leg.account != account:
            raise LinkRefused("the answer does not belong to this browser, or came too late")
        found = chosen.redeem(code, Journey(state, browser, redirect))
        with self.new_work() as work:
            link = Links(work.db, self.vault).add(account, found, at, strong=standing.level >= STRONG_FROM)
            facts = {"link": link.id, "provider": provider, "strong": str(link.strong).lower()}
            work.journal.append("account-linked", account, f"person {account}", facts)
        self.notices.tell(account, "linked")
        return link, leg.back
