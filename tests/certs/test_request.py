"""Requests: what is asked for, and proof that the key is held."""

import pytest

from certs import der_writer, extensions, name, oids, request, signed
from certs.errors import InvalidSignature, LimitExceeded, MalformedEncoding, UnknownAlgorithm
from tests.support.hierarchy import signer
from tests.support.shared import sample

SUBJECT = name.build([(oids.COUNTRY, "CN"), (oids.COMMON_NAME, "44000000000017")])


def test_a_request_that_we_build_is_read_and_its_possession_proven() -> None:
    built = request.build(SUBJECT, signer("甲"))
    again = request.decode(built.der)
    again.verify_possession()
    assert again == built
    assert hash(again) == hash(built)
    assert again.subject == SUBJECT
    assert again.public_key == signer("甲").public_key
    assert again.extensions == ()
    assert request.from_pem(built.to_pem()) == built


def test_extensions_that_are_asked_for_are_read() -> None:
    usage = extensions.encode(oids.KEY_USAGE, der_writer.named_bits([0]), critical=True)
    found = request.build(SUBJECT, signer("甲"), [usage])
    assert [one.oid for one in found.extensions] == [oids.KEY_USAGE]
    assert found.attributes == (oids.EXTENSION_REQUEST,)


def test_a_request_signed_by_another_key_proves_nothing() -> None:
    tbs = request.build(SUBJECT, signer("甲")).tbs
    stolen = request.decode(signed.finish(tbs, oids.SM2_WITH_SM3, signer("乙").sign(tbs)))
    with pytest.raises(InvalidSignature):
        stolen.verify_possession()


def test_an_algorithm_of_another_kind_of_key_proves_nothing() -> None:
    good = request.build(SUBJECT, signer("甲"))
    other = request.read(signed.finish(good.tbs, oids.ECDSA_WITH_SHA256, good.signature))
    with pytest.raises(UnknownAlgorithm):
        other.verify_possession()


def test_a_changed_subject_is_noticed() -> None:
    good = request.build(SUBJECT, signer("甲"))
    with pytest.raises(InvalidSignature):
        request.read(good.der.replace(b"44000000000017", b"44000000000018")).verify_possession()


def test_a_request_of_another_product_is_read() -> None:
    found = request.from_pem(sample("cert/easyofd-ofd.req.pem"))
    found.verify_possession()
    assert found.subject.get(oids.COMMON_NAME) == "ofd验证"


def test_what_is_no_request_is_refused() -> None:
    good = request.build(SUBJECT, signer("甲"))
    for bad in (b"", good.der[:-1], good.der + b"\x00", signed.finish(b"\x30\x00", oids.SM2_WITH_SM3, b"")):
        with pytest.raises(MalformedEncoding):
            request.read(bad)
    with pytest.raises(LimitExceeded):
        request.read(bytes(request.MAX_REQUEST_BYTES + 1))
    version_2 = der_writer.sequence(der_writer.integer(1), good.tbs[5:])
    with pytest.raises(MalformedEncoding):
        request.read(signed.finish(version_2, oids.SM2_WITH_SM3, b""))


def test_endless_attributes_are_refused() -> None:
    many = b"".join(der_writer.sequence(der_writer.oid("1.2.3"), der_writer.set_of([])) for _ in range(40))
    tbs = der_writer.sequence(
        der_writer.integer(0), SUBJECT.der, signer("甲").public_key.spki, der_writer.tlv(0xA0, many)
    )
    with pytest.raises(LimitExceeded):
        request.read(signed.finish(tbs, oids.SM2_WITH_SM3, b""))
