"""Every answer has the shared manners: ids, headers, limits, problems, pages without a script."""

import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from typing import Annotated

import pytest
from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.testclient import TestClient

from certs.errors import MalformedEncoding
from trust.errors import Kind, TrustError
from trust.readiness import Outcome
from trust.settings import Http
from trust.web import app as application
from trust.web.links import Link, Told
from trust.web.pages import Card, StartPage

NUMBER = "330106199003070012"


class SealFrozen(TrustError):
    kind, code = Kind.CONFLICT, "seal-frozen"


class Busy(TrustError):
    kind, code = Kind.UNAVAILABLE, "busy"


class OurFault(TrustError):
    code = "our-fault"


ERRORS = {
    "conflict": SealFrozen("the seal is frozen"),
    "busy": Busy("try again"),
    "ours": OurFault("a secret detail"),
    "unplanned": RuntimeError("a secret detail"),
    "certs": MalformedEncoding("no DER"),
}


def hot(request: Request) -> Response:
    """Raises what it is told to."""
    raise ERRORS[request.path_params["which"]]


async def size(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def peer(request: Request) -> Response:
    assert request.client
    return PlainTextResponse(f"{request.url.scheme} {request.client.host}")


async def breaks_midway(_: Request) -> Response:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"first"
        raise RuntimeError("midway")

    return StreamingResponse(chunks())


router = APIRouter(prefix="/api", tags=["test"])


@router.get("/raise/{which}", summary="Raises")
def raises(which: str) -> None:
    raise ERRORS[which]


@router.post("/form")
def form(person: Annotated[str, Form(pattern="^x$")], age: Annotated[int, Form()]) -> dict[str, int]:
    return {person: age}


READY = {"database": True}


def readiness() -> list[Outcome]:
    return [Outcome(name, well, "a secret detail") for name, well in READY.items()]


def client(**http: object) -> TestClient:
    start = StartPage(
        "330000",
        production=False,
        services=[Card("电子印章", "Seals", [Link("/seal", "验章", "Verify")])],
        demonstration=[Told("licence", "var/<demo>.ofd", "电子证照", "Licence")],
    )
    routes: list[APIRouter | BaseRoute] = [
        router,
        Route("/hot/{which}", hot),
        Route("/size", size, methods=["POST"]),
        Route("/midway", breaks_midway),
        Route("/peer", peer),
    ]
    settings = Http(max_body_bytes=1000, **http)  # type: ignore[arg-type]
    return TestClient(application.create(settings, routes, readiness, start), raise_server_exceptions=True)


@pytest.mark.parametrize("prefix", ["/api/raise/", "/hot/"])
@pytest.mark.parametrize(
    ("which", "status", "code"),
    [
        ("conflict", 409, "seal-frozen"),
        ("busy", 503, "busy"),
        ("ours", 500, "our-fault"),
        ("unplanned", 500, "internal"),
        ("certs", 400, "malformed-encoding"),
    ],
)
def test_an_error_is_a_problem_with_a_code(prefix: str, which: str, status: int, code: str) -> None:
    answer = client().get(prefix + which)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["code"] == code
    assert body["status"] == status
    assert body["reference"] == answer.headers["x-request-id"]
    assert "secret" not in answer.text
    assert ("retry-after" in answer.headers) == (status == 503)


def test_the_detail_of_a_fault_is_in_the_log_under_its_reference(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "trust.web"):
        client().get("/hot/unplanned")
    assert any("a secret detail" in str(record.exc_info) for record in caplog.records if record.exc_info)


def test_an_answer_that_breaks_midway_breaks_the_connection() -> None:
    with pytest.raises(RuntimeError, match="midway"):
        client().get("/midway")


def test_an_invalid_request_is_told_where_not_what_it_carried() -> None:
    answer = client().post("/api/form", data={"person": NUMBER})
    assert answer.status_code == 422
    assert answer.json()["code"] == "request-invalid"
    assert {each["at"] for each in answer.json()["errors"]} == {"body.person", "body.age"}
    assert NUMBER not in answer.text


@pytest.mark.parametrize(
    ("path", "status", "code"), [("/nowhere", 404, "not-found"), ("/size", 405, "method-not-allowed")]
)
def test_the_frameworks_own_errors_are_problems_too(path: str, status: int, code: str) -> None:
    answer = client().get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("path", ["/", "/docs", "/healthz", "/readyz", "/openapi.json", "/nowhere", "/hot/unplanned"])
def test_every_answer_carries_the_security_headers(path: str) -> None:
    headers = client().get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "cache-control" in headers
    assert "strict-transport-security" not in headers


def test_https_is_pinned_where_the_world_uses_it() -> None:
    assert "strict-transport-security" in client(public_url="https://trust.example").get("/").headers


def test_a_request_id_is_taken_from_our_proxy_alone() -> None:
    sent = {"x-request-id": "given-by-the-proxy"}
    assert client().get("/healthz", headers=sent).headers["x-request-id"] != "given-by-the-proxy"
    trusting = client(forwarded_allow=("testclient",))
    assert trusting.get("/healthz", headers=sent).headers["x-request-id"] == "given-by-the-proxy"
    assert (
        trusting.get("/healthz", headers={"x-request-id": "two words, bad"}).headers["x-request-id"] != "two words, bad"
    )


def test_the_address_a_proxy_forwards_is_believed_of_our_proxy_alone() -> None:
    sent = {"x-forwarded-for": "192.0.2.7", "x-forwarded-proto": "https", "x-request-id": "given-by-the-proxy"}
    assert client().get("/peer", headers=sent).text == "http testclient"
    answer = client(forwarded_allow=("testclient",)).get("/peer", headers=sent)
    assert answer.text == "https 192.0.2.7"
    assert answer.headers["x-request-id"] == "given-by-the-proxy"
    assert client(forwarded_allow=("192.0.2.1",)).get("/peer", headers=sent).text == "http testclient"


def test_the_query_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "trust.web"):
        client().get(f"/healthz?number={NUMBER}")
    assert all(NUMBER not in str(vars(record)) for record in caplog.records if record.name == "trust.web")


