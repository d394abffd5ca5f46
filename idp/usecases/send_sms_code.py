"""Send six digits to a phone."""

from dataclasses import dataclass

from idp.factors.sent_code import WORDS, SentCodeFactor
from idp.factors.typed import typed
from idp.sources.notices import Channel
from idp.storage.accounts import Accounts
from idp.storage.persons import Vault
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork

MAX_PHONE = 40  # characters


@dataclass(frozen=True, slots=True)
class SendSmsCode:
    """Send a code to the proven phone of an account; whoever asks never learns whether there is one."""

    new_work: NewWork
    clock: Clock
    vault: Vault
    codes: SentCodeFactor
    sms: Channel

    def __call__(self, phone: str, block: str, browser: bytes) -> str:
        """Return the id of the code, for the browser that asked.

        Args:
            phone: a number, of an account or of none.
            block: where from, see `address_block`.
            browser: digest of the browser's cookie.

        Raises:
            Throttled: too many were sent to this number or from this block.
        """
        at, phone = self.clock.now(), typed(phone, MAX_PHONE)
        with self.new_work() as work:
            self.codes.spend(work.db, phone, block, at)
            accounts = Accounts(work.db, self.vault)
            found = accounts.find_by_identifier("phone", phone)
            if found is not None and not (found.may_sign_in and accounts.identifiers(found.id).get("phone")):
                found = None
            code = self.codes.make(work.db, None if found is None else found.id, browser, at)
            if found is not None:
                work.journal.append(
                    "code-sent", found.id, "service idp", {"method": self.codes.method, "code": code.id}
                )
        if found is not None:
            self.sms.send(phone, WORDS.format(digits=code.digits))
        return code.id
