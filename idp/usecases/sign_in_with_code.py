"""Tell who received a code."""

from dataclasses import dataclass

from idp.errors import ProofRefused
from idp.factors.possession import Shown
from idp.factors.sent_code import SentCodeFactor
from idp.storage.account_states import may_sign_in
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork


@dataclass(frozen=True, slots=True)
class SignInWithCode:
    """Check a code that was sent; every try counts."""

    new_work: NewWork
    clock: Clock
    codes: SentCodeFactor

    def __call__(self, name: str, digits: str, browser: bytes) -> Shown:
        """Return who it is.

        Args:
            name: the id of the code.
            digits: what was typed.
            browser: digest of the cookie of the browser that asked for it.

        Raises:
            ProofRefused: wrong, used, too late, too often, of another browser, or the account may not sign in.
        """
        outcome: Shown | ProofRefused
        with self.new_work() as work:
            try:
                account, proof = self.codes.verify(work.db, name, digits, browser, self.clock.now())
            except ProofRefused as wrong:
                outcome = wrong
            else:
                outcome = Shown(account, proof, name)
                if may_sign_in(work.db, account):
                    facts = {"method": proof.method, "code": name}
                    work.journal.append("code-shown", account, f"person {account}", facts)
                else:
                    outcome = ProofRefused("the code was not accepted")
        if isinstance(outcome, Shown):
            return outcome
        raise outcome
