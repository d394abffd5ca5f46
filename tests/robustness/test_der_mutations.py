"""Twenty thousand mutations of messages, time stamps, seals, sealings and PKCS#12 each: only errors of ours."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from certs import algorithms, ber, cms_verify, cms_writer, der, key_formats, oids, pbes2, pem, pfx, timestamp
from certs import der_writer as write
from certs import timestamp_issue as issue
from certs.cms import SignedData
from certs.errors import CertsError
from certs.key_formats import Protection
from certs.sm import sm2, sm3
from certs.timestamp import TimeStampToken
from certs.timestamp_issue import Statement
from certs.timestamp_request import MessageImprint, RequestRefused, TimeStampRequest
from seal.ses.detect import shape_of
from seal.ses.seal_data import Seal, read_seal
from seal.ses.signature_data import Sealing, read_sealing
from tests.support.hierarchy import NOW
from tests.support.mutation import mutate, mutate_inside
from tests.support.sealed import DRAFT, PNG, Sealer

MUTATIONS = 20_000
SEALER = Sealer()
PKI = SEALER.pki
CONTENT = "一份文件".encode()
REQUEST = TimeStampRequest(MessageImprint(oids.SM3, sm3.digest(CONTENT)), nonce=2**64 + 5, certificate_wanted=True)
TOKEN = issue.build(
    REQUEST,
    Statement(oids.TSA_POLICY, 77, NOW.replace(microsecond=120_000), timedelta(milliseconds=1500)),
    PKI["tsa"].signer,
    PKI["tsa"].certificate,
)
KEY = sm2.Sm2PrivateKey.from_scalar(bytes(range(1, 33)))
PASSWORD = "synthetic"
PKCS8 = key_formats.encode_sm2(KEY.scalar(), KEY.public.point)


def message() -> bytes:
    """A GB/T 35275 message with attributes and its content."""
    return cms_writer.sign(
        PKI["person"].signer,
        PKI["person"].certificate,
        CONTENT,
        dialect=cms_writer.GB_T_35275,
        content_type=oids.GM_DATA,
        attributes=cms_writer.standard_attributes(oids.GM_DATA, algorithms.digest("sm3", CONTENT), NOW),
    )


def indefinite(data: bytes) -> bytes:
    """The same with every constructed element of indefinite length."""
    if not data[0] & 0x20:
        return data
    inner, parts = der.Reader(data, strict=False).inside(data[0]), b""
    while inner.more():
        parts += indefinite(inner.raw())
    return data[:1] + b"\x80" + parts + b"\0\0"


def first_seal() -> bytes:
    """A seal in the layout of GM/T 0031-2014."""
    header = write.sequence(write.text("ES", der.IA5_STRING), write.integer(1), write.text("v", der.IA5_STRING))
    times = [write.time(at) for at in (DRAFT.created_at, DRAFT.valid_from, DRAFT.valid_to)]
    listed = write.sequence(write.octet_string(PKI["sealer"].certificate.der))
    properties = write.sequence(write.integer(1), write.text(DRAFT.name), listed, *times)
    picture = write.sequence(
        write.text("PNG", der.IA5_STRING), write.octet_string(PNG), write.integer(40), write.integer(40)
    )
    info = write.sequence(header, write.text(DRAFT.seal_id, der.IA5_STRING), properties, picture)
    maker = write.octet_string(PKI["maker"].certificate.der)
    return write.sequence(info, write.sequence(maker, write.oid(oids.SM2_WITH_SM3), write.bit_string(bytes(70))))


def first_sealing() -> bytes:
    """A sealing in the layout of GM/T 0031-2014."""
    part = write.sequence(
        write.integer(1),
        first_seal(),
        write.bit_string(b"20260301080000Z"),
        write.bit_string(sm3.digest(CONTENT)),
        write.text("/Doc_0/Signs/Sign_0/Signature.xml", der.IA5_STRING),
        write.octet_string(PKI["sealer"].certificate.der),
        write.oid(oids.SM2_WITH_SM3),
    )
    return write.sequence(part, write.bit_string(bytes(70)))


def pkcs12_content() -> bytes:
    """What a PKCS#12 file protects: a key in the clear, a certificate under a password."""
    alias = write.sequence(write.oid(oids.FRIENDLY_NAME), write.set_of([write.text("钥匙", der.BMP_STRING)]))
    key = write.sequence(write.sequence(write.oid(oids.KEY_BAG), write.explicit(0, PKCS8), write.set_of([alias])))
    certificate = write.sequence(
        write.oid(oids.X509_CERTIFICATE), write.explicit(0, write.octet_string(PKI["person"].certificate.der))
    )
    bags = write.sequence(write.sequence(write.oid(oids.CERTIFICATE_BAG), write.explicit(0, certificate)))
    algorithm, text = pbes2.encrypt(Protection.SM.value, PASSWORD.encode(), bags, 1)
    encrypted = write.sequence(
        write.integer(0),
        write.sequence(write.oid(oids.DATA), algorithm, write.implicit(0, write.octet_string(text))),
    )
    return write.sequence(
        write.sequence(write.oid(oids.DATA), write.explicit(0, write.octet_string(key))),
        write.sequence(write.oid(oids.ENCRYPTED_DATA), write.explicit(0, encrypted)),
    )


