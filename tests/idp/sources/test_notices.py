"""People are told over every channel that is known of them, and nobody else is."""

from dataclasses import dataclass, field

import pytest

from idp.model.account import Person
from idp.sources.notices import WORDS, AccountNotices
from tests.support.clock import SettableClock
from tests.support.ties import VAULT, TiesHouse
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork


@dataclass
class Sent:
    texts: list[tuple[str, str]] = field(default_factory=list)

    def send(self, to: str, text: str) -> None:
        self.texts.append((to, text))


@pytest.mark.parametrize("what", WORDS)
def test_a_person_is_told_over_phone_and_mail(
    database: Database, new_work: NewWork, clock: SettableClock, what: str
) -> None:
    account = TiesHouse(database, new_work, clock).account(Person(phone="13900000001", email="zhou@example.org"))
    sms, mail = Sent(), Sent()
    AccountNotices(database, VAULT, sms, mail).tell(account.id, what, " more")
    assert sms.texts == [("13900000001", WORDS[what] + " more")]
    assert mail.texts == [("zhou@example.org", WORDS[what] + " more")]


def test_whoever_has_no_address_is_not_told(database: Database, new_work: NewWork, clock: SettableClock) -> None:
    account, sms = TiesHouse(database, new_work, clock).account(), Sent()
    for notices in (AccountNotices(database, VAULT, sms, sms), AccountNotices(database, VAULT)):
        for one in (account.id, "0" * 32):
            notices.tell(one, "linked")
    assert not sms.texts
