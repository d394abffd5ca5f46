"""Signed messages: what we write comes back, what others write is read with a remark, what is forged is refused."""

from datetime import timedelta

import pytest

from certs import algorithms, cms_verify, cms_writer, der, oids
from certs import der_writer as write
from certs.cms import SignedData
from certs.der import Reader
from certs.errors import InvalidSignature, MalformedEncoding, SignerUnknown, UnknownAlgorithm
from certs.signature_value import read_sm2
from tests.support.hierarchy import NOW, province

CONTENT = "一份文件".encode()
PKI = province()
PERSON = PKI["person"]


def _message(
    *, attributes: bool = True, detached: bool = False, dialect: cms_writer.Dialect = cms_writer.GB_T_35275
) -> bytes:
    digest = algorithms.digest("sm3", CONTENT)
    return cms_writer.sign(
        PERSON.signer,
        PERSON.certificate,
        CONTENT,
        dialect=dialect,
        content_type=oids.GM_DATA,
        attributes=cms_writer.standard_attributes(oids.GM_DATA, digest, NOW) if attributes else None,
        detached=detached,
    )


@pytest.mark.parametrize("dialect", [cms_writer.GB_T_35275, cms_writer.CMS_V3], ids=["gbt35275", "cms"])
@pytest.mark.parametrize("attributes", [True, False])
@pytest.mark.parametrize("detached", [True, False])
def test_what_we_sign_verifies(dialect: cms_writer.Dialect, attributes: bool, detached: bool) -> None:
    signed = SignedData.decode(_message(attributes=attributes, detached=detached, dialect=dialect))
    assert signed.remarks == frozenset()
    (signer,) = cms_verify.verify(signed, content=CONTENT)
    assert signer.certificate == PERSON.certificate
    assert signer.info.signing_time == (NOW if attributes else None)


def test_other_content_is_refused() -> None:
    for attributes in (True, False):
        with pytest.raises(InvalidSignature):
            cms_verify.verify(SignedData.read(_message(attributes=attributes, detached=True)), content=b"another")
    with pytest.raises(InvalidSignature, match="other content"):
        cms_verify.verify(SignedData.read(_message()), content=b"another")
    with pytest.raises(InvalidSignature, match="without its content"):
        cms_verify.verify(SignedData.read(_message(detached=True)))


def test_every_flipped_bit_of_the_signer_is_refused() -> None:
    message = _message()
    start = message.rindex(PERSON.certificate.issuer.der)
    for place in range(start * 8, len(message) * 8, 7):
        flipped = bytearray(message)
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises((MalformedEncoding, InvalidSignature, SignerUnknown, UnknownAlgorithm)):
            cms_verify.verify(SignedData.decode(bytes(flipped)))


def test_a_message_without_a_signer_is_refused() -> None:
    message = write.sequence(
        write.oid(oids.GM_SIGNED_DATA),
        write.explicit(
            0,
            write.sequence(
                write.integer(1), write.set_of([]), write.sequence(write.oid(oids.GM_DATA)), write.set_of([])
            ),
        ),
    )
    with pytest.raises(MalformedEncoding, match="0 signers"):
        SignedData.read(message)


def test_the_certificate_is_the_one_named_never_the_first() -> None:
    message = cms_writer.sign(
        PERSON.signer,
        PERSON.certificate,
        CONTENT,
        dialect=cms_writer.GB_T_35275,
        content_type=oids.GM_DATA,
        certificates=[PKI["maker"].certificate],
    )
    with pytest.raises(SignerUnknown):
        cms_verify.verify(SignedData.read(message))
    (signer,) = cms_verify.verify(SignedData.read(message), certificates=[PKI["tsa"].certificate, PERSON.certificate])
    assert signer.certificate == PERSON.certificate


def test_indefinite_lengths_are_read_with_a_remark() -> None:
    outer = Reader(_message()).element()
    indefinite = b"\x30\x80" + outer.content + b"\0\0"
    with pytest.raises(MalformedEncoding):
        SignedData.decode(indefinite)
    signed = SignedData.read(indefinite)
    assert signed.remarks == {"ber-encoding"}
    assert cms_verify.verify(signed)


def test_attributes_in_another_order_verify_with_a_remark() -> None:
    """One product signs the sorted set and sends it unsorted; another signs what it sends."""
    parts = cms_writer.standard_attributes(oids.GM_DATA, algorithms.digest("sm3", CONTENT), NOW + timedelta(hours=1))
    unsorted = b"".join(sorted(parts, reverse=True))
    for signed_bytes in (write.set_of(parts), write.tlv(der.SET, unsorted)):
        value = PERSON.signer.sign(signed_bytes)
        rebuilt = _with_signer(_message(), unsorted, value)
        signed = SignedData.read(rebuilt)
        remarks = cms_verify.verify_value(signed.signers[0], PERSON.certificate.public_key, CONTENT)
        assert remarks == {"ber-encoding"}
        with pytest.raises(InvalidSignature):
            cms_verify.verify_value(signed.signers[0], PKI["maker"].certificate.public_key, CONTENT)


@pytest.mark.parametrize("size", [0, 1, 63, 65, 200])
def test_a_signature_value_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(MalformedEncoding):
        read_sm2(bytes(size), set())


def test_a_raw_signature_value_is_brought_to_der() -> None:
    remarks: set[str] = set()
    encoded = read_sm2((5).to_bytes(32, "big") + (7).to_bytes(32, "big"), remarks)
    assert encoded == write.sequence(write.integer(5), write.integer(7))
    assert remarks == {"raw-signature-value"}
    with pytest.raises(MalformedEncoding):
        read_sm2(bytes(64), set(), strict=True)


def _elements(reader: Reader) -> list[bytes]:
    found = []
    while reader.more():
        found.append(reader.raw())
    return found


def _with_signer(message: bytes, attributes: bytes, value: bytes) -> bytes:
    body = Reader(message).inside()
    outer = body.oid()
    fields = _elements(body.inside(der.context(0)).inside())
    info = _elements(Reader(fields[-1]).inside(der.SET).inside())
    info[3] = write.tlv(der.context(0), attributes)
    info[5] = write.octet_string(value)
    fields[-1] = write.set_of([write.sequence(*info)])
    return write.sequence(write.oid(outer), write.explicit(0, write.sequence(*fields)))
