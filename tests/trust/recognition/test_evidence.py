"""Evidence bundles: the same proofs give the same bytes, and nothing else decodes."""

import pytest

from trust.recognition import cbor, evidence
from trust.recognition.errors import EvidenceMalformed
from trust.recognition.evidence import Evidence

BUNDLE = Evidence(certificates=(b"\x30\x01", b"\x30\x02"), crls=(b"\x30\x03",))


def test_a_bundle_comes_back() -> None:
    assert evidence.decode(evidence.encode(BUNDLE)) == BUNDLE
    assert evidence.decode(evidence.encode(Evidence())) == Evidence()


def test_the_order_of_proofs_does_not_matter() -> None:
    turned = Evidence(BUNDLE.certificates[::-1] * 2, BUNDLE.crls)
    assert evidence.encode(turned) == evidence.encode(BUNDLE)


def test_joined_bundles_hold_each_proof_once() -> None:
    assert BUNDLE.joined(BUNDLE) == BUNDLE
    assert BUNDLE.joined(Evidence((b"\x30\x04",))).certificates == (*BUNDLE.certificates, b"\x30\x04")


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        {"certificates": [], "crls": []},
        {"certificates": [], "crls": [], "version": 2},
        {"certificates": [], "crls": [], "version": "1"},
        {"certificates": [], "crls": [], "version": 1, "more": []},
        {"certificates": {}, "crls": [], "version": 1},
        {"certificates": ["0"], "crls": [], "version": 1},
        {"certificates": [b""], "crls": [], "version": 1},
        {"certificates": [b"b", b"a"], "crls": [], "version": 1},
        {"certificates": [b"a", b"a"], "crls": [], "version": 1},
        {"certificates": [], "crls": [bytes((each,)) for each in range(33)], "version": 1},
    ],
)
def test_other_values_are_no_bundle(value: object) -> None:
    with pytest.raises(EvidenceMalformed):
        evidence.decode(cbor.encode(value))


def test_limits_hold_for_reader_and_writer() -> None:
    with pytest.raises(EvidenceMalformed):
        evidence.decode(bytes(evidence.MAX_BUNDLE_BYTES + 1))
    with pytest.raises(EvidenceMalformed):
        evidence.encode(Evidence(crls=(bytes(evidence.MAX_BUNDLE_BYTES),)))
    with pytest.raises(EvidenceMalformed):
        evidence.decode(b"\xff" * 40)
