"""Tell who shows a passkey."""

from dataclasses import dataclass

from idp.errors import ProofRefused
from idp.factors.passkey import PasskeyFactor, PasskeyRefused
from idp.factors.possession import Shown
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork


@dataclass(frozen=True, slots=True)
class SignInWithPasskey:
    """Ask a browser for a passkey, and say whose it is."""

    new_work: NewWork
    clock: Clock
    passkeys: PasskeyFactor

    def options(self, account: str | None, browser: bytes) -> str:
        """Return what the page hands to the browser, as JSON; with an account only its own passkeys will do."""
        with self.new_work() as work:
            return self.passkeys.options(work.db, account, browser, self.clock.now())

    def __call__(self, answer: str, browser: bytes) -> Shown:
        """Return who showed what.

        Raises:
            ProofRefused: the passkey is unknown, or its answer wrong; the challenge is used up all the same.
        """
        refused: ProofRefused
        with self.new_work() as work:
            try:
                shown = self.passkeys.authenticate(work.db, answer, browser, self.clock.now())
            except PasskeyRefused as wrong:
                facts = {"credential": wrong.credential, "why": wrong.why}
                work.journal.append("passkey-refused", wrong.account, "service idp", facts)
                refused = wrong
            except ProofRefused as wrong:
                refused = wrong
            else:
                facts = {"credential": shown.credential, "method": shown.proof.method}
                work.journal.append("passkey-shown", shown.account, f"person {shown.account}", facts)
                return shown
        raise refused
