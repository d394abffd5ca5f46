"""An account and the person behind it; whatever names the person prints masked or not at all."""

import json
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import Enum
from typing import Self


class AccountKind(Enum):
    """In which capacity an account signs in."""

    NATURAL = "natural"
    STAFF = "staff"  # one account for each employment


class AccountState(Enum):
    """Whether an account may sign in."""

    ACTIVE = "active"
    DISABLED = "disabled"
    CLOSED = "closed"
    MERGED = "merged"  # into another account


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """What we know of a person; absent is the empty text. Kept as one encrypted cell, never logged."""

    username: str = ""
    name: str = ""
    id_type: str = ""  # code of the document, holder code types of GB/T 36903; empty: none given
    id_number: str = ""
    id_expires: str = ""  # date, when the document says one
    phone: str = ""
    phone_verified: bool = False
    email: str = ""
    email_verified: bool = False
    given_name: str = ""
    family_name: str = ""
    middle_name: str = ""
    nickname: str = ""
    profile: str = ""
    picture: str = ""
    website: str = ""
    gender: str = ""
    birthdate: str = ""
    zoneinfo: str = ""
    locale: str = ""
    address: str = ""  # one text in postal order
    updated_at: int = 0  # epoch seconds

    def encode(self) -> str:
        """Return JSON of what is not empty."""
        said = {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name)}
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def decode(cls, text: str) -> Self:
        """Read what `encode` wrote; members of a later release are left out."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in json.loads(text).items() if name in known})

    def __repr__(self) -> str:
        return "Person(…)"


@dataclass(frozen=True, slots=True)
class Account:
    """An account without the person's values."""

    id: str
    kind: AccountKind
    state: AccountState
    region: str
    origin: str
    created_at: datetime
    last_used_at: datetime
    administrator: bool = False
    acct_ver: int = 1
    aliased: bool = False
    sealed_key: bytes | None = field(default=None, repr=False)
    person: bytes | None = field(default=None, repr=False)

    @property
    def may_sign_in(self) -> bool:
        return self.state is AccountState.ACTIVE

    def changed(self, state: AccountState) -> Self:
        """Return the account in another state, with the next version."""
        return replace(self, state=state, acct_ver=self.acct_ver + 1)
