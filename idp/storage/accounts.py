"""Accounts and what they are found by, as one transaction sees them."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from idp.errors import AccountMissing, AccountTaken
from idp.model.account import Account, AccountKind, AccountState, Person
from idp.storage.persons import Vault
from idp.storage.tables import accounts as t
from idp.storage.tables import identifiers as i
from trust.storage.upsert import insert_for

_GET = select(t).where(t.c.id == bindparam("of_id"))
_LOCK = _GET.with_for_update()
_BY_IDENTIFIER = (
    select(t)
    .join_from(i, t, i.c.account == t.c.id)
    .where(i.c.kind == bindparam("of_kind"), i.c.ix.in_(bindparam("indexes", expanding=True)))
)
_IDENTIFIERS = select(i.c.kind, i.c.verified_at).where(i.c.account == bindparam("of_account"))
_INDEX = select(i.c.ix).where(i.c.account == bindparam("of_account"), i.c.kind == bindparam("of_kind")).limit(1)
_USED = update(t).where(t.c.id == bindparam("of_id")).values(last_used_at=bindparam("at"))


@dataclass(frozen=True, slots=True)
class Accounts:
    """Everybody who may sign in."""

    db: Connection
    vault: Vault

    def add(
        self,
        person: Person,
        at: datetime,
        *,
        kind: AccountKind = AccountKind.NATURAL,
        region: str = "",
        origin: str = "self",
        administrator: bool = False,
        identifiers: Mapping[str, str] | None = None,
        verified: Iterable[str] = (),
    ) -> Account:
        """Record a new account.

        Args:
            person: what is known.
            at: now.
            kind: in which capacity it signs in.
            region: GB/T 2260, six digits, or empty.
            origin: who vouches for its making, such as ``self`` or ``import:old-portal``.
            administrator: of this provider.
            identifiers: by kind (number, username, phone, email) the values it is found by.
            verified: the kinds that are proven already.

        Raises:
            AccountTaken: another account has one of them.
        """
        name = secrets.token_hex(16)
        key = self.vault.new_key(name)
        account = Account(
            id=name,
            kind=kind,
            state=AccountState.ACTIVE,
            region=region,
            origin=origin,
            created_at=at,
            last_used_at=at,
            administrator=administrator,
            sealed_key=key,
            person=self.vault.seal(name, key, person),
        )
        self.db.execute(insert(t), _row(account))
        proven = frozenset(verified)
        for each, value in (identifiers or {}).items():
            self.identify(name, each, value, at if each in proven else None)
        return account

    def get(self, account: str) -> Account:
        """Return the account; raises AccountMissing."""
        found = self.find(account)
        if found is None:
            raise AccountMissing("there is no such account")
        return found

    def find(self, account: str) -> Account | None:
        row = self.db.execute(_GET, {"of_id": account}).mappings().first()
        return None if row is None else account_of(row)

    def lock(self, account: str) -> Account:
        """Return the account and keep others from changing it until the transaction ends; raises AccountMissing."""
        row = self.db.execute(_LOCK, {"of_id": account}).mappings().first()
        if row is None:
            raise AccountMissing("there is no such account")
        return account_of(row)

    def index_of(self, account: str, kind: str) -> bytes | None:
        """Return the blind index under which an account is found by an identifier of this kind."""
        return self.db.execute(_INDEX, {"of_account": account, "of_kind": kind}).scalar()

    def find_by_identifier(self, kind: str, value: str) -> Account | None:
        """Return whose user name, phone, address or number this is."""
        told = {"of_kind": kind, "indexes": self.vault.look_up(kind, value)}
        row = self.db.execute(_BY_IDENTIFIER, told).mappings().first()
        return None if row is None else account_of(row)

    def identify(self, account: str, kind: str, value: str, verified_at: datetime | None = None) -> None:
        """Let an account be found by a value, or note that the value is proven now.

        Raises:
            AccountTaken: another account is found by it.
        """
        other = self.find_by_identifier(kind, value)
        if other is not None and other.id != account:
            raise AccountTaken("another account has it")
        row = {"kind": kind, "ix": self.vault.write_index(kind, value), "account": account, "verified_at": verified_at}
        statement = insert_for(self.db, i)
        said = statement.on_conflict_do_update(
            index_elements=[i.c.kind, i.c.ix],
            set_={"verified_at": statement.excluded.verified_at},
            where=i.c.account == account,
        )
        if self.db.execute(said.returning(i.c.account), row).first() is None:
            raise AccountTaken("another account has it")

    def forget_identifier(self, account: str, kind: str) -> None:
        """Let the account no longer be found by its values of this kind."""
        self.db.execute(delete(i).where(i.c.account == account, i.c.kind == kind))

    def identifiers(self, account: str) -> Mapping[str, datetime | None]:
        """Return the kinds of value an account is found by, and when each was proven."""
        return {row.kind: row.verified_at for row in self.db.execute(_IDENTIFIERS, {"of_account": account})}

    def save(self, account: Account) -> None:
        """Write an account's own columns back."""
        row = _row(account)
        del row["id"]
        self.db.execute(update(t).where(t.c.id == account.id).values(**row))

    def save_person(self, account: Account, person: Person) -> Account:
        """Write what is known of the person, as the next version of the account; raises AccountMissing when erased."""
        if account.sealed_key is None:
            raise AccountMissing("this person was erased")
        sealed = self.vault.seal(account.id, account.sealed_key, person)
        following = account.acct_ver + 1
        self.db.execute(update(t).where(t.c.id == account.id).values(person=sealed, acct_ver=following))
        return self.get(account.id)

    def used(self, account: str, at: datetime) -> None:
        """Note that somebody signed in."""
        self.db.execute(_USED, {"of_id": account, "at": at})


def account_of(row: Mapping[Any, Any]) -> Account:
    """Return the account that a row of the table holds."""
    return Account(
        id=row["id"],
        kind=AccountKind(row["kind"]),
        state=AccountState(row["state"]),
        region=row["region"],
        origin=row["origin"],
        created_at=row["created_at"],
        last_used_at=row["last_used_at"],
        administrator=row["administrator"],
        acct_ver=row["acct_ver"],
        aliased=row["aliased"],
        sealed_key=row["sealed_key"],
        person=row["person"],
    )


def _row(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "kind": account.kind.value,
        "state": account.state.value,
        "administrator": account.administrator,
        "acct_ver": account.acct_ver,
        "aliased": account.aliased,
        "region": account.region,
        "origin": account.origin,
        "sealed_key": account.sealed_key,
        "person": account.person,
        "created_at": account.created_at,
        "last_used_at": account.last_used_at,
    }