def pkcs12(content: bytes) -> bytes:
    """A PKCS#12 file around a content; its MAC is nobody's."""
    mac = write.sequence(
        write.sequence(write.sequence(write.oid(oids.SM3), write.tlv(der.NULL, b"")), write.octet_string(bytes(32))),
        write.octet_string(bytes(8)),
    )
    info = write.sequence(write.oid(oids.DATA), write.explicit(0, write.octet_string(content)))
    return write.sequence(write.integer(3), info, mac)


def look_at_message(data: bytes) -> None:
    signed = SignedData.read(data)
    for each in signed.signers:
        _ = (each.signing_time, each.message_digest, each.content_type, each.time_stamp)
    for found in cms_verify.verify(signed):
        # the enclosed certificate's own signature is for path validation to check
        assert (signed.content, found.certificate.public_key) == (CONTENT, PKI["person"].certificate.public_key)


def look_at_token(data: bytes) -> None:
    token = TimeStampToken.read(data)
    _ = token.signed.remarks
    proven = timestamp.verify(token, CONTENT)
    assert (proven.at, proven.serial, proven.authority) == (token.info.at, 77, PKI["tsa"].certificate)


def look_at_response(data: bytes) -> None:
    token = issue.read_response(data, REQUEST)
    assert token.info.imprint == REQUEST.imprint


def look_at_request(data: bytes) -> None:
    try:
        request = TimeStampRequest.decode(data)
    except RequestRefused as refused:
        issue.rejected(refused.failure, str(refused))
        raise
    assert request.encode() == data or not request.certificate_wanted


def look_at_seal(data: bytes) -> None:
    shape_of(data)
    found = read_seal(data, remarks=set())
    found.info.properties.lists(PKI["sealer"].certificate.der)
    _ = found.info.picture.found_kind
    assert Seal.decode(data).raw == data


def look_at_sealing(data: bytes) -> None:
    shape_of(data)
    found = read_sealing(data, remarks=set())
    assert found.signed in data
    assert Sealing.decode(data).raw == data


def look_at_pkcs12(data: bytes) -> None:
    opened = pfx.read(data, PASSWORD)
    if opened.key is not None:
        opened.key.sign(CONTENT)


def look_at_pem(data: bytes) -> None:
    for each in pem.decode_all(data, "CERTIFICATE", "X509 CRL"):
        ber.to_definite(each)


SEALING = SEALER.value(SEALER.seal(), sm3.digest(CONTENT), "/Doc_0/Signs/Sign_0/Signature.xml")
CASES: dict[str, tuple[Callable[[bytes], object], tuple[bytes, ...]]] = {
    "message": (look_at_message, (message(), indefinite(message()))),
    "token": (look_at_token, (TOKEN,)),
    "response": (look_at_response, (issue.granted(TOKEN),)),
    "request": (look_at_request, (REQUEST.encode(),)),
    "seal": (look_at_seal, (SEALER.seal(), first_seal())),
    "sealing": (look_at_sealing, (SEALING, first_sealing())),
    "indefinite lengths": (ber.to_definite, (indefinite(message()),)),
    "PEM": (look_at_pem, (PKI["person"].certificate.to_pem().encode(),)),
}


def refused(look: Callable[[bytes], object], seeds: tuple[bytes, ...]) -> int:
    """Look at so many mutations, half of them with their lengths set right, and count those refused."""
    chance, count = random.Random(20_260_301), 0
    for number in range(MUTATIONS):
        seed = chance.choice(seeds)
        try:
            look((mutate_inside if number % 2 else mutate)(seed, chance))
        except CertsError:
            count += 1
    return count


@pytest.mark.parametrize("name", CASES)
def test_mutations_give_typed_errors_only(name: str) -> None:
    look, seeds = CASES[name]
    assert refused(look, seeds) > MUTATIONS // 5


def test_changed_pkcs12_is_refused() -> None:
    assert refused(look_at_pkcs12, (pkcs12(pkcs12_content()),)) == MUTATIONS


def test_changed_contents_of_pkcs12_give_typed_errors_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certs.pkcs12_password.check_mac", lambda *_: None)  # whoever knows the password writes any
    assert pfx.read(pkcs12(pkcs12_content()), PASSWORD).others == PKI.certificates("person")
    assert refused(lambda content: look_at_pkcs12(pkcs12(content)), (pkcs12_content(),)) > MUTATIONS // 4
