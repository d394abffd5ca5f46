"""Take a link away, or let it go because the account at the provider was closed."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from idp.errors_ties import LastWayIn, LinkMissing
from idp.model.assurance import Standing
from idp.model.link import LINKS_FROM, OutsideAccount
from idp.model.sensitive import permit_sensitive
from idp.sources.notices import Notices
from idp.sources.outside import Outside
from idp.storage.accounts import Accounts
from idp.storage.levels import Levels
from idp.storage.links import Links
from idp.storage.persons import Vault
from idp.storage.sessions import Sessions
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork

Enrolled = Callable[[Connection, str], frozenset[str]]  # the methods an account has, links among them


@dataclass(frozen=True, slots=True)
class UnlinkAccount:
    """End a link; sessions that came over it end too."""

    new_work: NewWork
    clock: Clock
    vault: Vault
    outside: Outside
    enrolled: Enrolled
    notices: Notices

    def __call__(self, account: str, standing: Standing, provider: str) -> None:
        """Take the link of a provider away.

        Raises:
            LevelTooLow: the session is below l2, or not fresh.
            LinkMissing: the account has none.
            LastWayIn: nothing else signs in to the account.
        """
        at = self.clock.now()
        permit_sensitive(standing, LINKS_FROM, at)
        with self.new_work() as work:
            # Of two links that are taken away at once, the second sees that the first is gone.
            Accounts(work.db, self.vault).lock(account)
            if not Links(work.db, self.vault).remove(account, provider):
                raise LinkMissing("the account has no such link")
            factors = Levels(work.db).ladder().data.factors
            others = {one.partition(":")[0] + ":*" if ":" in one else one for one in self.enrolled(work.db, account)}
            if not any(one in factors and factors[one].rank.value > 0 for one in others):
                raise LastWayIn("nothing else signs in to this account; set something up first")
            facts = {"provider": provider, "why": "unlinked"}
            work.journal.append("account-unlinked", account, f"person {account}", facts)
        self.notices.tell(account, "unlinked")

    def closed(self, provider: str, notice: str) -> bool:
        """End the link of an account that its provider tells was closed; returns whether there was one.

        Raises:
            LinkRefused: the notice is not the provider's, or was seen before.
        """
        gone = OutsideAccount(provider, self.outside.get(provider).closed(notice))
        with self.new_work() as work:
            links = Links(work.db, self.vault)
            link = links.find(gone)
            if link is None or not links.remove(link.account, provider):
                return False
            at, sessions = self.clock.now(), Sessions(work.db)
            methods = {f"link:{provider}", f"link-strong:{provider}"}
            for one in sessions.of_account(link.account, at):
                if {proof.method for proof in one.proofs} <= methods:
                    sessions.end(one.sid, at, "link-closed")
            facts = {"provider": provider, "why": "closed-outside"}
            work.journal.append("account-unlinked", link.account, f"provider {provider}", facts)
        self.notices.tell(link.account, "unlinked")
        return True
