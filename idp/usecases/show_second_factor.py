"""Take the code that follows a password: of an app, or from paper."""

from dataclasses import dataclass

from idp.errors import ProofRefused
from idp.factors import recovery_code
from idp.factors.throttle import Attempt, Throttle, Throttled
from idp.factors.totp import TotpFactor
from idp.model.assurance import Proof
from idp.storage.account_states import may_sign_in
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork, UnitOfWork

METHOD = "second-factor"
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class ShowSecondFactor:
    """Check a code of an account whose password was shown; tries count for the account, wherever they come from."""

    new_work: NewWork
    clock: Clock
    totp: TotpFactor

    def __call__(self, account: str, code: str) -> Proof:
        """Return what it shows; six digits are of an app, anything else is from paper.

        Raises:
            ProofRefused: wrong or used.
            Throttled: tried too often; `retry_after` says how many seconds to wait.
        """
        outcome: Proof | ProofRefused | Throttled
        at, attempt = self.clock.now(), Attempt(account, METHOD, "")
        with self.new_work() as work:
            throttle = Throttle(work.db)
            throttle.permit(attempt, at)
            try:
                outcome = self._verify(work, account, code)
                throttle.succeeded(attempt, at)
            except ProofRefused as wrong:
                outcome = wrong
                facts = {"failures": str(throttle.failed(attempt, at))}
                work.journal.append("second-factor-refused", account, "service idp", facts)
            except Throttled as wait:
                outcome = wait  # the code is used up all the same
            else:
                facts = {"method": outcome.method}
                work.journal.append("second-factor-shown", account, f"person {account}", facts)
        if isinstance(outcome, Proof):
            return outcome
        raise outcome

    def _verify(self, work: UnitOfWork, account: str, code: str) -> Proof:
        at, said = self.clock.now(), code.replace(" ", "")
        if not may_sign_in(work.db, account):
            raise ProofRefused("the code was not accepted")
        if len(said) == _DIGITS:
            return self.totp.verify(work.db, account, said, at)
        return recovery_code.verify(work.db, account, said, at)
