"""Single bits of a sealed licence: every flip is refused, or told in the report."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from licence.verdicts import Overall
from licence.verification import examine
from seal.ofd.package import open_package
from tests.licence.test_verification import HOME, unsealed
from tests.support.ofd import zipped
from tests.support.registries import AT, entitlement, issuer
from trust.recognition.evidence import Evidence

OPEN = {"/Doc_0/Signs/Signatures.xml", "/Evidence/bundle.cbor"}  # outside the signature by design
FLIPS = 500  # of each member; the members have some 60,000 bits
AT_LATER = AT + timedelta(days=1)
MEMBERS = dict(open_package(HOME.sealed(zipped(unsealed()))).members)
ANCHORS = HOME.anchors(issuer(entitlement()))
CLEAN = examine(zipped(MEMBERS), ANCHORS, Evidence(), AT_LATER)


@pytest.mark.parametrize(
    "path",
    [
        "/OFD.xml",
        "/Doc_0/Signs/Sign_0/Signature.xml",
        "/Doc_0/Signs/Sign_0/SignedValue.dat",
        "/Doc_0/Signs/Signatures.xml",
        "/Evidence/bundle.cbor",
    ],
)
def test_a_flipped_bit_is_refused_or_reported(path: str) -> None:
    assert CLEAN.overall is Overall.ACCEPTED_AS_OF
    chance = random.Random(f"licence {path}")
    data = MEMBERS[path]
    for bit in chance.sample(range(8 * len(data)), min(FLIPS, 8 * len(data))):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        report = examine(zipped({**MEMBERS, path: bytes(flipped)}), ANCHORS, Evidence(), AT_LATER)
        report.to_json()
        if report.overall is Overall.ACCEPTED_AS_OF and path not in OPEN:
            assert replace(report.report, digest=CLEAN.report.digest) != CLEAN.report, bit
