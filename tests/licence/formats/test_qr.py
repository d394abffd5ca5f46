"""The signed code: round trip, what it vouches for, and what is refused."""

import zlib
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certs import profile
from certs.errors import InvalidSignature
from licence.errors import QrMalformed
from licence.formats import base45, qr
from licence.formats.qr import LicenceClaims
from seal import claims
from tests.support.hierarchy import Hierarchy, authority, declare, leaf
from tests.support.licences import metadata


@cache
def people() -> Hierarchy:
    return declare(root=authority(), sealer=leaf("root", profile.SEALER), other=leaf("root", profile.SEALER))


def text_for(stated: LicenceClaims, who: str = "sealer") -> str:
    member = people()[who]
    payload = qr.payload(stated)
    return qr.to_text(
        claims.encode(member.certificate, payload, member.signer.sign(claims.to_sign(member.certificate, payload)))
    )


def test_a_code_says_what_it_was_made_for_and_who_signed_it() -> None:
    text = text_for(LicenceClaims.of(metadata()))
    stated, signed = qr.from_text(text)
    assert stated.agree_with(metadata())
    assert stated.holders == ("海晏市㛃䶮𬱖𠅤信息科技有限公司",)
    signed.verify(people()["sealer"].certificate)
    with pytest.raises(InvalidSignature):
        signed.verify(people()["other"].certificate)
    assert len(text) < 500


def test_a_code_agrees_with_no_other_licence() -> None:
    stated, _ = qr.from_text(text_for(LicenceClaims.of(metadata())))
    assert not stated.agree_with(metadata(serial="202600000002"))
    changed = metadata(items=(("companyName", "别的公司"),))
    assert not stated.agree_with(changed)


def test_a_changed_claim_breaks_the_signature() -> None:
    _, signed = qr.from_text(text_for(LicenceClaims.of(metadata())))
    altered = claims.SignedClaims(
        signed.key_id, signed.payload.replace(b"\x01", b"\x02", 1), signed.protected, signed.signature
    )
    with pytest.raises(InvalidSignature):
        altered.verify(people()["sealer"].certificate)
    for value in (b"\0" * 64, b"\xff" * 64):
        with pytest.raises(InvalidSignature):
            claims.SignedClaims(signed.key_id, signed.payload, signed.protected, value).verify(
                people()["sealer"].certificate
            )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "HC1:6BF",
        "ZZ1:",
        "ZZ1:abc",
        qr.PREFIX + base45.encode(zlib.compress(b"\0" * 100_000)),
        qr.PREFIX + base45.encode(zlib.compress(b"\xd2\x84")),
        qr.PREFIX + base45.encode(zlib.compress(b"\xa0")),
        qr.PREFIX + "A" * 5000,
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(QrMalformed):
        qr.from_text(text)


def test_one_wrong_sign_is_refused_or_breaks_the_signature() -> None:
    text = text_for(LicenceClaims.of(metadata()))
    for place in range(0, len(text), 7):
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        try:
            _, signed = qr.from_text(changed)
        except QrMalformed:
            continue
        with pytest.raises(InvalidSignature):
            signed.verify(people()["sealer"].certificate)


@given(st.binary(max_size=200))
def test_base45_round_trips(data: bytes) -> None:
    assert base45.decode(base45.encode(data)) == data


def test_base45_examples_of_the_standard() -> None:
    assert base45.encode(b"AB") == "BB8"
    assert base45.encode(b"Hello!!") == "%69 VD92EX0"
    assert base45.decode("QED8WEX0") == b"ietf!"
    for wrong in ("GGW", ":::", "A", "::", "ab"):
        with pytest.raises(ValueError, match=r"Base45|sign"):
            base45.decode(wrong)
