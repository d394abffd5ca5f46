"""Tell who knows a password."""

from dataclasses import dataclass

from idp.errors import ProofRefused
from idp.factors.password import METHOD, PasswordFactor
from idp.factors.possession import Shown
from idp.factors.throttle import Attempt, Throttle, Throttled
from idp.factors.typed import typed
from idp.model.account import Account, AccountKind
from idp.model.assurance import Proof
from idp.storage.accounts import Accounts
from idp.storage.credentials import Credentials
from idp.storage.persons import Vault
from trust.clock import Clock
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork

NAMES = ("username", "phone", "email", "number")
MAX_NAME = 200  # characters
_REFUSED = "name or password is wrong"


@dataclass(frozen=True, slots=True)
class SignInWithPassword:
    """Check a name and a password; names that nobody has cost the same work and are counted alike."""

    database: Database
    new_work: NewWork
    clock: Clock
    vault: Vault
    passwords: PasswordFactor

    def __call__(self, name: str, password: str, block: str, device: bytes | None = None) -> Shown:
        """Return who it is.

        Args:
            name: user name, phone, mail address or number.
            password: as it was typed.
            block: where from, see `address_block`.
            device: digest of the browser's lasting cookie; a browser that signed in before has a count of its own.

        Raises:
            ProofRefused: name or password is wrong, or the account may not sign in.
            Throttled: tried too often; `retry_after` says how many seconds to wait.
            TooBusy: too many others are being checked.
        """
        account, attempt, stored = self._begin(typed(name, MAX_NAME), block, device)
        right = self.passwords.matches(stored, password)
        renewed = self.passwords.renewed(stored, password) if right and stored is not None else None
        at = self.clock.now()
        outcome: Shown | Throttled | None = None
        with self.new_work() as work:
            throttle = Throttle(work.db)
            if right and account is not None:
                try:
                    throttle.succeeded(attempt, at)
                except Throttled as wait:
                    outcome = wait
                else:
                    if renewed is not None and stored is not None:
                        Credentials(work.db).renew(account.id, stored, renewed)
                    work.journal.append("password-shown", account.id, f"person {account.id}", {"method": METHOD})
                    outcome = Shown(account.id, Proof(METHOD, at), METHOD)
            else:
                failures = throttle.failed(attempt, at)
                if account is not None:
                    facts = {"failures": str(failures)}
                    work.journal.append("password-refused", account.id, "service idp", facts)
        if isinstance(outcome, Shown):
            return outcome
        raise outcome or ProofRefused(_REFUSED)

    def _begin(self, name: str, block: str, device: bytes | None) -> tuple[Account | None, Attempt, str | None]:
        with self.database.reading() as db:
            accounts = Accounts(db, self.vault)
            found = [accounts.find_by_identifier(kind, name) for kind in NAMES]
            account = next((one for one in found if one is not None), None)
            stored = Credentials(db).find(self._who(account, name))
            staff = account is not None and (account.kind is AccountKind.STAFF or account.administrator)
            attempt = Attempt(self._who(account, name), METHOD, block, staff, device)
            Throttle(db).permit(attempt, self.clock.now())
        if account is None or stored is None or not account.may_sign_in:
            return account, attempt, None
        return account, attempt, stored.digest

    def _who(self, account: Account | None, name: str) -> str:
        return self.vault.write_index("username", name).hex() if account is None else account.id
