"""Passkeys: only the answer to our challenge, from our origin, of a verified user, counted up and once."""

import json
from typing import Any

import pytest

from idp.errors import CredentialTaken, LevelTooLow, ProofRefused, TooManyDevices
from idp.factors import possession
from idp.storage.passkeys import Passkeys
from tests.support.authenticator import BE, BS, UP, UV, Authenticator, Maker
from tests.support.clock import SettableClock
from tests.support.devices import BROWSER, LIFE, OTHER_BROWSER, DeviceHouse
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork
from trust.values.assurance import Rank


@pytest.fixture
def house(database: Database, new_work: NewWork, clock: SettableClock) -> DeviceHouse:
    return DeviceHouse(database, new_work, clock)


@pytest.fixture
def small(sqlite_database: Database, clock: SettableClock) -> DeviceHouse:
    from trust.storage.unit_of_work import units_of_work

    return DeviceHouse(sqlite_database, units_of_work(sqlite_database, clock, bytes(32)), clock)


def test_a_passkey_signs_its_owner_in(house: DeviceHouse) -> None:
    account = house.account()
    authenticator = house.passkey(account, Authenticator(flags=UP | UV | BE | BS))
    shown = house.sign_in_with_passkey(authenticator.get(house.sign_in_with_passkey.options(None, BROWSER)), BROWSER)
    assert (shown.account, shown.proof.method, shown.proof.at) == (account.id, "passkey", house.clock.now())
    with house.database.reading() as db:
        assert Passkeys(db).of(account.id)[0].last_used_at == house.clock.now()
        assert possession.enrolled(db, account.id) == {"passkey"}
    assert house.events(account.id) == ["passkey-registered", "passkey-shown"]


@pytest.mark.parametrize(
    ("flags", "maker", "known", "method"),
    [
        (UP | UV | BE, None, False, "passkey"),
        (UP | UV | BE | BS, None, False, "passkey"),
        (UP | UV, None, False, "passkey-device"),
        (UP | UV, Maker(), False, "passkey-device"),
        (UP | UV, Maker(), True, "passkey-hardware"),
        (UP | UV | BE, Maker(), True, "passkey"),
    ],
)
def test_flags_and_a_known_maker_tell_passkeys_apart(
    small: DeviceHouse, flags: int, maker: Maker | None, known: bool, method: str
) -> None:
    account = small.account()
    small.roots = (maker.root_pem(),) if maker and known else (Maker().root_pem(),)
    authenticator = small.passkey(account, Authenticator(flags=flags, maker=maker))
    shown = small.sign_in_with_passkey(authenticator.get(small.sign_in_with_passkey.options(None, BROWSER)), BROWSER)
    assert shown.proof.method == method


def test_an_attestation_by_the_passkey_itself_proves_no_hardware(small: DeviceHouse) -> None:
    small.roots = (Maker().root_pem(),)
    account = small.account()
    small.passkey(account, Authenticator(self_attested=True))
    with small.database.reading() as db:
        assert possession.enrolled(db, account.id) == {"passkey-device"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://id.example.gov.cn.evil.example"},
        {"origin": "http://id.example.gov.cn"},
        {"rp_id": "example.gov.cn"},
        {"flags": UP},
        {"flags": UV},
        {"flags": UP | UV | BS},
        {"cross_origin": True},
    ],
    ids=str,
)
def test_a_passkey_is_not_registered(small: DeviceHouse, wrong: dict[str, Any]) -> None:
    account = small.account()
    with pytest.raises(ProofRefused):
        small.passkey(account, Authenticator(**wrong))


def test_registration_takes_the_challenge_of_this_account_browser_and_time_once(small: DeviceHouse) -> None:
    mine, other = small.account(), small.account()
    register = small.register_passkey

    def answer(**changed: Any) -> str:
        return Authenticator().create(register.options(mine.id, "张**", BROWSER), **changed)

    other_kind = _as_registration(small.sign_in_with_passkey.options(None, BROWSER), mine.id)
    for whose, wrong, browser in (
        (other.id, answer(), BROWSER),
        (mine.id, answer(), OTHER_BROWSER),
        (mine.id, answer(type="webauthn.get"), BROWSER),
        (mine.id, answer(challenge="AAAA"), BROWSER),
        (mine.id, answer(topOrigin="https://portal.example"), BROWSER),
        (mine.id, Authenticator().create(other_kind), BROWSER),
    ):
        with pytest.raises(ProofRefused):
            register(whose, wrong, "", browser, Rank(4))
    late = answer()
    small.clock.advance(LIFE)
    with pytest.raises(ProofRefused):
        register(mine.id, late, "", BROWSER, Rank(4))
    good = answer()
    register(mine.id, good, "", BROWSER, Rank(4))
    with pytest.raises(ProofRefused):
        register(mine.id, good, "", BROWSER, Rank(4))


def _as_registration(options: str, account: str) -> str:
    from trust.recognition.jwk import encode_base64url

    return json.dumps({**json.loads(options), "user": {"id": encode_base64url(bytes.fromhex(account))}})


def test_a_known_passkey_is_not_registered_again(house: DeviceHouse) -> None:
    account, other = house.account(), house.account()
    authenticator = house.passkey(account, Authenticator())
    with pytest.raises(CredentialTaken):
        house.passkey(other, authenticator)


def test_a_weak_sign_in_makes_no_strong_way_in(small: DeviceHouse) -> None:
    account = small.account()
    small.passkey(account, Authenticator(), al=2)
    with small.database.reading() as db:
        assert possession.enrolled(db, account.id) == {"passkey"}
    with pytest.raises(LevelTooLow):
        small.passkey(account, Authenticator(flags=UP | UV | BE), al=1)


