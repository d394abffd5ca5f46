"""Time stamps: what the authority answers, and what a token must be to prove an instant."""

from dataclasses import replace
from datetime import timedelta

import pytest

from certs import der_writer as write
from certs import oids, profile, timestamp, timestamp_issue
from certs.errors import InvalidSignature, MalformedEncoding, TimeStampInvalid
from certs.sm import sm3
from certs.timestamp import TimeStampToken
from certs.timestamp_issue import Statement
from certs.timestamp_request import Failure, MessageImprint, RequestRefused, TimeStampRequest
from tests.support.hierarchy import NOW, Member, authority, declare, leaf, province

PKI = province()
TSA = PKI["tsa"]
MESSAGE = b"a signature value"
REQUEST = TimeStampRequest(MessageImprint(oids.SM3, sm3.digest(MESSAGE)), nonce=2**64 + 5, certificate_wanted=True)
STATEMENT = Statement(oids.TSA_POLICY, 77, NOW.replace(microsecond=120_000), timedelta(milliseconds=1500))


def _token(member: Member = TSA, request: TimeStampRequest = REQUEST, statement: Statement = STATEMENT) -> bytes:
    return timestamp_issue.build(request, statement, member.signer, member.certificate)


def test_a_token_proves_its_instant() -> None:
    token = TimeStampToken.read(_token())
    proven = timestamp.verify(token, MESSAGE)
    assert (proven.at, proven.authority, proven.serial) == (STATEMENT.at, TSA.certificate, 77)
    assert proven.accuracy == timedelta(milliseconds=1500)
    assert token.info.nonce == REQUEST.nonce


def test_a_response_is_read_like_a_token() -> None:
    response = timestamp_issue.granted(_token())
    assert TimeStampToken.read(response).raw == _token_bytes(response)
    assert timestamp_issue.read_response(response, REQUEST).info.serial == 77


def _token_bytes(response: bytes) -> bytes:
    return TimeStampToken.read(response).raw


def test_a_request_comes_back() -> None:
    assert TimeStampRequest.decode(REQUEST.encode()) == REQUEST
    plain = TimeStampRequest(REQUEST.imprint)
    assert TimeStampRequest.decode(plain.encode()) == plain


@pytest.mark.parametrize(
    ("imprint", "failure"),
    [
        (MessageImprint(oids.SHA1, bytes(20)), Failure.BAD_ALG),
        (MessageImprint("1.2.3", bytes(32)), Failure.BAD_ALG),
        (MessageImprint(oids.SM3, bytes(20)), Failure.BAD_DATA_FORMAT),
    ],
)
def test_a_request_we_do_not_stamp_is_refused_with_its_bit(imprint: MessageImprint, failure: Failure) -> None:
    with pytest.raises(RequestRefused) as refused:
        TimeStampRequest.decode(TimeStampRequest(imprint).encode())
    assert refused.value.failure is failure
    answer = timestamp_issue.rejected(failure, "no")
    with pytest.raises(TimeStampInvalid, match="refused"):
        timestamp_issue.read_response(answer, REQUEST)


@pytest.mark.parametrize("data", [b"", b"\x30\x00", b"\x30\x80", write.sequence(write.integer(2)), bytes(5000)])
def test_what_is_no_request_is_refused(data: bytes) -> None:
    with pytest.raises(RequestRefused) as refused:
        TimeStampRequest.decode(data)
    assert refused.value.failure is Failure.BAD_DATA_FORMAT


def test_a_request_with_extensions_is_refused() -> None:
    data = write.sequence(write.integer(1), REQUEST.imprint.encode(), write.explicit(0, b"")[:1] + b"\x00")
    with pytest.raises(RequestRefused) as refused:
        TimeStampRequest.decode(data)
    assert refused.value.failure is Failure.UNACCEPTED_EXTENSION


def test_a_token_over_something_else_proves_nothing() -> None:
    with pytest.raises(TimeStampInvalid, match="something else"):
        timestamp.verify(TimeStampToken.read(_token()), b"another value")


def test_an_answer_to_another_request_is_refused() -> None:
    response = timestamp_issue.granted(_token())
    for other in (replace(REQUEST, nonce=1), replace(REQUEST, policy="1.2.3"), replace(REQUEST, nonce=None)):
        with pytest.raises(TimeStampInvalid):
            timestamp_issue.read_response(response, other)


@pytest.mark.parametrize("shape", [profile.PERSON, profile.SEALER, profile.REGISTRY_KEY])
def test_a_certificate_for_something_else_stamps_nothing(shape: profile.Profile) -> None:
    pki = declare(root=authority(), ca=authority("root"), other=leaf("ca", shape))
    with pytest.raises(TimeStampInvalid, match="time stamping alone"):
        timestamp.verify(TimeStampToken.read(_token(pki["other"])), MESSAGE)


def test_a_stamp_outside_the_authority_s_dates_proves_nothing() -> None:
    late = replace(STATEMENT, at=TSA.certificate.not_after + timedelta(seconds=1))
    with pytest.raises(TimeStampInvalid, match="dates"):
        timestamp.verify(TimeStampToken.read(_token(statement=late)), MESSAGE)


def test_a_swapped_certificate_is_noticed() -> None:
    """Same key, issuer and serial, another certificate: the signed digest tells them apart."""
    twin = declare(
        root=authority(),
        service_ca=authority("root", path_length=0),
        tsa=leaf(
            "service_ca",
            profile.TIME_STAMP_AUTHORITY,
            serial=TSA.certificate.serial,
            not_before=NOW - timedelta(days=3),
        ),
    )["tsa"]
    request = replace(REQUEST, certificate_wanted=False)
    token = TimeStampToken.read(_token(request=request))
    assert twin.certificate.issuer == TSA.certificate.issuer
    with pytest.raises(TimeStampInvalid, match="does not name"):
        timestamp.verify(token, MESSAGE, certificates=(twin.certificate,))
    assert timestamp.verify(token, MESSAGE, certificates=(TSA.certificate,)).at == STATEMENT.at


def test_every_flipped_bit_of_a_token_is_refused() -> None:
    token = _token(request=replace(REQUEST, certificate_wanted=False))
    for place in range(len(token) * 8):
        flipped = bytearray(token)
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises((MalformedEncoding, TimeStampInvalid, InvalidSignature)):
            _check(bytes(flipped))


def _check(token: bytes) -> None:
    timestamp.verify(TimeStampToken.read(token), MESSAGE, certificates=(TSA.certificate,))
