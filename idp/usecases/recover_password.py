"""Set a new password after showing in a fresh session to be the owner; everything older is worth nothing then."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from idp.errors import SessionEnded
from idp.errors_ties import RecoveryRefused
from idp.model.account import AccountKind, Person
from idp.model.recovery import way_of
from idp.sources.notices import Notices
from idp.storage.accounts import Accounts
from idp.storage.evidence import EvidenceRecords
from idp.storage.levels import Levels
from idp.storage.persons import Vault
from idp.storage.recent_use import RecentUse
from idp.storage.recovery_events import Withdraw, lower
from idp.storage.sessions import Sessions
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork

Encode = Callable[[str, Person], str]  # the digest of a new password; raises when it will not do for this person
KeepPassword = Callable[[Connection, str, str, datetime], None]  # account, its new digest, now


@dataclass(frozen=True, slots=True)
class RecoverPassword:
    """Let an owner who forgot the password, or lost what signs in, begin anew."""

    new_work: NewWork
    clock: Clock
    vault: Vault
    secret: bytes = field(repr=False)  # of subjects; orders the platforms that are asked about
    encode: Encode
    keep_password: KeepPassword
    withdrawals: Sequence[Withdraw]
    notices: Notices

    def choices(self, account: str) -> Sequence[str]:
        """Return the platforms to choose from; none: too little was used to ask, and a phone is not enough."""
        with self.new_work() as work:
            return RecentUse(work.db, self.secret).choices(account, self.clock.now())

    def __call__(self, sid: str, named: Sequence[str], password: str) -> None:
        """Set the password, and end every session.

        Args:
            sid: of the session in which the owner showed a phone, a face, a certificate or came to a window.
            named: the platforms that were used of late, for a phone.
            password: the new one.

        Raises:
            SessionEnded: the session is over.
            RecoveryRefused: what was shown is not enough, or the account is staff's.
            TooManyAttempts: platforms were named wrongly too often today.
            TrustError: of the factor, when the password will not do.
            TooBusy: too many passwords are being hashed.
        """
        at, recalled = self.clock.now(), False
        # The try is counted whatever comes of it.
        with self.new_work() as work:
            session = Sessions(work.db).find_by_sid(sid)
            if session is None or not session.live(at):
                raise SessionEnded("the session is over")
            person = self.vault.open(Accounts(work.db, self.vault).get(session.account))
            if named:
                recalled = RecentUse(work.db, self.secret).right(session.account, named, at)
                facts = {"right": str(recalled).lower()}
                work.journal.append("recent-use-named", session.account, f"person {session.account}", facts)
        digest = self.encode(password, person)
        with self.new_work() as work:
            account = Accounts(work.db, self.vault).lock(session.account)
            if account.kind is not AccountKind.NATURAL or not account.may_sign_in:
                raise RecoveryRefused("this account is recovered by the body's administrator")
            evidence = EvidenceRecords(work.db).of(account.id, at)
            il = Levels(work.db).ladder().identity_level("natural", evidence, at)
            way = way_of(session.proofs, recalled=recalled, il=il, at=at)
            gone = lower(work.db, account.id, self.withdrawals, at)
            self.keep_password(work.db, account.id, digest, at)
            facts = {"way": way.value, "authenticators": str(gone), "il": str(il)}
            work.journal.append("account-recovered", account.id, f"person {account.id}", facts)
        self.notices.tell(account.id, "recovered")
