"""Give one-time passwords up."""

from dataclasses import dataclass, replace

from idp.errors_factors import NotEnrolled
from idp.factors.totp import METHOD, TotpFactor
from idp.model.assurance import Standing
from idp.model.sensitive import permit_sensitive
from idp.sources.notices import Notices
from idp.storage.levels import Levels
from idp.storage.totps import Totps
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import UNPROVEN


@dataclass(frozen=True, slots=True)
class RemoveTotp:
    """Forget the secret; whoever knows the password alone cannot do this."""

    new_work: NewWork
    clock: Clock
    totp: TotpFactor
    notices: Notices

    def __call__(self, account: str, standing: Standing) -> None:
        """Forget it.

        Raises:
            LevelTooLow: the sign-in is too weak or too long ago.
            NotEnrolled: there was none.
        """
        at = self.clock.now()
        with self.new_work() as work:
            least = Levels(work.db).ladder().data.factors[METHOD].enrol or UNPROVEN
            permit_sensitive(replace(standing, level=standing.al), least, at)
            if not Totps(work.db, self.totp.cipher).remove(account):
                raise NotEnrolled("one-time passwords are not set up")
            work.journal.append("totp-removed", account, f"person {account}", {"method": METHOD})
        self.notices.tell(account, "totp-removed")
