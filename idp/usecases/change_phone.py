"""Change the phone of an account: after a delay in which every channel is told and the owner may object."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from idp.errors import ProofRefused, SessionEnded
from idp.errors_ties import RecoveryRefused
from idp.factors.sent_code import SentCodeFactor
from idp.model.account import AccountKind
from idp.model.challenge import new_nonce
from idp.model.recovery import Recovery, RecoveryState, bound_to_phone, way_of
from idp.sources.notices import Notices
from idp.storage.accounts import Accounts
from idp.storage.evidence import EvidenceRecords
from idp.storage.levels import Levels
from idp.storage.persons import Vault
from idp.storage.recent_use import RecentUse
from idp.storage.recoveries import Recoveries
from idp.storage.sessions import Sessions
from trust.clock import Clock
from trust.keys.fields import Cell
from trust.storage.unit_of_work import NewWork
from trust.values.person import Phone

COUNTS_FOR: Final = timedelta(days=7)  # after the delay


@dataclass(frozen=True, slots=True)
class ChangePhone:
    """Begin a change; a job carries it out when nobody objected."""

    new_work: NewWork
    clock: Clock
    vault: Vault
    secret: bytes = field(repr=False)
    delay: timedelta
    cancel_page: str  # address of the page to which the word is added
    codes: SentCodeFactor
    notices: Notices

    def __call__(
        self, sid: str, named: Sequence[str], phone: Phone, code: str, digits: str, browser: bytes
    ) -> Recovery:
        """Begin, for a phone that the digits sent to it prove.

        Args:
            sid: of the session in which the owner showed a phone, a face, a certificate or came to a window.
            named: the platforms that were used of late, when the old phone is what was shown.
            phone: the new one.
            code: the id of what was sent to it.
            digits: that came.
            browser: digest of the browser's cookie.

        Raises:
            SessionEnded: the session is over.
            ProofRefused: the digits are wrong, used or too late, or were sent to another phone.
            RecoveryRefused: what was shown is not enough, the account is staff's, or a change is waiting already.
            TooManyAttempts: platforms were named wrongly too often today.
        """
        at, word, recalled = self.clock.now(), new_nonce(), False
        self._prove(code, digits, bound_to_phone(browser, phone))
        with self.new_work() as work:
            session = Sessions(work.db).find_by_sid(sid)
            if session is None or not session.live(at):
                raise SessionEnded("the session is over")
            if named:
                recalled = RecentUse(work.db, self.secret).right(session.account, named, at)
                facts = {"right": str(recalled).lower()}
                work.journal.append("recent-use-named", session.account, f"person {session.account}", facts)
        with self.new_work() as work:
            account = Accounts(work.db, self.vault).lock(session.account)
            if account.kind is not AccountKind.NATURAL or not account.may_sign_in:
                raise RecoveryRefused("this account is recovered by the body's administrator")
            evidence = EvidenceRecords(work.db).of(account.id, at)
            il = Levels(work.db).ladder().identity_level("natural", evidence, at)
            way = way_of(session.proofs, recalled=recalled, il=il, at=at)
            if Recoveries(work.db).of(account.id, at):
                raise RecoveryRefused("a change is waiting already; cancel it first")
            name, due = secrets.token_hex(16), at + self.delay
            sealed = self.vault.cipher.encrypt(Cell("idp_recovery", "phone", name), phone.reveal())
            made = Recovery(name, account.id, way, RecoveryState.WAITING, at, due, due + COUNTS_FOR, sealed)
            Recoveries(work.db).add(made, word, f"person {account.id}")
            facts = {"recovery": name, "way": way.value, "due": due.isoformat(timespec="seconds")}
            work.journal.append("phone-change-begun", account.id, f"person {account.id}", facts)
        self.notices.tell(account.id, "recovery-begun", f"{self.cancel_page}?word={word}")
        return made

    def _prove(self, code: str, digits: str, bound: bytes) -> None:
        """Take the digits; a wrong try is counted before it is refused."""
        refused = None
        with self.new_work() as work:
            try:
                self.codes.verify(work.db, code, digits, bound, self.clock.now())
            except ProofRefused as wrong:
                refused = wrong
        if refused is not None:
            raise refused
