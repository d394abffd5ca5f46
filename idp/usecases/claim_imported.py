"""Let a user of an older system come over: the first sign-in with the old name and password makes the account."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from idp.errors import AccountTaken, ProofRefused
from idp.model.account import Account, Person
from idp.model.assurance import Evidence, Proof
from idp.model.imported import ImportedUser, ImportState
from idp.model.old_hash import OldHash
from idp.storage.accounts import Accounts
from idp.storage.conflicts import Conflict, Conflicts
from idp.storage.evidence import EvidenceRecords
from idp.storage.imports import ImportedUsers
from idp.storage.levels import Levels
from idp.storage.persons import Vault
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork, UnitOfWork

Encode = Callable[[str], str]  # the digest that signs in from then on, however weak the password is
KeepPassword = Callable[[Connection, str, str, datetime], None]  # account, its new digest, now


@dataclass(frozen=True, slots=True)
class Claimed:
    """Who came over; `account` is None when an account with the same number is there and the owner has to decide."""

    account: str | None
    proof: Proof


@dataclass(frozen=True, slots=True)
class ClaimImported:
    """Check an old password once; from then on only its new digest counts."""

    new_work: NewWork
    clock: Clock
    vault: Vault
    encode: Encode
    keep_password: KeepPassword

    def __call__(self, username: str, password: str) -> Claimed:
        """Return whose the old name is.

        Attempts are counted by whoever calls, as for any password.

        Raises:
            ProofRefused: nobody has this name and password, or came over with it at the same moment.
        """
        with self.new_work() as work:
            waiting = ImportedUsers(work.db, self.vault).named(username)
        # Digests are slow on purpose: no transaction waits for them.
        user = next((one for one in waiting if _matches(one, password)), None)
        if user is None:
            raise ProofRefused("name or password is wrong")
        at = self.clock.now()
        proof = Proof("password", at)
        if user.state is ImportState.CONFLICT:
            with self.new_work() as work:
                facts = {"source": user.source, "old": user.old.hex()}
                work.journal.append("import-conflict-met", str(user.account), "service idp", facts)
            return Claimed(None, proof)
        digest = self.encode(password)
        with self.new_work() as work:
            if self._owned(work, user, at):
                return Claimed(None, proof)
            account = self._account(work, user, at)
            if not ImportedUsers(work.db, self.vault).move(user, ImportState.CLAIMED, account.id, at):
                raise ProofRefused("name or password is wrong")
            self.keep_password(work.db, account.id, digest, at)
            facts = {"source": user.source, "old": user.old.hex(), "level": str(user.rank)}
            work.journal.append("imported-claimed", account.id, f"person {account.id}", facts)
        return Claimed(account.id, proof)

    def _owned(self, work: UnitOfWork, user: ImportedUser, at: datetime) -> bool:
        """Whether the number became an account's since the import; then its owner decides."""
        number = user.row.number
        owner = Accounts(work.db, self.vault).find_by_identifier("number", number) if number else None
        if owner is None:
            return False
        users = ImportedUsers(work.db, self.vault)
        if users.move(user, ImportState.CONFLICT, owner.id, at):
            Conflicts(work.db).add_all([Conflict("", owner.id, at, user.source, user.old)])
            facts = {"source": user.source, "old": user.old.hex()}
            work.journal.append("import-conflict-found", owner.id, "service idp", facts)
            return True
        now = users.find(user.source, user.old)
        if now is None or now.state is not ImportState.CONFLICT:
            raise ProofRefused("name or password is wrong")
        return True

    def _account(self, work: UnitOfWork, user: ImportedUser, at: datetime) -> Account:
        row, known = user.row, Accounts(work.db, self.vault)
        found = {"username": row.username, "number": row.number, "phone": row.phone}
        # What is another account's by now stays there: the owner proves it anew.
        free = {kind: value for kind, value in found.items() if value and known.find_by_identifier(kind, value) is None}
        person = Person(
            username=free.get("username", ""),
            name=row.name,
            id_type="111" if "number" in free else "",
            id_number=free.get("number", ""),
            phone=free.get("phone", ""),
        )
        try:
            account = known.add(person, at, origin=f"import:{user.source}", identifiers=free)
        except AccountTaken:
            raise ProofRefused("name or password is wrong") from None
        records, ladder = EvidenceRecords(work.db), Levels(work.db).ladder()
        shown = []
        if user.rank.value >= 1 and "phone" in free:
            shown.append("phone")
        if user.rank.value >= 2 and "number" in free and row.name:
            shown.append("two-elements")
        for kind in shown:
            until = ladder.expires(kind, at)
            records.add(
                account.id, Evidence(kind, at, until, f"import:{user.source}", carries_number=kind == "two-elements")
            )
        return account


def _matches(user: ImportedUser, password: str) -> bool:
    old = OldHash.find(user.row.hash)
    return old is not None and old.matches(password)
