"""What is built says what was planned, and what comes back from signing is compared with it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from certs import builder, der_writer, name, oids, profile
from certs.builder import Issuer, Plan
from certs.errors import IssuedDiffers, UnknownProfile
from certs.extensions import Extension
from tests.support.hierarchy import province, signer

GOOD = province()
CA = GOOD["seal_ca"]
AT = datetime(2026, 3, 1, 8, 0, 0, 123456, tzinfo=UTC)


def plan(shape: profile.Profile = profile.SEAL_MAKER, **changes: object) -> Plan:
    not_before, not_after = shape.validity(AT)
    base = Plan(
        profile=shape,
        serial=builder.serial_number(bytes(range(16))),
        issuer=Issuer.of(CA.certificate),
        subject=name.build([(oids.COMMON_NAME, "甲")]),
        public_key=signer("甲").public_key,
        not_before=not_before,
        not_after=not_after,
        crl_urls=("http://crl.example/0.crl",),
        issuer_urls=("http://crl.example/ca.cer",),
        ocsp_urls=("http://ocsp.example/",),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", [one for one in profile.PROFILES.values() if not one.self_signed], ids=lambda p: p.id)
def test_a_certificate_of_each_profile_says_what_was_planned(shape: profile.Profile) -> None:
    wanted = plan(shape)
    tbs = builder.build(wanted)
    found = builder.finish(tbs, CA.signer.sign(tbs))
    found.verify_signed_by(CA.certificate.public_key)
    assert found.tbs == tbs
    assert found.serial == wanted.serial
    assert found.subject == wanted.subject
    assert found.public_key == wanted.public_key
    assert (found.not_before, found.not_after) == (wanted.not_before, wanted.not_after)
    assert found.key_usage == shape.key_usage
    assert found.extended_key_usage == (shape.purposes or None)
    assert found.crl_urls == wanted.crl_urls
    assert found.issuer_urls == wanted.issuer_urls
    assert found.ocsp_urls == wanted.ocsp_urls


def test_a_life_begins_five_minutes_back_and_ends_with_its_last_second() -> None:
    not_before, not_after = profile.SEALER.validity(AT, timedelta(days=365))
    assert not_before == datetime(2026, 3, 1, 7, 55, tzinfo=UTC)
    assert not_after == datetime(2027, 3, 1, 7, 54, 59, tzinfo=UTC)


def test_times_from_2050_are_generalized() -> None:
    tbs = builder.build(plan(not_after=datetime(2050, 1, 1, tzinfo=UTC)))
    assert b"\x18\x0f20500101000000Z" in tbs
    tbs = builder.build(plan(not_after=datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC)))
    assert b"\x17\x0d491231235959Z" in tbs


@pytest.mark.parametrize("octets", [bytes(16), b"\xff" * 16, bytes(range(16))])
def test_a_serial_has_sixteen_octets_whatever_chance_gives(octets: bytes) -> None:
    serial = builder.serial_number(octets)
    assert builder.is_serial_number(serial)
    assert len(der_writer.integer(serial)) == 18


def test_a_serial_of_other_length_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="16"):
        builder.serial_number(bytes(15))


def test_defaults_are_left_out() -> None:
    tbs = builder.build(plan())
    assert b"\x01\x01\x00" not in tbs
    assert oids.BASIC_CONSTRAINTS not in [one.oid for one in builder.draft(tbs).extensions]


def test_the_time_stamp_authority_has_one_critical_purpose() -> None:
    found = builder.draft(builder.build(plan(profile.TIME_STAMP_AUTHORITY))).extension(oids.EXTENDED_KEY_USAGE)
    assert found is not None
    assert found.critical


def test_further_extensions_come_last() -> None:
    mine = Extension(oids.CREDIT_CODE, critical=False, value=der_writer.text("11440000006939748G"))
    assert builder.draft(builder.build(plan(further=(mine,)))).extensions[-1] == mine


def test_what_does_not_decode_strictly_is_not_handed_out() -> None:
    twice = Extension(oids.KEY_USAGE, critical=True, value=b"\x03\x02\x06\x40")
    tbs = builder.build(plan(further=(twice,)))
    with pytest.raises(IssuedDiffers):
        builder.finish(tbs, CA.signer.sign(tbs))
    with pytest.raises(IssuedDiffers):
        builder.finish(b"\x30\x00", b"")


def test_a_profile_is_found_by_name() -> None:
    assert profile.by_id("sealer") is profile.SEALER
    with pytest.raises(UnknownProfile):
        profile.by_id("wizard")