def test_a_body_over_the_limit_is_refused_by_its_declared_length() -> None:
    assert client().post("/size", content=b"x" * 1000).text == "1000"
    answer = client().post("/size", content=b"x" * 1001)
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


@pytest.mark.parametrize("path", ["/size", "/api/form"])
def test_a_body_over_the_limit_is_refused_while_it_arrives(path: str) -> None:
    def chunks() -> Iterator[bytes]:
        yield from [b"x" * 100] * 20

    answer = client().post(path, content=chunks(), headers={"content-type": "application/x-www-form-urlencoded"})
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


def test_live_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    assert client().get("/readyz").json() == {"ready": True, "missing": []}
    monkeypatch.setitem(READY, "keys", False)
    answer = client().get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False, "missing": ["keys"]})
    assert client().get("/healthz").status_code == 200


def test_the_start_page_is_chinese_first_and_english_on_request() -> None:
    chinese = client().get("/").text
    assert '<html lang="zh-CN">' in chinese
    assert "电子证照" in chinese
    assert "var/&lt;demo&gt;.ofd" in chinese
    english = client().get("/?lang=en").text
    assert '<html lang="en">' in english
    assert "Verify" in english
    assert '<html lang="en">' in client().get("/", headers={"accept-language": "en-GB,zh;q=0.5"}).text


def test_pages_need_no_script_no_inline_style_and_no_other_host() -> None:
    for path in ("/", "/docs"):
        page = client().get(path).text
        assert not re.search(r"<script|<style|style=|onclick|https?://|src=", page)


def test_the_style_sheet_is_served_for_good() -> None:
    address = re.search(r'href="(/static/[^"]+css)"', client().get("/").text)
    assert address
    answer = client().get(address[1])
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]


def test_the_interfaces_are_listed_without_another_host() -> None:
    page = client().get("/docs").text
    assert "/api/raise/{which}" in page
    assert "/hot/{which}" in page
    assert "Raises what it is told to." in page
    document = client().get("/openapi.json").json()
    answers = document["paths"]["/api/form"]["post"]["responses"]
    assert "application/problem+json" in answers["default"]["content"]
    assert list(answers["422"]["content"]) == ["application/problem+json"]
    json.dumps(document)
