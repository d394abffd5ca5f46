"""Carry out changes of phone to which nobody objected in time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from idp.model.assurance import Evidence
from idp.model.recovery import Recovery, RecoveryState
from idp.sources.notices import Notices
from idp.storage.accounts import Accounts
from idp.storage.evidence import EvidenceRecords
from idp.storage.levels import Levels
from idp.storage.persons import Vault
from idp.storage.recoveries import Recoveries
from idp.storage.recovery_events import Withdraw, lower
from trust.clock import Clock
from trust.keys.fields import Cell
from trust.storage.unit_of_work import NewWork


@dataclass(frozen=True, slots=True)
class FinishRecoveries:
    """Work through what is due."""

    new_work: NewWork
    clock: Clock
    vault: Vault
    withdrawals: Sequence[Withdraw]
    notices: Notices

    def __call__(self) -> int:
        """Return how many were carried out."""
        with self.new_work() as work:
            due = Recoveries(work.db).due(self.clock.now())
        done = [one.account for one in due if self._finish(one)]
        for account in done:
            self.notices.tell(account, "recovered")
        return len(done)

    def _finish(self, recovery: Recovery) -> bool:
        at = self.clock.now()
        if recovery.phone is None:
            return False
        phone = self.vault.cipher.decrypt(Cell("idp_recovery", "phone", recovery.id), recovery.phone)
        with self.new_work() as work:
            known = Accounts(work.db, self.vault)
            account = known.lock(recovery.account)
            other = known.find_by_identifier("phone", phone)
            taken = not account.may_sign_in or (other is not None and other.id != account.id)
            state = RecoveryState.CANCELLED if taken else RecoveryState.DONE
            if not Recoveries(work.db).end(recovery.id, state, at):
                return False
            if taken:
                facts = {"recovery": recovery.id, "through": "phone-taken"}
                work.journal.append("recovery-cancelled", account.id, "service idp", facts)
                return False
            gone = lower(work.db, account.id, self.withdrawals, at)
            known.forget_identifier(account.id, "phone")
            known.identify(account.id, "phone", phone, at)
            person = replace(self.vault.open(account), phone=phone, phone_verified=True)
            known.save_person(account, person)
            until = Levels(work.db).ladder().expires("phone", at)
            EvidenceRecords(work.db).add(account.id, Evidence("phone", at, until, "sms"))
            facts = {"recovery": recovery.id, "way": recovery.way.value, "authenticators": str(gone)}
            work.journal.append("phone-changed", account.id, "service idp", facts)
        return True
