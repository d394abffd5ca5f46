"""Certificates of other authorities say what the samples' description says they say."""

import pytest

from certs import certificate, oids
from certs.algorithms import KeyKind
from certs.errors import InvalidSignature, MalformedEncoding, UnknownAlgorithm
from certs.extensions import KeyUsage
from tests.support.shared import sample

SIGN = frozenset({KeyUsage.DIGITAL_SIGNATURE, KeyUsage.NON_REPUDIATION})

REMARKS: dict[str, set[str]] = {
    "Ant-CA-S1.pem": set(),
    "TJCA.pem": set(),
    "Taier-CA.pem": set(),
    "easyofd-ofd.cert.pem": set(),
    "gmsm-explicit_curve_cert.der": set(),
    "nrcac-Civil-Servant-ROOT.pem": set(),
    "nrcac-Device-ROOT.pem": set(),
    "nrcac-ROOTCA.pem": set(),
    "sign_cert.pem": set(),
    "tongsuo-client_enc.crt": set(),
    "tongsuo-client_sign.crt": set(),
    "tongsuo-client_sign_expire.crt": set(),
    "tongsuo-sm2-first-crt.pem": set(),
    "tongsuo-sm2-noza-cert.pem": {"key-algorithm-301"},
    "tongsuo-sm2-noza-root-cert.pem": {"key-algorithm-301"},
    "tongsuo-sm2-root-cert.pem": {"key-algorithm-301"},
    "x-bjca-org-code.der": set(),
    "x-ccb-receipt-signer.der": set(),
    "x-cegn-shandong-maker.der": {"explicit-ca-false", "non-minimal-bits"},
    "x-cegn-zibo-signer.der": set(),
    "x-dms360-broken-ext.der": {"extension-malformed"},
    "x-fjca-seal-platform.der": {"explicit-ca-false", "non-minimal-bits"},
    "x-hbca-curve-301-1.der": {"explicit-ca-false"},
    "x-jiangsu-tax-signer.der": set(),
    "x-suzhou-signer.der": {"explicit-ca-false", "non-minimal-bits"},
    "x-tax-test-signer.der": set(),
    "x-ynca-seal-maker.der": {"explicit-ca-false", "non-minimal-bits"},
}


def load(name: str) -> certificate.Certificate:
    data = sample(f"cert/{name}")
    return certificate.read(data) if name.endswith(".der") else certificate.from_pem(data)


@pytest.mark.parametrize("name", REMARKS)
def test_every_sample_reads_with_exactly_its_deviations(name: str) -> None:
    assert load(name).remarks - {"curve-oid-301-1"} == REMARKS[name]


def test_the_chain_file_holds_two_authorities_and_the_sub_ca_names_the_root() -> None:
    root, sub = certificate.all_from_pem(sample("cert/tongsuo-chain-ca.crt"))
    assert root.is_self_issued
    assert sub.issuer == root.subject
    assert "serial-number" in root.remarks


@pytest.mark.parametrize("name", [name for name, remarks in REMARKS.items() if remarks])
def test_a_strict_reader_refuses_each_deviation(name: str) -> None:
    with pytest.raises((MalformedEncoding, UnknownAlgorithm)):
        certificate.decode(load(name).der)


def test_a_seal_certificate_of_the_national_scheme() -> None:
    one = load("x-cegn-zibo-signer.der")
    assert one.subject.get(oids.ORGANISATION) == "11370306MB2867521U淄博市周村区自然资源局"
    assert one.subject.get(oids.COMMON_NAME) == "37030000001721"
    assert one.key_usage == SIGN
    assert one.policies
    assert one.crl_urls == ("Ldap://59.255.128.3:3890/c=cn",)
    assert not one.is_authority
    assert f"{one.not_before:%Y-%m-%d}" == "2020-05-25"
    assert f"{one.not_after:%Y-%m-%d}" == "2021-05-25"


def test_a_key_usage_with_trailing_zero_bits_means_what_it_says() -> None:
    assert load("x-suzhou-signer.der").key_usage == SIGN


def test_a_critical_purpose_on_a_seal_maker_is_read() -> None:
    one = load("x-ynca-seal-maker.der")
    found = one.extension(oids.EXTENDED_KEY_USAGE)
    assert found is not None
    assert found.critical
    assert one.extended_key_usage == (oids.SERVER_AUTH, oids.TIME_STAMPING)


def test_a_broken_extension_does_not_hide_the_others() -> None:
    one = load("x-dms360-broken-ext.der")
    assert one.broken == {oids.SUBJECT_ALT_NAME}
    assert one.key_usage == frozenset({KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN})
    assert one.is_authority
    assert one.crl_urls == ("http://www.sohu.com",)


def test_addresses_of_several_kinds_are_read() -> None:
    one = load("x-bjca-org-code.der")
    assert one.ocsp_urls == ("OCSP://ocsp.bjca.org.cn",)
    assert one.issuer_urls == ("http://crl.bjca.org.cn/caissuer",)
    assert one.crl_urls == ("http://test.bjca.org.cn:8003/crl/ca21crl29.crl",)
    assert one.extension(oids.ORGANISATION_CODE) is not None


CHAINS = [
    ("TJCA.pem", "nrcac-Civil-Servant-ROOT.pem"),
    ("Taier-CA.pem", "nrcac-ROOTCA.pem"),
    ("Ant-CA-S1.pem", "nrcac-ROOTCA.pem"),
    ("nrcac-ROOTCA.pem", "nrcac-ROOTCA.pem"),
    ("nrcac-Device-ROOT.pem", "nrcac-Device-ROOT.pem"),
    ("tongsuo-sm2-root-cert.pem", "tongsuo-sm2-root-cert.pem"),
]


@pytest.mark.parametrize(("below", "above"), CHAINS, ids=[below for below, _ in CHAINS])
def test_a_national_chain_verifies_under_the_default_identity(below: str, above: str) -> None:
    load(below).verify_signed_by(load(above).public_key)


def test_the_tlcp_chain_verifies() -> None:
    root, sub = certificate.all_from_pem(sample("cert/tongsuo-chain-ca.crt"))
    sub.verify_signed_by(root.public_key)
    for name in ("tongsuo-client_sign.crt", "tongsuo-client_enc.crt", "tongsuo-client_sign_expire.crt"):
        load(name).verify_signed_by(sub.public_key)


@pytest.mark.parametrize("name", ["tongsuo-sm2-noza-cert.pem", "tongsuo-sm2-noza-root-cert.pem"])
def test_a_signature_without_the_identity_digest_is_refused(name: str) -> None:
    with pytest.raises(InvalidSignature):
        load(name).verify_signed_by(load("tongsuo-sm2-noza-root-cert.pem").public_key)


def test_a_curve_spelled_out_is_refused() -> None:
    one = load("gmsm-explicit_curve_cert.der")
    with pytest.raises(UnknownAlgorithm):
        _ = one.public_key
    with pytest.raises(UnknownAlgorithm):
        certificate.decode(one.der)


def test_a_curve_named_by_the_signature_algorithm_is_the_same_curve_with_a_remark() -> None:
    one = load("x-hbca-curve-301-1.der")
    assert one.remarks == {"curve-oid-301-1", "explicit-ca-false"}
    assert one.public_key.kind is KeyKind.SM2


@pytest.mark.parametrize("name", [name for name in REMARKS if name != "x-hbca-curve-301-1.der"])
def test_only_one_sample_misnames_its_curve(name: str) -> None:
    assert "curve-oid-301-1" not in load(name).remarks
