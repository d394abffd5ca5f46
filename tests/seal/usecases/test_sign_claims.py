"""Signing claims: what comes out verifies, every use is recorded, and a frozen seal gives nothing out."""

import pytest

from certs import certificate
from certs.errors import InvalidSignature
from certs.sm import sm3
from seal import claims
from seal.claims import ClaimsMalformed
from seal.errors import SealChanged, SealMissing, SealNotUsable, SealOrderMalformed, UseNotPermitted
from seal.model.seal import SealId
from seal.usecases.change_seal import Step
from tests.support.seal_house import House
from trust.recognition import cbor
from trust.values.credit_code import CreditCode
from trust.values.principal import Principal, PrincipalKind


def test_signed_claims_verify_with_the_sealers_certificate(house: House) -> None:
    seal = house.seal()
    signed = house.stamper.sign_claims(seal.id, [b"one", b"two"], house.by)
    sealer = certificate.decode(seal.certificate)
    for payload, data in zip((b"one", b"two"), signed, strict=True):
        found = claims.decode(data)
        assert (found.payload, found.key_id) == (payload, sealer.fingerprint[:8])
        found.verify(sealer)
        with pytest.raises(InvalidSignature):
            found.verify(certificate.decode(house.seal("other").certificate))
    assert {"claims-intended", "claims-signed"} <= set(house.events())


def test_what_is_signed_can_be_no_seal_and_no_other_message(house: House) -> None:
    seal = house.seal()
    (signed,) = house.stamper.sign_claims(seal.id, [b"one"], house.by)
    found = claims.decode(signed)
    structure = cbor.decode(claims.to_sign(certificate.decode(seal.certificate), b"one"))
    assert structure == ["Signature1", found.protected, b"", b"one"]
    assert cbor.decode(found.protected) == {1: -65537, 4: found.key_id}


def test_a_seal_frozen_while_its_key_works_gives_nothing_out(house: House) -> None:
    seal = house.seal()

    def freeze() -> None:
        house.keys.afterwards = None
        house.change(seal.id, Step.FREEZE, "lost", house.by)

    house.keys.afterwards = freeze
    with pytest.raises(SealChanged):
        house.stamper.sign_claims(seal.id, [b"one"], house.by)
    assert "claims-signed" not in house.events()
    with pytest.raises(SealNotUsable):
        house.stamper.sign_claims(seal.id, [b"one"], house.by)


def test_nobody_elses_seal_is_used(house: House) -> None:
    seal = house.seal()
    stranger = Principal("x", PrincipalKind.OFFICIAL, body=CreditCode.parse("11330000MB9X00023F"))
    signed = len(house.keys.signed)
    with pytest.raises(UseNotPermitted):
        house.stamper.sign_claims(seal.id, [b"one"], stranger)
    with pytest.raises(SealMissing):
        house.stamper.sign_claims(SealId.parse("44000099999999"), [b"one"], house.by)
    assert len(house.keys.signed) == signed


def test_sizes_have_limits(house: House) -> None:
    seal = house.seal()
    for payloads, refusal in (
        ([], SealOrderMalformed),
        ([b"x"] * 501, SealOrderMalformed),
        ([b""], ClaimsMalformed),
        ([b"x" * 4097], ClaimsMalformed),
    ):
        with pytest.raises(refusal):
            house.stamper.sign_claims(seal.id, payloads, house.by)


@pytest.mark.parametrize(
    "value",
    [
        [],
        cbor.Tag(18, [b"", {}, b"x", bytes(64)]),
        cbor.Tag(18, [cbor.encode({1: -65537}), {}, b"x", bytes(64)]),
        cbor.Tag(18, [cbor.encode({1: -7, 4: bytes(8)}), {}, b"x", bytes(64)]),
        cbor.Tag(18, [cbor.encode({1: -65537, 4: bytes(8), 2: [1]}), {}, b"x", bytes(64)]),
        cbor.Tag(18, [cbor.encode({1: -65537, 4: bytes(8)}), {4: b"x"}, b"x", bytes(64)]),
        cbor.Tag(18, [cbor.encode({1: -65537, 4: bytes(8)}), {}, b"", bytes(64)]),
        cbor.Tag(18, [cbor.encode({1: -65537, 4: bytes(8)}), {}, b"x", bytes(63)]),
        cbor.Tag(17, [cbor.encode({1: -65537, 4: bytes(8)}), {}, b"x", bytes(64)]),
        cbor.Tag(18, [b"\xff", {}, b"x", bytes(64)]),
    ],
)
def test_only_one_spelling_is_read(value: object) -> None:
    with pytest.raises(ClaimsMalformed):
        claims.decode(cbor.encode(value))


def test_the_journal_s_digest_cannot_be_guessed_back_from_the_claims(house: House) -> None:
    payload = b"a payload that somebody could try out"
    house.stamper.sign_claims(house.seal().id, [payload], house.by)
    with house.database.reading() as db:
        facts = [
            row.facts
            for row in db.exec_driver_sql(
                "SELECT facts FROM trust_journal_entry WHERE event IN ('claims-intended', 'claims-signed')"
            )
        ]
    assert len(facts) == 2
    for open_digest in (sm3.digest(payload), sm3.digest(sm3.digest(payload))):
        assert all(open_digest.hex() not in one for one in facts)
