"""Send six digits to the phone that shall become an account's, which proves that the owner holds it."""

from dataclasses import dataclass

from idp.errors import SessionEnded
from idp.factors.sent_code import SentCodeFactor
from idp.model.recovery import bound_to_phone
from idp.sources.notices import Channel
from idp.storage.sessions import Sessions
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork
from trust.values.person import Phone

WORDS = "验证码 {digits}，用于更换手机号，5 分钟内有效。请勿告诉他人，工作人员不会向您索取。"


@dataclass(frozen=True, slots=True)
class SendNewPhoneCode:
    """Send a code to a phone that nobody has proved yet; it counts in this browser, for this phone alone."""

    new_work: NewWork
    clock: Clock
    codes: SentCodeFactor
    sms: Channel

    def __call__(self, sid: str, phone: Phone, block: str, browser: bytes) -> str:
        """Return the id of the code, for the page.

        Raises:
            SessionEnded: the session is over.
            Throttled: too many were sent to this number or from this block.
        """
        at = self.clock.now()
        with self.new_work() as work:
            session = Sessions(work.db).find_by_sid(sid)
            if session is None or not session.live(at):
                raise SessionEnded("the session is over")
            self.codes.spend(work.db, phone.reveal(), block, at)
            code = self.codes.make(work.db, session.account, bound_to_phone(browser, phone), at)
            facts = {"method": self.codes.method, "code": code.id}
            work.journal.append("code-sent", session.account, "service idp", facts)
        self.sms.send(phone.reveal(), WORDS.format(digits=code.digits))
        return code.id
