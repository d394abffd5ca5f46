"""Set up a passkey for an account whose owner is signed in."""

from dataclasses import dataclass, replace

from idp.errors import CredentialUnfit, LevelTooLow, ProofRefused, TooManyDevices
from idp.factors.passkey import PasskeyFactor
from idp.model.device import MAX_OF_A_KIND, SYNCED, Passkey
from idp.sources.notices import Notices
from idp.storage.levels import Levels
from idp.storage.passkeys import Passkeys
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork, UnitOfWork
from trust.values.assurance import UNPROVEN, Rank


@dataclass(frozen=True, slots=True)
class RegisterPasskey:
    """Ask an authenticator for a passkey, and keep the one it makes."""

    new_work: NewWork
    clock: Clock
    passkeys: PasskeyFactor
    notices: Notices

    def options(self, account: str, user: str, browser: bytes) -> str:
        """Return what the page hands to the browser, as JSON."""
        with self.new_work() as work:
            return self.passkeys.registration_options(work.db, account, user, browser, self.clock.now())

    def __call__(self, account: str, answer: str, name: str, browser: bytes, al: Rank) -> Passkey:
        """Keep a passkey.

        Args:
            account: whose.
            answer: what the browser got from the authenticator, as JSON.
            name: how the user calls it.
            browser: digest of the browser's cookie.
            al: how surely the session was entered. A passkey that would be worth more than this allows counts as a
                synced one: whoever signs in weakly cannot make a way in that is strong.

        Raises:
            ProofRefused: not the answer to a challenge of this account and browser.
            CredentialUnfit: an authenticator that we cannot take.
            CredentialTaken: the passkey is set up already.
            LevelTooLow: not even a synced passkey may be set up from here.
            TooManyDevices: the account has enough.
        """
        outcome: Passkey | ProofRefused | CredentialUnfit
        with self.new_work() as work:
            try:
                passkey = self.passkeys.register(work.db, account, answer, browser, name, self.clock.now())
            except (ProofRefused, CredentialUnfit) as wrong:
                outcome = wrong  # the challenge is used up all the same
            else:
                outcome = self._kept(work, passkey, al)
        if not isinstance(outcome, Passkey):
            raise outcome
        self.notices.tell(account, "passkey-added")
        return outcome

    def _kept(self, work: UnitOfWork, passkey: Passkey, al: Rank) -> Passkey:
        factors, known, account = Levels(work.db).ladder().data.factors, Passkeys(work.db), passkey.account
        if al < (factors[passkey.method].enrol or UNPROVEN):
            passkey = replace(passkey, method=SYNCED)
        if al < (factors[passkey.method].enrol or UNPROVEN):
            raise LevelTooLow("a passkey is set up after a surer sign-in")
        if len(known.of(account)) >= MAX_OF_A_KIND:
            raise TooManyDevices(f"an account has up to {MAX_OF_A_KIND} passkeys")
        known.add(passkey)
        facts = {"credential": passkey.id, "method": passkey.method, "aaguid": passkey.aaguid}
        work.journal.append("passkey-registered", account, f"person {account}", facts)
        return passkey
