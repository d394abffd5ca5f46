"""Prove by a message that somebody holds a phone which is no account's yet."""

import hashlib
from dataclasses import dataclass

from idp.errors import ProofRefused
from idp.factors.sent_code import WORDS, SentCodeFactor
from idp.sources.notices import Channel
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork

METHOD = "phone"  # such a code signs nobody in


@dataclass(frozen=True, slots=True)
class ProvePhone:
    """Send codes to a phone for an account, and take them.

    Attributes:
        budget: of messages, the one that codes for signing in are taken from.
        codes: of the method `phone`.
    """

    new_work: NewWork
    clock: Clock
    budget: SentCodeFactor
    codes: SentCodeFactor
    sms: Channel

    def send(self, account: str, phone: str) -> None:
        """Send a code; the one before it counts no more.

        Raises:
            Throttled: too many were sent to this number, or for this account.
        """
        at = self.clock.now()
        with self.new_work() as work:
            self.budget.spend(work.db, phone, f"account {account}", at)
            code = self.codes.make(work.db, account, _of(account), at, self._name(account, phone))
            facts = {"method": METHOD, "code": code.id}
            work.journal.append("code-sent", account, f"person {account}", facts)
        self.sms.send(phone, WORDS.format(digits=code.digits))

    def check(self, account: str, phone: str, code: str) -> None:
        """Take a code, once.

        Raises:
            ProofRefused: wrong, used, too late or too often.
        """
        refused: ProofRefused | None = None
        with self.new_work() as work:
            name = self._name(account, phone)
            try:
                self.codes.verify(work.db, name, code, _of(account), self.clock.now())
            except ProofRefused as wrong:
                refused = wrong
            else:
                work.journal.append("phone-proven", account, f"person {account}", {"code": name})
        if refused is not None:
            raise refused

    def _name(self, account: str, phone: str) -> str:
        return self.codes.index.write("phone-proof", f"{account}:{phone}").hex()


def _of(account: str) -> bytes:
    return hashlib.sha256(account.encode()).digest()
