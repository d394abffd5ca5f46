"""Pushed authorization requests: checked like spoken ones, carried by a name that counts once."""

import secrets
from datetime import timedelta
from urllib.parse import urlencode

import httpx2
import pytest

from tests.support.clock import SettableClock
from tests.support.issuer import client_key
from tests.support.relying_party import USER, RelyingParty
from tests.support.walker import Page
from trust.web.client_key import ClientKey
from trust.web.dpop import make_proof


def push(party: RelyingParty, proof: str | None = None, **changes: str | None) -> httpx2.Response:
    url = party.metadata["pushed_authorization_request_endpoint"]
    headers = {} if proof is None else {"dpop": proof}
    party.walker.client.headers.update(headers)
    try:
        return party.post(url, **party.request(**changes))
    finally:
        party.walker.client.headers.pop("dpop", None)


def walk(party: RelyingParty, uri: str, **more: str) -> Page:
    said = {"client_id": party.platform.id, "request_uri": uri, **more}
    url = f"{party.metadata['authorization_endpoint']}?{urlencode(said)}"
    return party.walker.walk(url, USER, stop=party.redirect_uri)


def test_a_pushed_request_is_answered_and_parameters_beside_its_name_are_ignored(first: RelyingParty) -> None:
    answer = push(first, scope="openid email")
    assert (answer.status_code, answer.json()["expires_in"]) == (201, 60)
    assert answer.headers["cache-control"] == "no-store"
    uri = answer.json()["request_uri"]
    assert uri.startswith("urn:ietf:params:oauth:request_uri:")
    said = first.back(walk(first, uri, scope="openid phone", redirect_uri="https://evil.example/", state="other"))
    tokens = first.redeem(said["code"]).json()
    assert tokens["scope"] == "openid email"


def test_a_name_counts_once(first: RelyingParty) -> None:
    uri = push(first).json()["request_uri"]
    first.back(walk(first, uri))
    assert walk(first, uri).status == 400


def test_a_name_lives_a_minute(first: RelyingParty, package_clock: SettableClock) -> None:
    uri = push(first).json()["request_uri"]
    package_clock.advance(timedelta(seconds=60))
    assert walk(first, uri).status == 400


def test_a_name_belongs_to_its_client(first: RelyingParty, second: RelyingParty) -> None:
    uri = push(first).json()["request_uri"]
    assert walk(second, uri).status == 400
    assert "code" in first.back(walk(first, uri))


@pytest.mark.parametrize("uri", ["urn:ietf:params:oauth:request_uri:", "urn:ietf:params:oauth:request_uri:nobody"])
def test_a_name_that_nobody_gave_is_refused_on_a_page(first: RelyingParty, uri: str) -> None:
    assert walk(first, uri).status == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"), ({"code_challenge": None}, "invalid_request"),
        ({"scope": "nothing"}, "invalid_scope"), ({"client_id": "second"}, "invalid_client"),
        ({"request_uri": "https://first.example/object"}, "invalid_request"), ({"prompt": "none login"}, "invalid_request"),
        ({"request": "e30.e30."}, "invalid_request_object"),
    ],
)  # fmt: skip
def test_what_would_be_refused_later_is_refused_at_once(
    first: RelyingParty, changes: dict[str, str | None], error: str
) -> None:
    answer = push(first, **changes)
    assert answer.status_code in (400, 401)
    assert answer.json()["error"] == error


def test_a_stranger_pushes_nothing(first: RelyingParty) -> None:
    url = first.metadata["pushed_authorization_request_endpoint"]
    answer = first.walker.client.post(url, data=first.request())
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_client_that_has_to_push_is_refused_otherwise(pushing: RelyingParty) -> None:
    assert pushing.back(pushing.ask())["error"] == "invalid_request"
    assert "code" in pushing.back(walk(pushing, push(pushing).json()["request_uri"]))


def test_a_proof_at_the_push_binds_the_code_to_its_key(first: RelyingParty, package_clock: SettableClock) -> None:
    mine, other = client_key(), client_key()

    def made(key: ClientKey, url: str) -> str:
        return make_proof(key, method="POST", url=url, at=package_clock.now(), identifier=secrets.token_hex(8))

    par, token = (first.metadata[f"{one}_endpoint"] for one in ("pushed_authorization_request", "token"))
    refused = push(first, made(mine, par), dpop_jkt=other.public["kid"])
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_dpop_proof")
    for key, expected in ((other, 400), (mine, 200)):
        uri = push(first, made(mine, par)).json()["request_uri"]
        code = first.back(walk(first, uri))["code"]
        first.walker.client.headers["dpop"] = made(key, token)
        assert first.redeem(code).status_code == expected
        del first.walker.client.headers["dpop"]


def test_a_client_says_once_who_it_is(first: RelyingParty) -> None:
    url = first.metadata["pushed_authorization_request_endpoint"]
    said = urlencode([*first.request().items(), ("client_id", "first")])
    answer = first.walker.client.post(url, content=said)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
