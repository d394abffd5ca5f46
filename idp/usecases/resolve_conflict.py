"""Decide whether an imported user is the owner of an account; nothing is merged without that word."""

from dataclasses import dataclass
from enum import Enum

from idp.errors import AccountTaken
from idp.errors_ties import ConflictMissing
from idp.model.assurance import Standing
from idp.model.imported import ImportState
from idp.model.sensitive import permit_sensitive
from idp.storage.accounts import Accounts
from idp.storage.conflicts import Conflicts
from idp.storage.imports import ImportedUsers
from idp.storage.persons import Vault
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import Rank
from trust.values.principal import Principal

LEAST = Rank(4)


class Decision(Enum):
    """The owner's word."""

    MINE = "mine"
    NOT_MINE = "not-mine"


@dataclass(frozen=True, slots=True)
class ResolveConflict:
    """Take an imported user into the account with the same number, or leave it out for good."""

    new_work: NewWork
    clock: Clock
    vault: Vault

    def __call__(self, conflict: str, decision: Decision, account: str, standing: Standing) -> None:
        """Decide as the owner.

        Raises:
            LevelTooLow: the session is below a fresh l4.
            ConflictMissing: no such conflict of this account, or it was decided.
        """
        permit_sensitive(standing, LEAST, self.clock.now())
        self._decide(conflict, decision, f"person {account}", account)

    def by_operator(self, conflict: str, decision: Decision, by: Principal) -> None:
        """Decide for an owner who came in person; raises ConflictMissing."""
        self._decide(conflict, decision, str(by), None)

    def _decide(self, name: str, decision: Decision, by: str, owner: str | None) -> None:
        at = self.clock.now()
        with self.new_work() as work:
            queue, users, known = Conflicts(work.db), ImportedUsers(work.db, self.vault), Accounts(work.db, self.vault)
            conflict = queue.get(name)
            if conflict.old is None or owner not in (None, conflict.account):
                raise ConflictMissing("there is no such conflict, or it was decided")
            user = users.find(conflict.source, conflict.old)
            mine = decision is Decision.MINE
            after = ImportState.MERGED if mine else ImportState.STALE
            decided = queue.decide(name, decision.value, by, at)
            if not decided or user is None or not users.move(user, after, conflict.account if mine else None, at):
                raise ConflictMissing("there is no such conflict, or it was decided")
            if mine and known.find_by_identifier("username", user.row.username) is None:
                try:
                    known.identify(conflict.account, "username", user.row.username)
                except AccountTaken:
                    raise ConflictMissing("the name was taken at this moment; decide again") from None
            facts = {"conflict": name, "source": conflict.source, "decision": decision.value}
            work.journal.append("conflict-decided", conflict.account, by, facts)