def test_an_account_has_a_limited_number_of_passkeys(small: DeviceHouse) -> None:
    account = small.account()
    for _ in range(20):
        small.passkey(account, Authenticator())
    with pytest.raises(TooManyDevices):
        small.passkey(account, Authenticator())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("origin", "https://evil.example"),
        ("rp_id", "evil.example"),
        ("flags", UP),
        ("flags", UP | UV | BE),  # it was bound to one device
        ("steps", 0),
        ("counter", 0),
        ("user_handle", bytes(16)),
        ("cross_origin", True),
        ("credential", bytes(32)),
        pytest.param("key", Authenticator().key, id="key"),
    ],
    ids=str,
)
def test_a_wrong_answer_signs_nobody_in(small: DeviceHouse, name: str, value: Any) -> None:
    account = small.account()
    authenticator = small.passkey(account, Authenticator(counter=5))
    setattr(authenticator, name, value)
    sign_in = small.sign_in_with_passkey
    answer = authenticator.get(sign_in.options(None, BROWSER))
    with pytest.raises(ProofRefused):
        sign_in(answer, BROWSER)
    if name not in ("credential", "cross_origin"):
        assert small.events(account.id)[-1] == "passkey-refused"


def test_a_challenge_serves_once_in_its_browser_and_time(house: DeviceHouse) -> None:
    account = house.account()
    authenticator = house.passkey(account, Authenticator())
    sign_in = house.sign_in_with_passkey
    answer = authenticator.get(sign_in.options(None, BROWSER))
    with pytest.raises(ProofRefused):
        sign_in(answer, OTHER_BROWSER)
    assert sign_in(answer, BROWSER).account == account.id
    with pytest.raises(ProofRefused):
        sign_in(answer, BROWSER)
    late = authenticator.get(sign_in.options(None, BROWSER))
    house.clock.advance(LIFE)
    with pytest.raises(ProofRefused):
        sign_in(late, BROWSER)


def test_a_refused_answer_uses_its_challenge_up(small: DeviceHouse) -> None:
    authenticator = small.passkey(small.account(), Authenticator())
    sign_in = small.sign_in_with_passkey
    options = sign_in.options(None, BROWSER)
    with pytest.raises(ProofRefused):
        sign_in(authenticator.get(options, origin="https://evil.example"), BROWSER)
    with pytest.raises(ProofRefused):
        sign_in(authenticator.get(options), BROWSER)


def test_a_refused_registration_uses_its_challenge_up(small: DeviceHouse) -> None:
    account, register = small.account(), small.register_passkey
    options = register.options(account.id, "张**", BROWSER)
    with pytest.raises(ProofRefused):
        register(account.id, Authenticator(origin="https://evil.example").create(options), "", BROWSER, Rank(4))
    with pytest.raises(ProofRefused):
        register(account.id, Authenticator().create(options), "", BROWSER, Rank(4))
    assert not small.notices.told


def test_stepping_up_takes_a_passkey_of_the_same_account(small: DeviceHouse) -> None:
    mine, other = small.account(), small.account()
    authenticator = small.passkey(other, Authenticator())
    sign_in = small.sign_in_with_passkey
    with pytest.raises(ProofRefused):
        sign_in(authenticator.get(sign_in.options(mine.id, BROWSER)), BROWSER)
    asked = json.loads(sign_in.options(other.id, BROWSER))
    assert [one["transports"] for one in asked["allowCredentials"]] == [["internal"]]
    assert asked["userVerification"] == "required"


def test_a_synced_passkey_is_not_counted(small: DeviceHouse) -> None:
    account = small.account()
    authenticator = small.passkey(account, Authenticator(flags=UP | UV | BE, counter=9))
    sign_in = small.sign_in_with_passkey
    for counter in (7, 1):  # other devices of the same person
        authenticator.counter = counter
        assert sign_in(authenticator.get(sign_in.options(None, BROWSER)), BROWSER).account == account.id


def test_a_device_that_does_not_count_stays_at_zero(small: DeviceHouse) -> None:
    account = small.account()
    authenticator = small.passkey(account, Authenticator(counter=0, steps=0))
    sign_in = small.sign_in_with_passkey
    for _ in range(2):
        assert sign_in(authenticator.get(sign_in.options(None, BROWSER)), BROWSER).account == account.id


def test_a_recovered_account_starts_without_passkeys(small: DeviceHouse) -> None:
    account, other = small.account(), small.account()
    lost = small.passkey(account, Authenticator())
    small.passkey(other, Authenticator())
    with small.new_work() as work:
        assert possession.withdraw(work.db, account.id) == 1
        assert possession.enrolled(work.db, account.id) == frozenset()
        assert possession.enrolled(work.db, other.id) == {"passkey-device"}
    with pytest.raises(ProofRefused):
        small.sign_in_with_passkey(lost.get(small.sign_in_with_passkey.options(None, BROWSER)), BROWSER)


@pytest.mark.parametrize(
    "answer",
    [
        "", "[]", "{}", "nonsense", "[" * 60_000, '{"response": []}', '{"response": {"clientDataJSON": "AA"}}', " " * 70_000,
        '{"response": {"clientDataJSON": "eyJjaGFsbGVuZ2UiOjF9"}}', '{"rawId": 1, "response": {"clientDataJSON": "é"}}',
    ],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_rubbish_is_refused(small: DeviceHouse, answer: str) -> None:
    with pytest.raises(ProofRefused):
        small.sign_in_with_passkey(answer, BROWSER)
    with pytest.raises(ProofRefused):
        small.register_passkey(small.account().id, answer, "", BROWSER, Rank(4))
