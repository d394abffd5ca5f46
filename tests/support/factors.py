"""People who know passwords and carry codes, on one database, with digests that cost little."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from argon2 import PasswordHasher

from idp.factors.hashing import PasswordHashes
from idp.factors.password import PasswordFactor
from idp.factors.password_policy import PasswordPolicy
from idp.model.account import Account, AccountKind, AccountState, Person
from idp.model.assurance import Standing
from idp.model.challenge import new_nonce
from idp.storage.accounts import Accounts
from idp.storage.credentials import Credentials
from idp.storage.persons import Vault
from idp.usecases.set_password import SetPassword
from idp.usecases.sign_in_with_password import SignInWithPassword
from tests.support.clock import SettableClock
from trust.keys.fields import BlindIndex, FieldCipher
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import Rank

GOOD = "violet harbour nine"
VAULT = Vault(FieldCipher({1: bytes(16)}), BlindIndex({1: bytes(32)}))
CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
HERE, THERE = "192.0.2.0/24", "198.51.100.0/24"


@dataclass
class CountingHashes:
    """Digests that count how often they were worked on."""

    checks: int = 0

    def factor(self, policy: PasswordPolicy | None = None) -> PasswordFactor:
        return PasswordFactor.of(self.counted(), policy or PasswordPolicy(), new_nonce)

    def counted(self) -> PasswordHashes:
        outer = self

        class Hasher(PasswordHasher):
            def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - the name of the parent
                outer.checks += 1
                return super().verify(hash, password)

        return PasswordHashes(Hasher(time_cost=1, memory_cost=64, parallelism=1))


@dataclass
class FactorHouse:
    """The use cases of what people know, over one database."""

    database: Database
    new_work: NewWork
    clock: SettableClock
    told: list[tuple[str, str]] = field(default_factory=list)
    hashes: CountingHashes = field(default_factory=CountingHashes)

    def __post_init__(self) -> None:
        self.passwords = self.hashes.factor()
        common = (self.database, self.new_work, self.clock, VAULT, self.passwords)
        self.sign_in = SignInWithPassword(*common)
        self.set_password = SetPassword(*common, self)

    def tell(self, account: str, what: str, more: str = "") -> None:
        del more
        self.told.append((account, what))

    def person(
        self,
        username: str = "chenlan",
        password: str | None = GOOD,
        phone: str = "",
        kind: AccountKind = AccountKind.NATURAL,
    ) -> Account:
        """An account with a name and a password."""
        found = {"username": username, "phone": phone}
        with self.new_work() as work:
            made = Accounts(work.db, VAULT).add(
                Person(username=username, phone=phone),
                self.clock.now(),
                kind=kind,
                identifiers={name: value for name, value in found.items() if value},
            )
            if password is not None:
                Credentials(work.db).keep(made.id, CHEAP.hash(password), self.clock.now())
        return made

    def disable(self, account: Account) -> None:
        with self.new_work() as work:
            known = Accounts(work.db, VAULT)
            known.save(known.get(account.id).changed(AccountState.DISABLED))

    def standing(self, al: int = 2, age: timedelta = timedelta()) -> Standing:
        rank = Rank(al)
        return Standing(rank, rank, rank, self.clock.now() - age, ("pwd",), f"urn:cn-gov:loa:l{al}")

    def journal(self, account: Account) -> Sequence[tuple[str, object]]:
        with self.new_work() as work:
            return [(entry.event, entry) for _, entry in work.journal.about(account.id)]
