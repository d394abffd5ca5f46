"""Let an official begin anew: only by an administrator of the body, who is surely known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from idp.errors import LevelTooLow
from idp.errors_ties import RecoveryRefused
from idp.model.account import AccountKind
from idp.model.mandate import MandateRole
from idp.model.recovery import Way
from idp.storage.accounts import Accounts
from idp.storage.mandates import Mandates
from idp.storage.persons import Vault
from idp.storage.recovery_events import Withdraw, lower
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import Rank

LEAST = Rank(4)
Employer = Callable[[Connection, str], str | None]  # the body whose official an account is


@dataclass(frozen=True, slots=True)
class RecoverStaff:
    """Take the authenticators of an official's account away, so that it is set up anew from the directory."""

    new_work: NewWork
    clock: Clock
    vault: Vault
    employer: Employer
    withdrawals: Sequence[Withdraw]

    def __call__(self, administrator: str, level: Rank, account: str) -> None:
        """Recover it.

        Raises:
            LevelTooLow: the administrator's session is below l4.
            RecoveryRefused: no official of a body that this account administers.
        """
        if level < LEAST:
            raise LevelTooLow("recovering an official takes a surer or fresher sign-in")
        at = self.clock.now()
        heads = (MandateRole.LEGAL_REPRESENTATIVE, MandateRole.ADMINISTRATOR)
        with self.new_work() as work:
            held = Mandates(work.db).of_grantee(administrator)
            bodies = {one.body for one in held if one.live(at) and one.role in heads}
            found = Accounts(work.db, self.vault).find(account)
            if found is None or found.kind is not AccountKind.STAFF or administrator == account:
                raise RecoveryRefused("there is no such official of this body")
            body = self.employer(work.db, account)
            if body not in bodies:
                raise RecoveryRefused("there is no such official of this body")
            gone = lower(work.db, account, self.withdrawals, at)
            facts = {"way": Way.ADMINISTRATOR.value, "body": str(body), "authenticators": str(gone)}
            work.journal.append("account-recovered", account, f"person {administrator}", facts)
