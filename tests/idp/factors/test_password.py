"""Passwords: refused in the same words and with the same work, counted, set anew."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from idp.errors import LevelTooLow, ProofRefused, TooManyAttempts
from idp.errors_factors import PasswordUnfit, Unfit
from idp.factors.password_policy import BreachedPasswords, PasswordPolicy
from idp.factors.throttle import Attempt, Throttle, Throttled, address_block
from idp.model.account import AccountKind, Person
from idp.settings_passwords import PasswordsSection
from idp.storage.credentials import Credentials
from tests.support.clock import SettableClock
from tests.support.factors import GOOD, HERE, THERE, FactorHouse
from trust.settings import SettingsMalformed
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork

COOKIE, OTHER_COOKIE = bytes(32), bytes([1]) * 32
DULL = [
    "password", "Passw0rd!", "12345678", "qwertyuiop", "1qaz2wsx", "woaini1314", "zhangwei1990", "19900101", "admin@2024",
    "aaaaaaaa", "13800138000", "P@ssword123", "abc123456", "iloveyou520", "liwei19850412", "zhengwu2025!", "qazwsxedc", "密码密码12345678",
]  # fmt: skip


@pytest.fixture
def house(database: Database, new_work: NewWork, clock: SettableClock) -> FactorHouse:
    return FactorHouse(database, new_work, clock)


@pytest.mark.parametrize("password", DULL)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(PasswordUnfit) as refused:
        PasswordPolicy().permit(password, Person())
    assert refused.value.why is Unfit.COMMON
    assert str(refused.value) == "this password cannot be taken: common"


def test_birthdays_of_a_century_with_every_short_surname_are_refused() -> None:
    tried = [f"{name}{year}{month:02}{day:02}" for name in ("wang", "li") for year in range(1925, 2025) for month in range(1, 13) for day in range(1, 29)]  # fmt: skip
    assert len(tried) > 10_000
    for password in tried[::7]:
        with pytest.raises(PasswordUnfit):
            PasswordPolicy().permit(password, Person())


@pytest.mark.parametrize(
    "password", [GOOD, "correct horse battery staple", "湖边的老邮差骑着骆驼", "tK9#vw2pLq", "x" + "yz9" * 42]
)
def test_what_nobody_guesses_is_taken(password: str) -> None:
    assert PasswordPolicy().permit(password, Person()) == password


@pytest.mark.parametrize(
    ("password", "why"),
    [("short7!", Unfit.SHORT), ("v" * 129, Unfit.LONG), ("ﷺ" * 100, Unfit.LONG), ("v" * 100_000, Unfit.LONG), ("violet\x00harbour", Unfit.UNREADABLE)],
)  # fmt: skip
def test_form_is_checked_after_folding(password: str, why: Unfit) -> None:
    with pytest.raises(PasswordUnfit) as refused:
        PasswordPolicy().permit(password, Person())
    assert refused.value.why is why


@pytest.mark.parametrize("password", ["so-ChenLan-yes", "mine13912345678mine", "ｃｈｅｎｌａｎ harbour"])
def test_ones_own_name_and_number_are_refused(password: str) -> None:
    with pytest.raises(PasswordUnfit) as refused:
        PasswordPolicy().permit(password, Person(username="chenlan", phone="13912345678"))
    assert refused.value.why is Unfit.PERSONAL


def test_every_leaked_password_of_a_file_is_found_and_no_other(tmp_path: Path) -> None:
    leaked = [f"leaked secret {number}" for number in range(50)]
    lines = sorted(f"{hashlib.sha1(one.encode()).hexdigest().upper()}:{number}" for number, one in enumerate(leaked))
    file = tmp_path / "leaked.txt"
    file.write_text("\r\n".join(lines) + "\r\n", "ascii")
    breached = BreachedPasswords(file)
    assert all(breached.contains(one) for one in leaked)
    assert not any(breached.contains(f"kept secret {number}") for number in range(200))
    with pytest.raises(PasswordUnfit) as refused:
        PasswordPolicy(breached).permit(leaked[3], Person())
    assert refused.value.why is Unfit.BREACHED


def test_simple_passwords_are_for_development_alone() -> None:
    assert PasswordPolicy(simple=True).permit("password", Person()) == "password"
    with pytest.raises(SettingsMalformed):
        PasswordsSection(development_simple=True).checked(production=True)
    assert PasswordsSection(development_simple=True).checked(production=False).development_simple


def test_a_password_signs_in_by_name_or_phone_however_it_is_typed(house: FactorHouse) -> None:
    account = house.person(phone="13912345678", password="violet harbour 9")
    for name in ("chenlan", "CHENLAN", "13912345678"):
        shown = house.sign_in(name, "violet harbour ９", HERE)
        assert (shown.account, shown.proof.method) == (account.id, "password")


def test_whoever_may_not_sign_in_is_refused_alike_after_the_same_work(house: FactorHouse) -> None:
    house.person()
    house.person("nopassword", None)
    house.disable(house.person("gone"))
    said, work = set(), set()
    for name, password in [
        ("chenlan", "wrong"),
        ("nobody", GOOD),
        ("nopassword", GOOD),
        ("gone", GOOD),
        ("chenlan", "w" * 9_999),
    ]:
        house.hashes.checks = 0
        with pytest.raises(ProofRefused) as refused:
            house.sign_in(name, password, HERE)
        said.add(str(refused.value))
        work.add(house.hashes.checks)
    assert len(said) == 1
    assert work == {1}


def test_names_that_nobody_has_are_slowed_like_those_that_somebody_has(house: FactorHouse) -> None:
    house.person()
    waits: dict[str, list[int]] = {"chenlan": [], "nobody": []}
    for name, seen in waits.items():
        for _ in range(12):
            with pytest.raises((ProofRefused, TooManyAttempts)) as refused:
                house.sign_in(name, "wrong", HERE)
            if isinstance(refused.value, Throttled):
                seen.append(refused.value.retry_after)
                house.clock.advance(timedelta(seconds=refused.value.retry_after))
    assert waits["chenlan"] == waits["nobody"]
    assert waits["chenlan"][:3] == [1, 2, 4]


def test_the_right_password_does_not_open_what_is_locked_until_time_passes(house: FactorHouse) -> None:
    house.person()
    for _ in range(10):
        _fail(house, "chenlan")
    with pytest.raises(Throttled) as locked:
        house.sign_in("chenlan", GOOD, HERE)
    assert locked.value.retry_after == 900
    house.clock.advance(timedelta(minutes=15))
    assert house.sign_in("chenlan", GOOD, HERE).account


def test_others_do_not_lock_an_owner_out(house: FactorHouse) -> None:
    house.person()
    house.sign_in("chenlan", GOOD, HERE, COOKIE)
    for _ in range(10):
        _fail(house, "chenlan")
    assert house.sign_in("chenlan", GOOD, THERE).account
    assert house.sign_in("chenlan", GOOD, HERE, COOKIE).account
    with pytest.raises(Throttled):
        house.sign_in("chenlan", GOOD, HERE, OTHER_COOKIE)


def test_staff_are_locked_from_everywhere_at_the_fifth_failure(house: FactorHouse) -> None:
    house.person("clerk", kind=AccountKind.STAFF)
    for _ in range(5):
        _fail(house, "clerk")
    with pytest.raises(Throttled) as locked:
        house.sign_in("clerk", GOOD, THERE)
    assert locked.value.retry_after == 900


def test_success_forgets_failures(house: FactorHouse) -> None:
    house.person()
    for _ in range(4):
        for _ in range(4):
            _fail(house, "chenlan")
        assert house.sign_in("chenlan", GOOD, HERE).account


def test_successes_in_parallel_are_not_limited(house: FactorHouse) -> None:
    house.person()
    with ThreadPoolExecutor(8) as pool:
        assert len(list(pool.map(lambda _: house.sign_in("chenlan", GOOD, HERE), range(24)))) == 24


def test_failures_in_parallel_are_all_counted(house: FactorHouse) -> None:
    account, at = house.person(), house.clock.now()
    attempt = Attempt(account.id, "password", HERE)

    def fail(_: int) -> int:
        with house.new_work() as work:
            return Throttle(work.db).failed(attempt, at)

    with ThreadPoolExecutor(16) as pool:
        assert sorted(pool.map(fail, range(64))) == list(range(1, 65))


def test_a_right_guess_among_many_at_once_is_worth_nothing_after_the_limit(house: FactorHouse) -> None:
    account, at = house.person(), house.clock.now()
    attempt = Attempt(account.id, "password", HERE)
    with house.new_work() as work:
        Throttle(work.db).permit(attempt, at)
        for _ in range(5):
            Throttle(work.db).failed(attempt, at)
        with pytest.raises(Throttled):
            Throttle(work.db).succeeded(attempt, at)


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("192.0.2.77", "192.0.2.0/24"), ("::ffff:192.0.2.77", "192.0.2.0/24"), ("2001:db8:1:2ff::9", "2001:db8:1:200::/56"),
        ("fe80::1%eth0", "fe80::/56"), ("", "unknown"), ("nonsense", "unknown"),
    ],
)  # fmt: skip
def test_neighbours_count_together(address: str, block: str) -> None:
    assert address_block(address) == block


def test_a_digest_of_old_parameters_is_made_anew(house: FactorHouse) -> None:
    account = house.person()
    old = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1).hash(GOOD)
    with house.new_work() as work:
        Credentials(work.db).keep(account.id, old, house.clock.now())
    house.sign_in("chenlan", GOOD, HERE)
    with house.database.reading() as db:
        kept = Credentials(db).find(account.id)
    assert kept is not None
    assert kept.digest != old
    assert house.sign_in("chenlan", GOOD, HERE).account


def test_none_of_the_last_five_comes_back(house: FactorHouse) -> None:
    account = house.person()
    for number in range(4):
        house.set_password(account.id, f"violet harbour plus {number}", house.standing())
        with pytest.raises(PasswordUnfit) as refused:
            house.set_password(account.id, GOOD, house.standing())
        assert refused.value.why is Unfit.FORMER
    house.set_password(account.id, "violet harbour plus 4", house.standing())
    house.set_password(account.id, GOOD, house.standing())
    assert house.told[-1] == (account.id, "password-changed")


@pytest.mark.parametrize(("al", "minutes"), [(0, 0), (2, 11)])
def test_a_password_changes_only_in_a_fresh_session(house: FactorHouse, al: int, minutes: int) -> None:
    account = house.person()
    with pytest.raises(LevelTooLow):
        house.set_password(account.id, "violet harbour ten", house.standing(al, timedelta(minutes=minutes)))
    assert house.told == []


def test_no_password_stands_in_journal_or_words(house: FactorHouse, caplog: pytest.LogCaptureFixture) -> None:
    account = house.person()
    house.set_password(account.id, "canary lantern eleven", house.standing())
    house.sign_in("chenlan", "canary lantern eleven", HERE, COOKIE)
    _fail(house, "chenlan", "canary lantern twelve")
    told = repr((house.journal(account), house.sign_in, house.passwords)) + caplog.text
    assert [event for event, _ in house.journal(account)] == ["password-set", "password-shown", "password-refused"]
    assert "canary" not in told
    assert "chenlan" not in told


def _fail(house: FactorHouse, name: str, password: str = "wrong") -> None:
    while True:
        try:
            house.sign_in(name, password, HERE)
        except Throttled as wait:
            house.clock.advance(timedelta(seconds=wait.retry_after))
        except ProofRefused:
            return
