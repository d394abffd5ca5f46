"""The certificate value and its two readers."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from certs import certificate, der_writer, oids
from certs.errors import AlgorithmMismatch, CertsError, InvalidSignature, LimitExceeded, MalformedEncoding
from certs.extensions import BasicConstraints, Extension, KeyUsage
from certs.sm import sm3
from tests.support.hierarchy import Entity, authority, crl_url, declare, leaf, province

GOOD = province()
MAKER = GOOD["maker"].certificate


def one_leaf(**changes: object) -> certificate.Certificate:
    return declare(root=authority(), leaf=leaf("root", **changes))["leaf"].certificate  # type: ignore[arg-type]


def test_what_we_write_is_read_strictly_and_says_what_was_meant() -> None:
    again = certificate.decode(MAKER.der)
    assert again == MAKER
    assert hash(again) == hash(MAKER)
    assert again.version == 3
    assert again.issuer == GOOD["seal_ca"].certificate.subject
    assert again.key_usage == frozenset({KeyUsage.DIGITAL_SIGNATURE, KeyUsage.NON_REPUDIATION})
    assert again.extended_key_usage == (oids.DOCUMENT_SIGNING,)
    assert again.policies == (oids.POLICY_SEAL_MAKER,)
    assert again.basic_constraints is None
    assert again.crl_urls == (crl_url("seal_ca"),)
    assert again.remarks == frozenset()
    assert again.fingerprint == sm3.digest(MAKER.der)
    label = again.authority_key_identifier
    assert label is not None
    assert label.key_identifier == GOOD["seal_ca"].certificate.subject_key_identifier


def test_pem_comes_back_and_text_around_it_does_not_matter() -> None:
    text = f"Certificate:\n  Data: whatever\n{MAKER.to_pem()}trailing words\n"
    assert certificate.from_pem(text) == MAKER
    both = MAKER.to_pem() + GOOD["root"].certificate.to_pem()
    assert certificate.all_from_pem(both) == (MAKER, GOOD["root"].certificate)
    with pytest.raises(MalformedEncoding):
        certificate.from_pem(both)


def test_a_signature_holds_under_the_issuer_and_under_no_other() -> None:
    MAKER.verify_signed_by(GOOD["seal_ca"].certificate.public_key)
    with pytest.raises(InvalidSignature):
        MAKER.verify_signed_by(GOOD["service_ca"].certificate.public_key)


def test_an_algorithm_inside_other_than_outside_is_refused_by_both_readers() -> None:
    with pytest.raises(AlgorithmMismatch):
        one_leaf(outer_algorithm=der_writer.sequence(der_writer.oid(oids.ECDSA_WITH_SHA256)))
    with pytest.raises(AlgorithmMismatch):
        one_leaf(outer_algorithm=der_writer.sequence(der_writer.oid(oids.SM2_WITH_SM3), der_writer.NULL))


def test_null_parameters_are_read_and_not_written() -> None:
    null = der_writer.sequence(der_writer.oid(oids.SM2_WITH_SM3), der_writer.NULL)
    found = one_leaf(inner_algorithm=null, outer_algorithm=null)
    assert not found.strict
    assert found.remarks == frozenset()
    with pytest.raises(MalformedEncoding):
        certificate.decode(found.der)


@pytest.mark.parametrize(
    ("oid", "value", "remark"),
    [
        (oids.BASIC_CONSTRAINTS, bytes.fromhex("3003010100"), "explicit-ca-false"),
        (oids.KEY_USAGE, bytes.fromhex("030200c0"), "non-minimal-bits"),
        (oids.SUBJECT_KEY_IDENTIFIER, bytes.fromhex("0404"), "extension-malformed"),
        (oids.CRL_DISTRIBUTION_POINTS, bytes.fromhex("3000"), "extension-malformed"),
        (oids.EXTENDED_KEY_USAGE, b"", "extension-malformed"),
    ],
)
def test_a_deviation_in_one_extension_is_a_remark_and_hides_nothing(oid: str, value: bytes, remark: str) -> None:
    found = one_leaf(changed={oid: Extension(oid, critical=False, value=value)})
    assert found.remarks == {remark}
    assert found.broken == ({oid} if remark == "extension-malformed" else set())
    assert found.policies
    with pytest.raises(MalformedEncoding):
        certificate.decode(found.der)


def test_an_extension_that_occurs_twice_means_nothing() -> None:
    again = Extension(oids.KEY_USAGE, critical=True, value=der_writer.named_bits([KeyUsage.KEY_CERT_SIGN]))
    found = one_leaf(added=(again,))
    assert found.key_usage is None
    assert oids.KEY_USAGE in found.broken
    assert "duplicate-extension" in found.remarks


def test_long_and_trailing_bytes_are_refused() -> None:
    with pytest.raises(MalformedEncoding):
        certificate.read(MAKER.der + b"\x00")
    with pytest.raises(LimitExceeded):
        certificate.read(b"\x30" * (certificate.MAX_CERTIFICATE_BYTES + 1))


def test_more_extensions_than_we_look_at_are_refused() -> None:
    many = tuple(Extension(f"1.2.3.{number}", critical=False, value=b"") for number in range(70))
    with pytest.raises(LimitExceeded):
        one_leaf(added=many)


def test_constraints_of_an_authority_are_read() -> None:
    assert GOOD["seal_ca"].certificate.basic_constraints == BasicConstraints(ca=True, path_length=0)
    assert GOOD["seal_ca"].certificate.is_authority
    assert GOOD["root"].certificate.is_self_issued


def test_the_time_stamp_authority_uses_its_key_for_a_year() -> None:
    period = GOOD["tsa"].certificate.key_period
    assert period is not None
    assert period.not_before == GOOD["tsa"].certificate.not_before
    assert period.not_after is not None
    assert (period.not_after - GOOD["tsa"].certificate.not_before).days == 365


@given(some.integers(0, len(MAKER.der) * 8 - 1))
def test_no_flipped_bit_leaves_a_certificate_that_verifies(bit: int) -> None:
    flipped = bytearray(MAKER.der)
    flipped[bit // 8] ^= 1 << bit % 8
    with pytest.raises(CertsError):
        certificate.decode(bytes(flipped)).verify_signed_by(GOOD["seal_ca"].certificate.public_key)


@given(some.data())
def test_mutations_give_typed_errors_only(data: some.DataObject) -> None:
    mutated = bytearray(MAKER.der)
    for _ in range(data.draw(some.integers(1, 4))):
        place = data.draw(some.integers(0, len(mutated) - 1))
        mutated[place : place + data.draw(some.integers(0, 2))] = data.draw(some.binary(max_size=2))
        if not mutated:
            break
    try:
        found = certificate.read(bytes(mutated))
        _ = (found.remarks, found.broken, found.crl_urls, found.ocsp_urls, found.issuer_urls)
        _ = (str(found.subject), found.public_key)
    except CertsError:
        pass


def test_a_name_that_is_no_name_is_a_remark() -> None:
    def spoil(tbs: bytes) -> bytes:
        return tbs.replace("测试".encode(), b"\xff" * 6)

    found = one_leaf(rewrite=spoil)
    assert "name-malformed" in found.remarks


def test_a_declaration_can_hold_any_defect() -> None:
    assert isinstance(leaf("root", rewrite=None), Entity)
    with pytest.raises(InvalidSignature):
        one_leaf(flip_signature=True).verify_signed_by(declare(root=authority())["root"].certificate.public_key)
