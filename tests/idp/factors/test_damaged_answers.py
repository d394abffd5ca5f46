"""Answers of authenticators and signing agents, damaged in a thousand ways: refused, never a fault, never believed."""

import json
import random
from collections.abc import Iterator

import pytest

from certs import pem
from idp.errors import CredentialUnfit, ProofRefused
from idp.factors import signed_statement
from idp.model.challenge import statement
from tests.support.authenticator import BE, UP, UV, Authenticator, Maker
from tests.support.certificate_people import PEOPLE, bare, house_of, signed_data
from tests.support.clock import SettableClock
from tests.support.devices import BROWSER, DeviceHouse
from tests.support.mutation import mutate, mutate_inside
from trust.recognition.jwk import decode_base64url, encode_base64url
from trust.storage.database import Database
from trust.storage.unit_of_work import units_of_work

ROUNDS = 150


@pytest.fixture
def house(sqlite_database: Database, clock: SettableClock) -> DeviceHouse:
    return DeviceHouse(sqlite_database, units_of_work(sqlite_database, clock, bytes(32)), clock)


def damaged(answer: str, seed: int) -> Iterator[str]:
    """One part of the response changed at a time, the challenge left as it is."""
    chance = random.Random(seed)
    said = json.loads(answer)
    parts = [name for name, value in said["response"].items() if isinstance(value, str) and name != "clientDataJSON"]
    for _ in range(ROUNDS):
        name = chance.choice(parts)
        whole = decode_base64url(said["response"][name])
        changed = mutate(whole, chance)
        if changed != whole:
            yield json.dumps({**said, "response": {**said["response"], name: encode_base64url(changed)}})


@pytest.mark.parametrize("maker", [None, Maker()], ids=["without maker", "with maker"])
def test_a_damaged_attestation_vouches_for_no_other_key(house: DeviceHouse, maker: Maker | None) -> None:
    """Without an attestation nothing but the challenge is signed; a maker's covers the key and its flags."""
    account = house.account()
    house.roots = (maker.root_pem(),) if maker else ()
    with house.database.writing() as db:
        options = house.passkeys.registration_options(db, account.id, "张**", BROWSER, house.clock.now())
    authenticator = Authenticator(maker=maker)
    answer = authenticator.create(options)
    for number, wrong in enumerate(damaged(answer, 7)):
        db = house.database.engine.connect()
        try:
            with db.begin() as transaction:
                made = house.passkeys.register(db, account.id, wrong, BROWSER, "", house.clock.now())
                transaction.rollback()  # the challenge serves the next one
        except (ProofRefused, CredentialUnfit):
            continue
        finally:
            db.close()
        if made.method == "passkey-hardware":
            assert (maker is not None, made.credential) == (True, authenticator.credential), f"number {number}"


def test_a_damaged_assertion_signs_nobody_in(house: DeviceHouse) -> None:
    account = house.account()
    authenticator = house.passkey(account, Authenticator(flags=UP | UV | BE))
    with house.database.writing() as db:
        options = house.passkeys.options(db, None, BROWSER, house.clock.now())
    answer = authenticator.get(options)
    for wrong in damaged(answer, 8):
        with pytest.raises(ProofRefused), house.database.writing() as db:
            house.passkeys.authenticate(db, wrong, BROWSER, house.clock.now())
    with house.database.writing() as db:
        assert house.passkeys.authenticate(db, answer, BROWSER, house.clock.now()).account == account.id


def test_damaged_signed_data_is_refused_or_says_what_was_signed(
    sqlite_database: Database, clock: SettableClock
) -> None:
    house = house_of(sqlite_database, units_of_work(sqlite_database, clock, bytes(32)), clock)
    chance, person = random.Random(9), PEOPLE["person"]
    challenge = house.sign_in_with_certificate.ask(None, "portal", BROWSER)
    whole = pem.decode_one(signed_data(person, house.certificates.statement(challenge))[0], "PKCS7")
    for _ in range(400):
        changed = encode_base64url(mutate_inside(whole, chance))
        try:
            found = house.certificates.verify(challenge, changed, "", clock.now())
        except ProofRefused:
            continue
        assert found.der == person.certificate.der  # what differs is what no signature covers, such as a version


def test_damaged_bare_signatures_are_refused(house: DeviceHouse) -> None:
    chance, person = random.Random(9), PEOPLE["person"]
    words = statement("nonce", "https://id.example.gov.cn", "portal", house.clock.now())
    value, certificate = bare(person, words)
    for _ in range(200):
        changed = mutate(decode_base64url(value), chance)
        if changed != decode_base64url(value):
            with pytest.raises(ProofRefused):
                signed_statement.signer(encode_base64url(changed), certificate, words)
