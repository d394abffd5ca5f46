"""Set or change a password in a fresh session."""

from dataclasses import dataclass, replace

from idp.factors.password import PasswordFactor
from idp.model.assurance import Standing
from idp.model.sensitive import permit_sensitive
from idp.sources.notices import Notices
from idp.storage.accounts import Accounts
from idp.storage.credentials import Credentials
from idp.storage.persons import Vault
from idp.storage.totps import has_totp
from trust.clock import Clock
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import Rank

LEAST = Rank(1)
LEAST_WITH_SECOND_FACTOR = Rank(2)


@dataclass(frozen=True, slots=True)
class SetPassword:
    """Let an owner choose a password; everything else that signs in stays as it is."""

    database: Database
    new_work: NewWork
    clock: Clock
    vault: Vault
    passwords: PasswordFactor
    notices: Notices

    def __call__(self, account: str, password: str, standing: Standing) -> None:
        """Set it.

        Args:
            account: whose.
            password: the new one, as it was typed.
            standing: of the session now. Who set up a second factor shows it before the first one changes.

        Raises:
            LevelTooLow: the sign-in is too weak or too long ago.
            PasswordUnfit: this password cannot be taken.
            AccountMissing: no such account.
            TooBusy: too many passwords are being checked.
        """
        at = self.clock.now()
        with self.database.reading() as db:
            person = self.vault.open(Accounts(db, self.vault).get(account))
            stored = Credentials(db).find(account)
            second = has_totp(db, account)
        permit_sensitive(replace(standing, level=standing.al), LEAST_WITH_SECOND_FACTOR if second else LEAST, at)
        digest = self.passwords.encode(password, person, () if stored is None else stored.remembered)
        with self.new_work() as work:
            Accounts(work.db, self.vault).lock(account)
            Credentials(work.db).keep(account, digest, at)
            facts = {"first": str(stored is None).lower()}
            work.journal.append("password-set", account, f"person {account}", facts)
        self.notices.tell(account, "password-changed")
