"""What the authority serves: certificates, lists with their times, and time stamps."""

from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from certs import certificate, crl, oids, timestamp, timestamp_issue
from certs.errors import TimeStampInvalid
from certs.sm import sm3
from certs.timestamp_request import MessageImprint, TimeStampRequest
from pki.parts import Parts
from pki.web import publishing, timestamping
from tests.support.authority import publish_all
from tests.support.clock import SettableClock

HEADERS = {"Content-Type": timestamping.QUERY_TYPE}


@pytest.fixture(name="client")
def client_(made: Parts) -> TestClient:
    routes = [
        *publishing.routes(made.authority.directory, made.authority.objects),
        *timestamping.routes(made.authority.stamping),
    ]
    return TestClient(Starlette(routes=routes))


def asked(value: bytes = b"value", nonce: int | None = 7) -> TimeStampRequest:
    imprint = MessageImprint(oids.SM3, sm3.digest(value))
    return TimeStampRequest(imprint, nonce=nonce, certificate_wanted=True)


def test_a_list_is_where_the_certificates_say(made: Parts, client: TestClient) -> None:
    publish_all(made)
    stamper = made.authority.stamper()
    (url,) = stamper.crl_urls
    answer = client.get(url.removeprefix("http://127.0.0.1:8000"))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pkix-crl"
    found = crl.decode(answer.content)
    found.verify_signed_by(made.authority.directory.authority("service-ca").certificate.public_key)
    assert answer.headers["expires"].endswith("GMT")
    again = client.get("/pki/crl/service-ca/0.crl", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_an_authority_is_where_the_certificates_say(made: Parts, client: TestClient) -> None:
    (url,) = made.authority.stamper().issuer_urls
    answer = client.get(url.removeprefix("http://127.0.0.1:8000"))
    assert answer.headers["content-type"] == "application/pkix-cert"
    assert certificate.decode(answer.content) == made.authority.directory.authority("service-ca").certificate


@pytest.mark.parametrize("path", ["/pki/crl/nobody/0.crl", "/pki/crl/root/99.crl", "/pki/ca/nobody.cer"])
def test_what_is_not_there_is_a_problem(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.json()["code"] in ("list-missing", "authority-missing")


@pytest.mark.parametrize("path", ["/pki/crl/root/x.crl", "/pki/crl/root/-1.crl", "/pki/crl/../0.crl"])
def test_odd_paths_lead_nowhere(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_request_is_granted(made: Parts, client: TestClient) -> None:
    request = asked()
    answer = client.post("/pki/tsa", content=request.encode(), headers=HEADERS)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/timestamp-reply"
    token = timestamp_issue.read_response(answer.content, request)
    found = timestamp.verify(token, b"value")
    assert found.authority == made.authority.stamper()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        asked().encode()[:-1],
        TimeStampRequest(MessageImprint(oids.SHA1, bytes(20))).encode(),
        TimeStampRequest(MessageImprint(oids.SM3, bytes(31))).encode(),
        TimeStampRequest(MessageImprint(oids.SM3, bytes(32)), policy="1.2.3").encode(),
        bytes(100_000),
    ],
)
def test_a_refusal_is_an_answer(client: TestClient, body: bytes) -> None:
    answer = client.post("/pki/tsa", content=body, headers=HEADERS)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/timestamp-reply"
    with pytest.raises(TimeStampInvalid, match="refused"):
        timestamp_issue.read_response(answer.content, asked())


def test_an_unsure_clock_is_a_refusal_with_its_own_bit(made: Parts, client: TestClient, clock: SettableClock) -> None:
    made.authority.timestamp(b"x")
    clock.advance(timedelta(hours=-1))
    answer = client.post("/pki/tsa", content=asked().encode(), headers=HEADERS)
    assert b"\x03\x03\x01\x00\x02" in answer.content  # named bit 14, timeNotAvailable


def test_another_media_type_is_refused(client: TestClient) -> None:
    answer = client.post("/pki/tsa", content=asked().encode(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert client.get("/pki/tsa").status_code == 405
