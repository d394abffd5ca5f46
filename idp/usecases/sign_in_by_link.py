"""Tell who comes back from a provider."""

from dataclasses import dataclass

from idp.errors_ties import LinkRefused, LinkUnknown
from idp.model.assurance import Proof
from idp.model.link import Purpose
from idp.sources.outside import Journey, Outside
from idp.storage.accounts import Accounts
from idp.storage.legs import Legs
from idp.storage.links import Links
from idp.storage.persons import Vault
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork


@dataclass(frozen=True, slots=True)
class CameBack:
    """Whose outside account it was, what that shows, and where the browser goes on."""

    account: str
    proof: Proof
    back: str


@dataclass(frozen=True, slots=True)
class SignInByLink:
    """Redeem the answer of a provider for a linked account; an account is never found by anything else of it."""

    new_work: NewWork
    clock: Clock
    vault: Vault
    outside: Outside

    def __call__(self, provider: str, state: str, code: str, browser: bytes, redirect: str) -> CameBack:
        """Return who it is.

        Raises:
            LinkRefused: the answer is not for this browser, was used, ran out or is not signed.
            LinkUnknown: nobody linked this outside account.
            LinkMissing: no such provider.
        """
        chosen, at = self.outside.get(provider), self.clock.now()
        with self.new_work() as work:
            leg = Legs(work.db).take(provider, Purpose.SIGN_IN, state, browser, at)
        if leg is None:
            raise LinkRefused("the answer does not belong to this browser, or came too late")
        # The provider is asked over the network: no transaction waits for it.
        found = chosen.redeem(code, Journey(state, browser, redirect))
        with self.new_work() as work:
            links = Links(work.db, self.vault)
            link = links.find(found)
            account = None if link is None else Accounts(work.db, self.vault).find(link.account)
            if link is None or account is None or not account.may_sign_in:
                raise LinkUnknown("nobody linked this account; sign in another way, then link it")
            links.used(link.id, at)
            proof = link.proof(found, at)
            facts = {"link": link.id, "method": proof.method}
            work.journal.append("link-shown", link.account, f"person {link.account}", facts)
        return CameBack(link.account, proof, leg.back)
