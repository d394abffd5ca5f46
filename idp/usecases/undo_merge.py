"""Take a merge of accounts back within its thirty days."""

from dataclasses import dataclass

from idp.errors_ties import MergeRefused
from idp.model.account import AccountState
from idp.model.assurance import Standing
from idp.model.sensitive import permit_sensitive
from idp.sources.notices import Notices
from idp.storage.accounts import Accounts
from idp.storage.aliases import SubjectAliases
from idp.storage.grants import Grants
from idp.storage.merges import Merges
from idp.storage.persons import Vault
from idp.storage.sessions import Sessions
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import Rank

LEAST = Rank(4)


@dataclass(frozen=True, slots=True)
class UndoMerge:
    """Make two accounts of one again."""

    new_work: NewWork
    clock: Clock
    vault: Vault
    notices: Notices

    def __call__(self, merge: str, account: str, standing: Standing) -> None:
        """Undo it as the owner of the account that stayed.

        Raises:
            LevelTooLow: the session is below a fresh l4.
            MergeRefused: no such merge of this account, it was undone, its time is over, or the account went on
                into a third one.
        """
        at = self.clock.now()
        permit_sensitive(standing, LEAST, at)
        with self.new_work() as work:
            found = Merges(work.db).find(merge)
            if found is None or found.kept != account:
                raise MergeRefused("there is no such merge to undo")
            accounts = Accounts(work.db, self.vault)
            locked = {one: accounts.lock(one) for one in sorted((found.kept, found.gone))}
            kept, gone = locked[found.kept], locked[found.gone]
            if not kept.may_sign_in or gone.state is not AccountState.MERGED or not Merges(work.db).undo(found, at):
                raise MergeRefused("there is no such merge to undo")
            # Sessions were told subjects that go back to the other account.
            for one in Sessions(work.db).of_account(kept.id, at):
                Sessions(work.db).end(one.sid, at, "unmerged")
                Grants(work.db).revoke_of_session(one.sid, at)
            accounts.save(gone.changed(AccountState.ACTIVE))
            accounts.save(kept.changed(kept.state))
            SubjectAliases(work.db).forget(merge, kept.id)
            work.journal.append("merge-undone", kept.id, f"person {account}", {"gone": gone.id, "merge": merge})
        self.notices.tell(kept.id, "unmerged")
