"""Offer a secret for an authenticator app."""

from dataclasses import dataclass, replace

from idp.factors.totp import METHOD, TotpFactor, TotpOffer
from idp.model.assurance import Standing
from idp.model.sensitive import permit_sensitive
from idp.storage.levels import Levels
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import UNPROVEN


@dataclass(frozen=True, slots=True)
class EnrolTotp:
    """Begin to set up one-time passwords; nothing changes until a code is shown."""

    new_work: NewWork
    clock: Clock
    totp: TotpFactor

    def __call__(self, account: str, label: str, standing: Standing) -> TotpOffer:
        """Return the secret, to be shown once; `label` is how the app names the account, masked by the caller.

        Raises:
            LevelTooLow: the sign-in is too weak or too long ago.
        """
        at = self.clock.now()
        with self.new_work() as work:
            least = Levels(work.db).ladder().data.factors[METHOD].enrol or UNPROVEN
            permit_sensitive(replace(standing, level=standing.al), least, at)
            offer = self.totp.offer(work.db, account, label, at)
            work.journal.append("totp-offered", account, f"person {account}", {"method": METHOD})
        return offer
