"""Passwords checked and digested: the same work for accounts that are there and for those that are not.

Digests are slow on purpose: call this with no transaction open.

Standard:
    OWASP ASVS 5.0, 6.2 and 6.3.8; NIST SP 800-63B-4, 3.1.1.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

from sqlalchemy import Connection

from idp.errors_factors import PasswordUnfit, Unfit
from idp.factors.hashing import PasswordHashes
from idp.factors.password_policy import MOST, PasswordPolicy, folded
from idp.factors.typed import typed
from idp.model.account import Person
from idp.storage.credentials import Credentials

METHOD = "password"


@dataclass(frozen=True, slots=True)
class PasswordFactor:
    """Checks passwords against digests.

    Attributes:
        hashes: makes and checks digests.
        policy: which new ones may be set.
        dummy: the digest of a password that nobody knows, checked when there is none to check.
    """

    hashes: PasswordHashes
    policy: PasswordPolicy
    dummy: str = field(repr=False)

    @classmethod
    def of(cls, hashes: PasswordHashes, policy: PasswordPolicy, unknown: Callable[[], str]) -> Self:
        """Return the factor; `unknown` makes a secret that nobody keeps, such as `new_nonce`."""
        return cls(hashes, policy, hashes.encode(unknown()))

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether this is the password of a digest; of none at all it never is, after the same work.

        Raises:
            TooBusy: too many others are being checked.
        """
        text = folded(password)
        if text is None or typed(text, MOST) != text:
            text, stored = "", None
        right = self.hashes.matches(self.dummy if stored is None else stored, text)
        return right and stored is not None

    def renewed(self, stored: str, password: str) -> str | None:
        """Return a digest with the parameters of today for a password that matched; None when it has them.

        Raises:
            TooBusy: too many others are being checked.
        """
        text = folded(password)
        return self.hashes.encode(text) if text is not None and self.hashes.outdated(stored) else None

    def encode(self, password: str, person: Person, remembered: Sequence[str] = ()) -> str:
        """Return the digest of a new password.

        Args:
            password: as it was typed.
            person: whose, for it may not be made of that person's own values.
            remembered: digests of the passwords before it.

        Raises:
            PasswordUnfit: it cannot be taken.
            TooBusy: too many others are being checked.
        """
        text = self.policy.permit(password, person)
        if not self.policy.simple and any(self.hashes.matches(one, text) for one in remembered):
            raise PasswordUnfit(Unfit.FORMER)
        return self.hashes.encode(text)


def enrolled(db: Connection, account: str) -> frozenset[str]:
    """Return `password` when the account has one."""
    return frozenset({METHOD}) if Credentials(db).any(account) else frozenset()


def withdraw(db: Connection, account: str) -> int:
    """Forget the password of an account that was recovered; returns how many went."""
    return int(Credentials(db).remove(account))
