"""Each refusal has a certificate that it refuses, and lets a good one pass."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from certs import der_writer, extensions, lint, name, oids, profile
from certs.certificate import Certificate
from certs.der import reading
from certs.errors import CertificateRefused
from certs.extensions import BasicConstraints, Extension, KeyUsage
from certs.lint import Circumstances
from tests.support.hierarchy import BEGAN, Entity, authority, declare, leaf, province, signer

GOOD = province()
SEAL_CA = GOOD["seal_ca"].certificate
PROFILES = {
    "root": (profile.ROOT, None),
    "seal_ca": (profile.ISSUING_CA, "root"),
    "maker": (profile.SEAL_MAKER, "seal_ca"),
    "sealer": (profile.SEALER, "seal_ca"),
    "person": (profile.PERSON, "seal_ca"),
    "tsa": (profile.TIME_STAMP_AUTHORITY, "service_ca"),
    "registry": (profile.REGISTRY_KEY, "service_ca"),
}


def subject(*more: tuple[str, str], common: str = "制章系统") -> name.Name:
    return name.build([(oids.COUNTRY, "CN"), (oids.COMMON_NAME, common), *more])


def usage(*bits: KeyUsage, critical: bool = True) -> Mapping[str, Extension]:
    return {oids.KEY_USAGE: Extension(oids.KEY_USAGE, critical, der_writer.named_bits(bits))}


def constraints(value: BasicConstraints, *, critical: bool = True) -> Mapping[str, Extension]:
    encoded = extensions.encode_basic_constraints(value)
    return {oids.BASIC_CONSTRAINTS: Extension(oids.BASIC_CONSTRAINTS, critical, encoded)}


def purpose(*values: str, critical: bool = False) -> Mapping[str, Extension]:
    encoded = extensions.encode_object_identifiers(values)
    return {oids.EXTENDED_KEY_USAGE: Extension(oids.EXTENDED_KEY_USAGE, critical, encoded)}


def plain(oid: str, value: bytes) -> Mapping[str, Extension]:
    return {oid: Extension(oid, critical=False, value=value)}


def off_curve(tbs: bytes) -> bytes:
    point = signer("bad").public_key.key_bits
    return tbs.replace(point, point[:-1] + bytes([point[-1] ^ 1]))


def generalized(tbs: bytes) -> bytes:
    with reading(tbs) as whole, whole.inside() as fields:
        parts = [fields.raw() for _ in range(8)]
    late = der_writer.generalized_time
    parts[4] = der_writer.sequence(late(BEGAN), late(BEGAN + timedelta(days=700)))
    return der_writer.sequence(*parts)


BAD: list[tuple[str, Entity]] = [
    ("encoding", leaf("ca", changed=plain(oids.BASIC_CONSTRAINTS, bytes.fromhex("3003010100")))),
    ("key", leaf("ca", rewrite=off_curve)),
    ("authority-bits", leaf("ca", changed=constraints(BasicConstraints(ca=True)))),
    ("authority-bits", leaf("ca", changed=usage(KeyUsage.DIGITAL_SIGNATURE, KeyUsage.KEY_CERT_SIGN))),
    ("mixed-usages", leaf("ca", changed=usage(KeyUsage.DIGITAL_SIGNATURE, KeyUsage.KEY_ENCIPHERMENT))),
    ("key-usage", leaf("ca", changed=usage(KeyUsage.DIGITAL_SIGNATURE, KeyUsage.NON_REPUDIATION, critical=False))),
    ("key-usage", leaf("ca", changed=usage(KeyUsage.DIGITAL_SIGNATURE))),
    ("purpose", leaf("ca", changed={oids.EXTENDED_KEY_USAGE: None})),
    ("purpose", leaf("ca", changed=purpose("1.2.3.4"))),
    ("purpose", leaf("ca", changed=purpose(oids.DOCUMENT_SIGNING, critical=True))),
    ("policy", leaf("ca", changed={oids.CERTIFICATE_POLICIES: None})),
    ("validity", leaf("ca", not_after=BEGAN - timedelta(days=1))),
    ("validity", leaf("ca", not_after=BEGAN + timedelta(days=5 * 365))),
    ("outlives-issuer", leaf("ca", not_after=datetime(2029, 6, 1, tzinfo=UTC))),
    ("time-form", leaf("ca", rewrite=generalized)),
    ("serial", leaf("ca", serial=7)),
    ("serial", leaf("ca", serial=1 << 127)),
    ("issuer-name", leaf("ca", issuer=subject(common="别的"))),
    ("key-identifiers", leaf("ca", changed={oids.SUBJECT_KEY_IDENTIFIER: None})),
    ("key-identifiers", leaf("ca", changed=plain(
        oids.AUTHORITY_KEY_IDENTIFIER, extensions.encode_authority_key_identifier(bytes(20))))),
    ("algorithm", leaf("ca",
        inner_algorithm=der_writer.sequence(der_writer.oid(oids.SHA1_WITH_RSA), der_writer.NULL),
        outer_algorithm=der_writer.sequence(der_writer.oid(oids.SHA1_WITH_RSA), der_writer.NULL))),
    ("addresses", leaf("ca", crl_urls=("https://crl.example/1.crl",))),
    ("addresses", leaf("ca", crl_urls=())),
    ("duplicate-extension", leaf("ca", added=(Extension(oids.KEY_USAGE, critical=True, value=b"\x03\x02\x06\x40"),))),
    ("name-empty", leaf("ca", subject=name.build([(oids.COUNTRY, "CN")]))),
    ("name-empty", leaf("ca", subject=subject(common="  "))),
    ("name-length", leaf("ca", subject=subject(common="长" * 65))),
    ("name-length", leaf("ca", subject=subject((oids.ORGANISATION, "长" * 129)))),
    ("name-control-characters", leaf("ca", subject=subject(common="制章\u0007"))),
    ("name-control-characters", leaf("ca", subject=subject(common="制\u200b章"))),
    ("name-bidirectional", leaf("ca", subject=subject(common="\u202e章制"))),
    ("name-look-alike", leaf("ca", subject=subject(common="Ａ局"))),
    ("person-number", leaf("ca", subject=subject(common="张三 11010519491231002X"))),
    ("person-number", leaf("ca", added=(Extension("1.2.86.11.7.1", critical=False, value=b"\x0c\x1211010519491231002X"),))),
    ("person-number", leaf("ca", added=(Extension(oids.IDENTIFY_CODE, critical=False, value=b"\x0c\x01A"),))),
]  # fmt: skip


def issued(entity: Entity) -> tuple[Certificate, Circumstances]:
    made = declare(ca=authority(), bad=entity)
    return made["bad"].certificate, Circumstances(entity.profile, made["ca"].certificate)


@pytest.mark.parametrize(("rule", "entity"), BAD, ids=[f"{rule}-{number}" for number, (rule, _) in enumerate(BAD)])
def test_a_bad_certificate_breaks_its_rule(rule: str, entity: Entity) -> None:
    assert rule in [found.rule for found in lint.examine(*issued(entity))]


@pytest.mark.parametrize("member", PROFILES)
def test_a_good_certificate_of_each_profile_breaks_none(member: str) -> None:
    shape, above = PROFILES[member]
    issuer = GOOD[above].certificate if above else None
    shape = replace(shape, policies=()) if shape.authority else shape
    lint.require(GOOD[member].certificate, Circumstances(shape, issuer))


def test_every_rule_has_a_bad_case_and_names_its_clause() -> None:
    elsewhere = {"key-holder", "path-length", "name-sealer"}
    assert {rule.id for rule in lint.RULES} == {rule for rule, _ in BAD} | elsewhere
    assert all(rule.clause for rule in lint.RULES)


def test_the_key_of_another_holder_is_refused_and_ones_own_is_not() -> None:
    maker = GOOD["maker"].certificate
    other = GOOD["person"].certificate.subject
    broken = lint.examine(maker, Circumstances(profile.SEAL_MAKER, SEAL_CA, key_holder=other))
    assert [one.rule for one in broken] == ["key-holder"]
    lint.require(maker, Circumstances(profile.SEAL_MAKER, SEAL_CA, key_holder=maker.subject))


def test_a_serial_that_was_used_is_refused() -> None:
    broken = lint.examine(GOOD["maker"].certificate, Circumstances(profile.SEAL_MAKER, SEAL_CA, serial_taken=True))
    assert [one.rule for one in broken] == ["serial"]


def test_a_name_that_reads_like_another_is_refused() -> None:
    maker = GOOD["maker"].certificate
    like = Circumstances(profile.SEAL_MAKER, SEAL_CA, look_alike=GOOD["person"].certificate.subject)
    assert [one.rule for one in lint.examine(maker, like)] == ["name-look-alike"]
    lint.require(maker, replace(like, look_alike=maker.subject))


@pytest.mark.parametrize(
    "fields",
    [
        [(oids.ORGANISATION, "11440000006939748G示例省示例局"), (oids.COMMON_NAME, "4400000000001")],
        [(oids.ORGANISATION, "11440000006939748H示例省示例局"), (oids.COMMON_NAME, "44000000000017")],
        [(oids.ORGANISATION, "11440000006939748G"), (oids.COMMON_NAME, "44000000000017")],
    ],
)
def test_a_sealer_is_named_as_government_seals_are(fields: list[tuple[str, str]]) -> None:
    found = declare(ca=authority(), bad=leaf("ca", profile.SEALER, subject=name.build(fields)))
    broken = lint.examine(found["bad"].certificate, Circumstances(profile.SEALER, found["ca"].certificate))
    assert [one.rule for one in broken] == ["name-sealer"]


def test_an_authority_below_one_that_allows_none_is_refused() -> None:
    found = declare(ca=authority(path_length=0), sub=authority("ca", path_length=0))
    broken = lint.examine(found["sub"].certificate, Circumstances(profile.ISSUING_CA, found["ca"].certificate))
    assert "path-length" in [one.rule for one in broken]


def test_a_leaf_that_is_meant_to_be_an_authority_is_refused() -> None:
    broken = lint.examine(GOOD["maker"].certificate, Circumstances(profile.ISSUING_CA, SEAL_CA))
    assert "authority-bits" in [one.rule for one in broken]


def test_full_width_punctuation_is_how_chinese_is_written() -> None:
    found = declare(ca=authority(), one=leaf("ca", subject=subject(common="示例（集团）有限公司")))
    lint.require(found["one"].certificate, Circumstances(profile.SEAL_MAKER, found["ca"].certificate))


def test_a_draft_is_refused_with_every_rule_it_breaks() -> None:
    tbs = GOOD["maker"].certificate.tbs
    with pytest.raises(CertificateRefused) as caught:
        lint.require_draft(tbs, Circumstances(profile.TIME_STAMP_AUTHORITY, GOOD["service_ca"].certificate))
    assert {"purpose", "issuer-name", "key-identifiers"} <= {*caught.value.rules}
    lint.require_draft(tbs, Circumstances(profile.SEAL_MAKER, SEAL_CA))


def test_bytes_that_are_no_draft_are_refused_as_such() -> None:
    with pytest.raises(CertificateRefused) as caught:
        lint.require_draft(b"\x30\x00", Circumstances(profile.SEAL_MAKER, SEAL_CA))
    assert caught.value.rules == ("encoding",)
