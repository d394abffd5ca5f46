"""Six digits sent to a phone or a mail address: five minutes, five tries, one use, and only so many a day.

Standard:
    NIST SP 800-63B-4, 3.1.3 (out-of-band); OWASP ASVS 5.0, 6.6.1 to 6.6.3.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from idp.errors import ProofRefused
from idp.factors.throttle import Throttled
from idp.factors.typed import typed
from idp.model.assurance import Proof
from idp.storage.sent_codes import SentCodes
from trust.keys.fields import BlindIndex
from trust.storage.replay import Replays

SMS: Final = "sms"
WORDS: Final = "验证码 {digits}，5 分钟内有效。请勿告诉他人，工作人员不会向您索取。"
LIFE: Final = timedelta(minutes=5)
APART: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
A_DAY_TO_ONE: Final = 10
AN_HOUR_FROM_A_BLOCK: Final = 30
_DIGITS: Final = 6
_MOST_TYPED: Final = 40  # characters


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code on its way: its id for the browser, its digits for the phone alone."""

    id: str
    digits: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SentCodeFactor:
    """Makes and checks codes of one method, such as `sms`; `index` keys their digests."""

    method: str
    index: BlindIndex = field(repr=False)

    def spend(self, db: Connection, target: str, block: str, at: datetime) -> None:
        """Take one message out of the budgets of a number or address, and of the block that asks for it.

        Raises:
            Throttled: none is left for now.
        """
        budget, to = Replays(db), self.index.write(f"{self.method}-budget", target).hex()
        if budget.known(f"{self.method}-minute", to, at):
            raise Throttled(int(APART.total_seconds()))
        places = [(f"{self.method}-block", block, AN_HOUR_FROM_A_BLOCK, HOUR), (f"{self.method}-day", to, A_DAY_TO_ONE, DAY)]  # fmt: skip
        for kind, value, most, within in places:
            if not any(budget.take(kind, f"{value}:{number}", at + within, at) for number in range(most)):
                raise Throttled(int(within.total_seconds()))
        if not budget.take(f"{self.method}-minute", to, at + APART, at):
            raise Throttled(int(APART.total_seconds()))

    def make(self, db: Connection, account: str | None, browser: bytes, at: datetime) -> NewCode:
        """Return a code for an account; for none at all one that nothing will match."""
        code = NewCode(secrets.token_hex(16), f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}")
        if account is not None:
            digest = self.index.write(f"{self.method}-code", f"{code.id}:{code.digits}")
            SentCodes(db).add(code.id, self.method, account, browser, digest, at + LIFE)
        return code

    def verify(self, db: Connection, name: str, digits: str, browser: bytes, at: datetime) -> tuple[str, Proof]:
        """Return the account to which a code was sent, and what it shows; the try counts, so commit in any case.

        Raises:
            ProofRefused: wrong, used, too late, too often, or of another browser.
        """
        codes = SentCodes(db)
        found = codes.attempt(typed(name, _MOST_TYPED), self.method, browser, at)
        said = self.index.look_up(f"{self.method}-code", f"{typed(name, _MOST_TYPED)}:{typed(digits, _MOST_TYPED)}")
        if found is not None and any(hmac.compare_digest(found[1], one) for one in said) and codes.take(name, at):
            return found[0], Proof(self.method, at)
        raise ProofRefused("the code was not accepted")
