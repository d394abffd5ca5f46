"""Codes of apps, from paper and by message: each counts once, a few tries at a time, in fresh sessions only."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from idp.errors import LevelTooLow, ProofRefused
from idp.errors_factors import NotEnrolled, PasswordUnfit
from idp.factors import enrolment, totp
from idp.factors.sent_code import A_DAY_TO_ONE, AN_HOUR_FROM_A_BLOCK, SMS, SentCodeFactor
from idp.factors.throttle import Throttled
from idp.factors.totp import TotpFactor
from idp.model.account import Account
from idp.storage.accounts import Accounts
from idp.usecases.confirm_totp import ConfirmTotp
from idp.usecases.enrol_totp import EnrolTotp
from idp.usecases.make_recovery_codes import MakeRecoveryCodes
from idp.usecases.remove_totp import RemoveTotp
from idp.usecases.send_sms_code import SendSmsCode
from idp.usecases.show_second_factor import ShowSecondFactor
from idp.usecases.sign_in_with_code import SignInWithCode
from tests.support.clock import SettableClock
from tests.support.factors import HERE, VAULT, FactorHouse
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork

PHONE, BROWSER = "13912345678", bytes(32)


@dataclass
class CodeHouse(FactorHouse):
    """The use cases of codes beside those of passwords."""

    sent: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        work, factor, codes = (self.new_work, self.clock), TotpFactor(VAULT.cipher), SentCodeFactor(SMS, VAULT.index)
        self.enrol = EnrolTotp(*work, factor)
        self.confirm = ConfirmTotp(*work, factor, self)
        self.remove = RemoveTotp(*work, factor, self)
        self.make = MakeRecoveryCodes(*work, self)
        self.second = ShowSecondFactor(*work, factor)
        self.ask = SendSmsCode(*work, VAULT, codes, self)
        self.by_code = SignInWithCode(*work, codes)

    def send(self, to: str, text: str) -> None:
        self.sent.append((to, text))

    def digits(self) -> str:
        return self.sent[-1][1].split()[1][:6]

    def with_totp(self, account: Account) -> str:
        """Set it up; returns the secret, in a step that was not used yet."""
        offer = self.enrol(account.id, "c***n", self.standing())
        self.confirm(account.id, self.code(offer.secret), self.standing())
        self.clock.advance(timedelta(seconds=60))
        return offer.secret

    def code(self, secret: str, steps: int = 0) -> str:
        return pyotp.TOTP(secret).at(self.clock.now() + timedelta(seconds=30 * steps))

    def reached(self, phone: str = PHONE) -> Account:
        """An account with a proven phone."""
        account = self.person(phone=phone)
        with self.new_work() as work:
            Accounts(work.db, VAULT).identify(account.id, "phone", phone, self.clock.now())
        return account


@pytest.fixture
def house(database: Database, new_work: NewWork, clock: SettableClock) -> CodeHouse:
    return CodeHouse(database, new_work, clock)


def test_codes_are_those_of_the_standard() -> None:
    # RFC 6238, appendix B, the last six digits of the SHA-1 column.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for second, code in [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")]:
        assert totp.code_at(secret, totp.step_of(datetime.fromtimestamp(second, UTC))) == code


def test_an_app_reads_what_is_offered(house: CodeHouse) -> None:
    offer = house.enrol(house.person().id, "陈 & 兰", house.standing())
    read = pyotp.parse_uri(offer.uri)
    assert isinstance(read, pyotp.TOTP)
    assert read.at(house.clock.now()) == house.code(offer.secret)
    assert parse_qs(urlsplit(offer.uri).query)["issuer"] == ["统一身份认证"]
    assert offer.secret not in repr(offer)


def test_a_secret_counts_only_after_a_code_of_it(house: CodeHouse) -> None:
    account = house.person()
    offer = house.enrol(account.id, "c", house.standing())
    with pytest.raises(ProofRefused):
        house.second(account.id, house.code(offer.secret))
    with pytest.raises(ProofRefused):
        house.confirm(account.id, "000000", house.standing())
    house.clock.advance(timedelta(minutes=11))
    with pytest.raises(ProofRefused):
        house.confirm(account.id, house.code(offer.secret), house.standing())


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_code_of_another_time_is_refused(house: CodeHouse, steps: int) -> None:
    account = house.person()
    secret = house.with_totp(account)
    with pytest.raises(ProofRefused):
        house.second(account.id, house.code(secret, steps))
    assert house.second(account.id, house.code(secret, steps // 2)).method == "totp"


@pytest.mark.parametrize("code", ["", "12345", "1234567", "１２３４５６", "abcdef", "a" * 10_000])
def test_what_is_no_code_is_refused(house: CodeHouse, code: str) -> None:
    account = house.person()
    house.with_totp(account)
    with pytest.raises(ProofRefused):
        house.second(account.id, code)


def test_of_many_who_show_one_step_one_wins(house: CodeHouse) -> None:
    account = house.person()
    code = house.code(house.with_totp(account))
    assert _winners(lambda: house.second(account.id, code)) == 1


def test_of_many_who_show_one_recovery_code_one_wins(house: CodeHouse) -> None:
    account = house.person()
    code = house.make(account.id, house.standing())[3]
    assert _winners(lambda: house.second(account.id, code)) == 1


def test_of_many_who_show_one_message_one_wins(house: CodeHouse) -> None:
    house.reached()
    name, digits = house.ask(PHONE, HERE, BROWSER), house.digits()
    assert _winners(lambda: house.by_code(name, digits, BROWSER)) == 1


def test_guessing_a_second_factor_locks_it(house: CodeHouse) -> None:
    account = house.person()
    secret = house.with_totp(account)
    failures = 0
    while failures < 10:
        try:
            house.second(account.id, "000000")
        except ProofRefused:
            failures += 1
        except Throttled as wait:
            house.clock.advance(timedelta(seconds=wait.retry_after))
    with pytest.raises(Throttled):
        house.second(account.id, house.code(secret))


def test_new_recovery_codes_replace_the_old_ones(house: CodeHouse) -> None:
    account, other = house.person(), house.person("lisi")
    old, new = house.make(account.id, house.standing()), house.make(account.id, house.standing())
    assert len(set(new)) == 10
    for wrong, owner in [(old[0], account), (new[0], other)]:
        with pytest.raises(ProofRefused):
            house.second(owner.id, wrong)
    assert house.second(account.id, new[0].upper().replace("-", " ")).method == "recovery-code"


@pytest.mark.parametrize(("al", "minutes"), [(1, 0), (2, 11)])
def test_factors_change_only_in_sure_and_fresh_sessions(house: CodeHouse, al: int, minutes: int) -> None:
    account = house.person()
    secret, weak = house.with_totp(account), house.standing(al, timedelta(minutes=minutes))
    told = list(house.told)
    acts: list[Callable[[], object]] = [
        lambda: house.enrol(account.id, "c", weak),
        lambda: house.confirm(account.id, house.code(secret), weak),
        lambda: house.remove(account.id, weak),
        lambda: house.make(account.id, weak),
        lambda: house.set_password(account.id, "violet harbour ten", weak),
    ]
    for act in acts:
        with pytest.raises(LevelTooLow):
            act()
    assert house.told == told


def test_what_was_removed_counts_no_more(house: CodeHouse) -> None:
    account = house.person()
    secret = house.with_totp(account)
    house.remove(account.id, house.standing())
    with pytest.raises(ProofRefused):
        house.second(account.id, house.code(secret))
    with pytest.raises(NotEnrolled):
        house.remove(account.id, house.standing())
    assert [what for _, what in house.told] == ["totp-added", "totp-removed"]


def test_a_code_by_message_is_for_its_browser_its_minutes_and_five_tries(house: CodeHouse) -> None:
    house.reached()
    name, right = house.ask(PHONE, HERE, BROWSER), house.digits()
    with pytest.raises(ProofRefused):
        house.by_code(name, right, bytes([1]) * 32)
    for _ in range(5):
        with pytest.raises(ProofRefused):
            house.by_code(name, f"{(int(right) + 1) % 10**6:06}", BROWSER)
    with pytest.raises(ProofRefused):
        house.by_code(name, right, BROWSER)
    house.clock.advance(timedelta(minutes=2))
    name = house.ask(PHONE, HERE, BROWSER)
    house.clock.advance(timedelta(minutes=5))
    with pytest.raises(ProofRefused):
        house.by_code(name, house.digits(), BROWSER)


def test_a_number_of_nobody_gets_an_answer_and_no_message(house: CodeHouse) -> None:
    house.person("unproven", phone="13700000000")
    for phone in ("13800000000", "13700000000"):
        name = house.ask(phone, HERE, BROWSER)
        with pytest.raises(ProofRefused):
            house.by_code(name, "000000", BROWSER)
    assert house.sent == []


def test_messages_to_one_number_and_from_one_block_run_out(house: CodeHouse) -> None:
    house.reached()
    house.ask(PHONE, HERE, BROWSER)
    with pytest.raises(Throttled):
        house.ask(PHONE, HERE, BROWSER)
    for _ in range(A_DAY_TO_ONE - 1):
        house.clock.advance(timedelta(minutes=61))
        house.ask(PHONE, HERE, BROWSER)
    house.clock.advance(timedelta(minutes=61))
    with pytest.raises(Throttled):
        house.ask(PHONE, HERE, BROWSER)
    for number in range(AN_HOUR_FROM_A_BLOCK):
        house.ask(f"138{number:08}", HERE, BROWSER)
    with pytest.raises(Throttled):
        house.ask("13899999999", HERE, BROWSER)


def test_damaged_text_is_refused_like_any_other(house: CodeHouse) -> None:
    account = house.reached()
    house.with_totp(account)
    house.make(account.id, house.standing())
    name = house.ask(PHONE, HERE, BROWSER)
    half = "\ud800"
    acts: list[Callable[[], object]] = [
        lambda: house.second(account.id, half * 6),
        lambda: house.second(account.id, half * 16),
        lambda: house.by_code(name, half, BROWSER),
        lambda: house.by_code(half, "000000", BROWSER),
        lambda: house.by_code("\x00", "000000", BROWSER),
        lambda: house.sign_in("chenlan", half, HERE),
        lambda: house.sign_in(half, "x", HERE),
    ]
    for act in acts:
        with pytest.raises(ProofRefused):
            act()
    assert house.ask(half, HERE, BROWSER)
    with pytest.raises(PasswordUnfit):
        house.set_password(account.id, half * 9, house.standing())


def test_methods_are_told_as_they_are_set_up_and_forgotten_together(house: CodeHouse) -> None:
    account = house.reached()
    house.with_totp(account)
    house.make(account.id, house.standing())
    with house.new_work() as work:
        assert enrolment.enrolled(work.db, account.id) == {"password", "sms", "totp", "recovery-code"}
        assert enrolment.withdraw(work.db, account.id) == 12
        assert enrolment.enrolled(work.db, account.id) == {"sms"}


def test_no_code_stands_in_the_journal(house: CodeHouse) -> None:
    account = house.reached()
    secret = house.with_totp(account)
    paper = house.make(account.id, house.standing())
    house.second(account.id, house.code(secret))
    house.second(account.id, paper[0])
    house.by_code(house.ask(PHONE, HERE, BROWSER), house.digits(), BROWSER)
    told = repr(house.journal(account))
    assert not any(canary in told for canary in (secret, PHONE, *paper))


def _winners(act: Callable[[], object]) -> int:
    def tried(_: int) -> bool:
        try:
            act()
        except (ProofRefused, Throttled):
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(tried, range(64))).count(True)
