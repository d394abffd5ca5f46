"""Keys of apps: enrolled once beside a sure session, and believed for the act they signed just now."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from certs.der import Reader
from certs.keys import PrivateKey
from certs.sm.sm2 import Sm2PrivateKey
from idp.errors import CredentialTaken, CredentialUnfit, DeviceMissing, LevelTooLow, ProofRefused
from idp.errors_ties import LastWayIn
from idp.factors import possession
from idp.factors.device_key import ENROL, SCAN
from idp.storage.device_keys import DeviceKeys
from idp.usecases.remove_device import DeviceKind
from tests.support.clock import SettableClock
from tests.support.devices import BROWSER, LIFE, DeviceHouse
from trust.recognition import jwk
from trust.storage.database import Database
from trust.storage.unit_of_work import NewWork, units_of_work
from trust.values.assurance import Rank

KEYS = {
    "SM2": PrivateKey(Sm2PrivateKey.from_scalar(bytes(31) + b"\x05")),
    "P-256": PrivateKey(ec.derive_private_key(5, ec.SECP256R1())),
}
OTHER = PrivateKey(Sm2PrivateKey.from_scalar(bytes(31) + b"\x06"))


@pytest.fixture
def house(database: Database, new_work: NewWork, clock: SettableClock) -> DeviceHouse:
    return DeviceHouse(database, new_work, clock)


@pytest.fixture
def small(sqlite_database: Database, clock: SettableClock) -> DeviceHouse:
    return DeviceHouse(sqlite_database, units_of_work(sqlite_database, clock, bytes(32)), clock)


@pytest.mark.parametrize("kind", KEYS)
def test_an_app_is_enrolled_and_signs(house: DeviceHouse, kind: str) -> None:
    account = house.account()
    key = house.app(account, KEYS[kind])
    code = house.offer_qr(BROWSER, "portal", "Firefox", "192.0.2.0/24").id
    assert house.scan_qr.by_device(code, house.act(KEYS[kind], key.id, SCAN, code)).client == "portal"
    with house.database.reading() as db:
        assert possession.enrolled(db, account.id) == {"qr"}
    assert house.events(account.id) == ["device-key-invited", "device-key-enrolled"]


@pytest.mark.parametrize("kind", KEYS)
def test_a_signature_may_be_64_octets(small: DeviceHouse, kind: str) -> None:
    key = small.app(small.account(), KEYS[kind])
    code = small.offer_qr(BROWSER, "portal", "Firefox", "").id
    act = small.act(KEYS[kind], key.id, SCAN, code)
    with Reader(jwk.decode_base64url(act.signature)) as reader, reader.inside() as pair:
        numbers = pair.integer().to_bytes(32, "big") + pair.integer().to_bytes(32, "big")
    small.scan_qr.by_device(code, replace(act, signature=jwk.encode_base64url(numbers)))


def test_enrolling_asks_for_l3(small: DeviceHouse) -> None:
    with pytest.raises(LevelTooLow):
        small.enrol_device_key.ask(small.account().id, Rank(2))


def test_a_code_enrols_one_key_in_its_time(house: DeviceHouse) -> None:
    account, key = house.account(), KEYS["SM2"]
    enrol, public = house.enrol_device_key, jwk.to_json(KEYS["SM2"].public_key)
    code = enrol.ask(account.id, Rank(3)).nonce
    for wrong in (
        house.act(OTHER, "", ENROL, code),  # of another key
        house.act(key, "", SCAN, code),  # another act
        house.act(key, "", ENROL, "another code"),
        replace(house.act(key, "", ENROL, code), at=house.clock.now() - timedelta(seconds=1)),
        replace(house.act(key, "", ENROL, code), signature="AAAA"),
        replace(house.act(key, "", ENROL, code), signature="not base64"),
    ):
        with pytest.raises(ProofRefused):
            enrol(code, public, "手机", wrong)
    enrol(code, public, "手机", house.act(key, "", ENROL, code))
    with pytest.raises(ProofRefused):
        enrol(code, jwk.to_json(OTHER.public_key), "手机", house.act(OTHER, "", ENROL, code))
    late = enrol.ask(account.id, Rank(3)).nonce
    house.clock.advance(LIFE)
    with pytest.raises(ProofRefused):
        enrol(late, jwk.to_json(OTHER.public_key), "手机", house.act(OTHER, "", ENROL, late))


def test_a_key_is_enrolled_once(house: DeviceHouse) -> None:
    house.app(house.account(), KEYS["SM2"])
    with pytest.raises(CredentialTaken):
        house.app(house.account(), KEYS["SM2"])


@pytest.mark.parametrize("wrong", [{}, {"kty": "RSA"}, {"crv": "P-384"}, {"x": "AA"}, {"d": "AA"}], ids=str)
def test_other_keys_are_not_enrolled(small: DeviceHouse, wrong: dict[str, str]) -> None:
    code = small.enrol_device_key.ask(small.account().id, Rank(3)).nonce
    said = {**jwk.to_json(KEYS["SM2"].public_key), **wrong} if wrong else {}
    with pytest.raises(CredentialUnfit):
        small.enrol_device_key(code, said, "", small.act(KEYS["SM2"], "", ENROL, code))


def test_what_an_app_signed_long_ago_does_not_count(small: DeviceHouse) -> None:
    key = small.app(small.account(), KEYS["SM2"])
    code = small.offer_qr(BROWSER, "", "", "").id
    act = small.act(KEYS["SM2"], key.id, SCAN, code)
    small.clock.advance(timedelta(seconds=61))
    with pytest.raises(ProofRefused):
        small.scan_qr.by_device(code, act)


def test_a_removed_key_signs_nothing(small: DeviceHouse) -> None:
    account = small.account()
    key = small.app(account, KEYS["SM2"])
    with pytest.raises(DeviceMissing):
        small.remove_device(small.account().id, DeviceKind.KEY, key.id, "person x")
    small.remove_device(account.id, DeviceKind.KEY, key.id, "person x")
    code = small.offer_qr(BROWSER, "", "", "").id
    with pytest.raises(ProofRefused):
        small.scan_qr.by_device(code, small.act(KEYS["SM2"], key.id, SCAN, code))
    with pytest.raises(DeviceMissing):
        small.remove_device(account.id, DeviceKind.PASSKEY, "no hex", "person x")


def test_the_last_way_in_stays(house: DeviceHouse) -> None:
    house.others = frozenset({"totp"})  # no sign-in by itself
    account = house.account()
    first, second = house.app(account, KEYS["SM2"]), house.app(account, OTHER)
    house.remove_device(account.id, DeviceKind.KEY, first.id, "person x")
    with pytest.raises(LastWayIn):
        house.remove_device(account.id, DeviceKind.KEY, second.id, "person x")
    with house.database.reading() as db:
        assert [one.id for one in DeviceKeys(db).of(account.id)] == [second.id]
    told = [(account.id, "app-added"), (account.id, "app-added"), (account.id, "device-removed")]
    assert house.notices.told == told
