"""Make two accounts of one person one: by the owner's word, in one transaction, and with a way back."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from idp.errors_ties import ConflictMissing, MergeRefused
from idp.model.account import Account, AccountKind, AccountState
from idp.model.assurance import Standing
from idp.model.sensitive import permit_sensitive
from idp.sources.notices import Notices
from idp.storage.accounts import Accounts
from idp.storage.aliases import SubjectAliases
from idp.storage.conflicts import Conflicts
from idp.storage.grants import Grants
from idp.storage.merges import Merge, Merges
from idp.storage.persons import Vault
from idp.storage.sessions import Sessions
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork, UnitOfWork
from trust.values.assurance import Rank

LEAST: Final = Rank(4)
REVERSIBLE: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class MergeAccounts:
    """Let one of two accounts go into the other one; every platform goes on seeing the subject it knows."""

    new_work: NewWork
    clock: Clock
    vault: Vault
    secret: bytes = field(repr=False)  # of subjects
    notices: Notices

    def __call__(self, conflict: str, keep: str, account: str, standing: Standing) -> Merge:
        """Merge the two accounts of a conflict.

        Args:
            conflict: the queue's entry, which says that both have one number.
            keep: the account that stays.
            account: of the session.
            standing: of the session.

        Raises:
            LevelTooLow: the session is below a fresh l4.
            ConflictMissing: no such conflict of two accounts in which this one stands, or it was decided.
            MergeRefused: one of them cannot be signed in to, or is no natural person's.
        """
        at = self.clock.now()
        permit_sensitive(standing, LEAST, at)
        with self.new_work() as work:
            queue = Conflicts(work.db)
            found = queue.get(conflict)
            both = {found.account, found.other}
            if "" in both or len(both) != 2 or not {account, keep} <= both:
                raise ConflictMissing("there is no such conflict, or it was decided")
            gone = (both - {keep}).pop()
            accounts = Accounts(work.db, self.vault)
            # Both in one order, so that two merges never wait for each other.
            locked = {one: accounts.lock(one) for one in sorted(both)}
            if not all(one.may_sign_in and one.kind is AccountKind.NATURAL for one in locked.values()):
                raise MergeRefused("one of these accounts cannot be merged")
            if not queue.decide(conflict, "merged", f"person {account}", at):
                raise ConflictMissing("there is no such conflict, or it was decided")
            merge = self._merge(work, locked[keep], locked[gone], account)
        self.notices.tell(keep, "merged")
        return merge

    def _merge(self, work: UnitOfWork, keep: Account, gone: Account, by: str) -> Merge:
        at, accounts = self.clock.now(), Accounts(work.db, self.vault)
        aliases = SubjectAliases(work.db)
        for one in Sessions(work.db).of_account(gone.id, at):
            Sessions(work.db).end(one.sid, at, "merged")
            Grants(work.db).revoke_of_session(one.sid, at)
        # What platforms know is read before anything moves.
        known = aliases.known(gone.id, self.secret), aliases.known(keep.id, self.secret)
        merge = Merges(work.db).add(keep.id, gone.id, f"person {by}", at, at + REVERSIBLE)
        accounts.save(gone.changed(AccountState.MERGED))
        accounts.save(keep.changed(keep.state))
        shown = aliases.keep(merge.id, keep.id, *known)
        facts = {"gone": gone.id, "merge": merge.id, "sectors": str(shown)}
        work.journal.append("accounts-merged", keep.id, f"person {by}", facts)
        return merge
