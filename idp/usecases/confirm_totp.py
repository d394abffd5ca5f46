"""Let one-time passwords count, after the app showed one."""

from dataclasses import dataclass, replace

from idp.errors import ProofRefused
from idp.factors.throttle import Attempt, Throttle
from idp.factors.totp import METHOD, TotpFactor
from idp.model.assurance import Standing
from idp.model.sensitive import permit_sensitive
from idp.sources.notices import Notices
from idp.storage.levels import Levels
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import UNPROVEN


@dataclass(frozen=True, slots=True)
class ConfirmTotp:
    """Finish what `EnrolTotp` began."""

    new_work: NewWork
    clock: Clock
    totp: TotpFactor
    notices: Notices

    def __call__(self, account: str, code: str, standing: Standing) -> None:
        """Let the secret count; one that counted before counts no more.

        Raises:
            LevelTooLow: the sign-in is too weak or too long ago.
            ProofRefused: nothing was offered of late, or the code is not of it.
            Throttled: tried too often.
        """
        at, attempt, refused = self.clock.now(), Attempt(account, "totp-confirmation", ""), None
        with self.new_work() as work:
            least = Levels(work.db).ladder().data.factors[METHOD].enrol or UNPROVEN
            permit_sensitive(replace(standing, level=standing.al), least, at)
            throttle = Throttle(work.db)
            throttle.permit(attempt, at)
            try:
                self.totp.confirm(work.db, account, code, at)
            except ProofRefused as wrong:
                throttle.failed(attempt, at)
                refused = wrong
            else:
                throttle.succeeded(attempt, at)
                work.journal.append("totp-enrolled", account, f"person {account}", {"method": METHOD})
        if refused is not None:
            raise refused
        self.notices.tell(account, "totp-added")
