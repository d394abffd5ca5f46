"""Request objects: signed, for us, by the client itself, and nothing beside them counts."""

import hashlib
import json
from typing import Any

import pytest

from idp.model.authorization import AuthorizationRequest, RequestRefused
from idp.model.client import Profile
from idp.oidc import jose
from idp.oidc.client_keys import ClientKeys
from idp.oidc.request_object import RequestObjects
from tests.support.clock import SettableClock
from tests.support.tokens import put_together, registered, resigned, signing_key
from trust.net.client import Answer
from trust.net.errors import OutboundFailed, OutboundRefused
from trust.web.jwt import base64url

ISSUER = "https://id.example"
KEY, OTHER = signing_key("ES256"), signing_key("ES256", 2)
URI = "https://platform.example/request.jwt"


class Web:
    """What stands at addresses."""

    def __init__(self) -> None:
        self.found: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.failure: Exception | None = None

    def get(self, url: str, *, most: int) -> Answer:
        assert most == 64 << 10
        self.asked.append(url)
        if self.failure is not None:
            raise self.failure
        return Answer(200 if url in self.found else 404, {}, self.found.get(url, b""))


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def read(web: Web, clock: SettableClock) -> RequestObjects:
    return RequestObjects(ISSUER, ClientKeys(web, clock), web)


def claims(clock: SettableClock, **changes: Any) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    said = {
        "iss": "c1", "aud": ISSUER, "iat": now, "nbf": now, "exp": now + 300, "jti": "1", "client_id": "c1",
        "response_type": "code", "redirect_uri": "https://platform.example/back", "scope": "openid", "state": "inner",
        **changes,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value is not ...}


def test_only_what_the_object_says_counts(read: RequestObjects, clock: SettableClock) -> None:
    asked = {"id_token": {"acr": {"essential": True, "values": ["l3"]}}}
    token = jose.sign(KEY, claims(clock, max_age=300, claims=asked, nonce="n", resource=["https://a", "https://b"]))
    outer = {
        "client_id": "c1",
        "request": token,
        "redirect_uri": "https://evil.example",
        "state": "outer",
        "prompt": "none",
    }
    said = read(outer, registered(KEY), clock.now())
    assert said == {
        "client_id": "c1", "response_type": "code", "redirect_uri": "https://platform.example/back", "scope": "openid",
        "state": "inner", "max_age": "300", "claims": json.dumps(asked), "nonce": "n", "resource": "https://a https://b",
    }  # fmt: skip
    parsed = AuthorizationRequest.parse(said, said["redirect_uri"], said["scope"])
    assert (parsed.max_age, parsed.essential_acrs, parsed.state) == (300, ("l3",), "inner")


def test_names_that_no_parameter_has_are_ignored(read: RequestObjects, clock: SettableClock) -> None:
    odd: dict[str, Any] = {'"': [1], "é": None, "\ud800": {}, "": "x", "a b": [[]], "x" * 101: 1.5}
    said = read({"request": jose.sign(KEY, claims(clock, **odd))}, registered(KEY), clock.now())
    assert set(said) == {"client_id", "response_type", "redirect_uri", "scope", "state"}


def test_a_request_without_an_object_is_left_alone_unless_the_client_signs_all(
    read: RequestObjects, clock: SettableClock
) -> None:
    plain = {"client_id": "c1", "state": "s"}
    assert read(plain, registered(KEY), clock.now()) is plain
    with pytest.raises(RequestRefused) as caught:
        read(plain, registered(KEY, require_signed_request_object=True), clock.now())
    assert caught.value.error == "invalid_request"


@pytest.mark.parametrize("alg", ["none", "None", "NONE"])
@pytest.mark.parametrize("registered_alg", ["none", None])
def test_an_unsigned_object_is_refused(
    read: RequestObjects, clock: SettableClock, alg: str, registered_alg: str | None
) -> None:
    client = registered(KEY, request_object_signing_alg=registered_alg)
    token = put_together({"alg": alg}, claims(clock), b"")
    with pytest.raises(RequestRefused) as caught:
        read({"client_id": "c1", "request": token}, client, clock.now())
    assert caught.value.error == "request_not_supported"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "c2"},
        {"aud": "https://other.example"},
        {"aud": []},
        {"exp": 1},
        {"nbf": 4_000_000_000},
        {"sub": "c1"},
        {"client_id": "c2"},
        {"client_id": 7},
        {"request": "x"},
        {"request_uri": URI},
        {"max_age": -1},
        {"max_age": 1.5},
        {"scope": ["openid"]},
        {"state": "a\0b"},
        {"state": "\ud800"},
        {"prompt": {"a": 1}},
        {f"p{n}": "x" for n in range(70)},
    ],
)
def test_what_an_object_may_not_say(read: RequestObjects, clock: SettableClock, changes: dict[str, Any]) -> None:
    token = jose.sign(KEY, claims(clock, **changes))
    for profile in (Profile.STANDARD, Profile.FAPI2):
        with pytest.raises(RequestRefused) as caught:
            read({"client_id": "c1", "request": token}, registered(KEY, profile=profile), clock.now())
        assert caught.value.error == "invalid_request_object"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": ...},
        {"aud": ...},
        {"exp": ...},
        {"nbf": ...},
        {"exp": 1_772_352_000 + 4_000},
        {"nbf": 1_772_352_000 - 4_000},
    ],
)
def test_a_fapi2_client_says_for_whom_and_when(
    read: RequestObjects, clock: SettableClock, changes: dict[str, Any]
) -> None:
    assert int(clock.now().timestamp()) == 1_772_352_000
    token = jose.sign(KEY, claims(clock, **changes))
    with pytest.raises(RequestRefused):
        read({"client_id": "c1", "request": token}, registered(KEY, profile=Profile.FAPI2), clock.now())
    assert read({"client_id": "c1", "request": token}, registered(KEY), clock.now())
    good = jose.sign(KEY, claims(clock))
    assert read({"client_id": "c1", "request": good}, registered(KEY, profile=Profile.FAPI2), clock.now())


def test_anothers_object_or_key_is_refused(read: RequestObjects, clock: SettableClock) -> None:
    for token in (
        jose.sign(OTHER, claims(clock)),
        resigned(OTHER, {"alg": "ES256", "kid": KEY.kid, "jwk": dict(OTHER.public)}, claims(clock)),
        jose.sign(KEY, claims(clock), "at+jwt"),
        jose.sign(KEY, claims(clock), "dpop+jwt"),
        "x", "", "a.b.c", "e30.e30.e30", "A" * 100_000, "é",
    ):  # fmt: skip
        with pytest.raises(RequestRefused) as caught:
            read({"client_id": "c1", "request": token}, registered(KEY), clock.now())
        assert caught.value.error == "invalid_request_object"
    with pytest.raises(RequestRefused):
        read({"client_id": "c2", "request": jose.sign(KEY, claims(clock))}, registered(KEY), clock.now())


@pytest.mark.parametrize(("alg", "taken"), [("ES256", True), ("RS256", False), ("PS256", False), ("none", False)])
def test_the_registered_algorithm_alone_counts(
    read: RequestObjects, clock: SettableClock, alg: str, *, taken: bool
) -> None:
    client = registered(KEY, request_object_signing_alg=alg)
    request = {"client_id": "c1", "request": jose.sign(KEY, claims(clock))}
    if taken:
        assert read(request, client, clock.now())
    else:
        with pytest.raises(RequestRefused):
            read(request, client, clock.now())


def test_an_object_is_fetched_from_registered_addresses_alone(
    read: RequestObjects, web: Web, clock: SettableClock
) -> None:
    body = jose.sign(KEY, claims(clock)).encode()
    web.found[URI] = body + b"\n"
    marked = URI + "#" + base64url(hashlib.sha256(body + bytes([10])).digest())
    client = registered(KEY, request_uris=[URI, marked, f"{URI}#wrong", "https://platform.example/gone"])
    for uri in (URI, marked):
        assert read({"client_id": "c1", "request_uri": uri}, client, clock.now())["state"] == "inner"
    assert web.asked == [URI, URI]
    for uri in (
        f"{URI}?x", f"{URI}#", "https://platform.example/other.jwt", "http://127.0.0.1/", "file:///etc/passwd", "",
        "urn:ietf:params:oauth:request_uri:x", f"{URI}#wrong", "https://platform.example/gone",
    ):  # fmt: skip
        with pytest.raises(RequestRefused) as caught:
            read({"client_id": "c1", "request_uri": uri}, client, clock.now())
        assert caught.value.error == "invalid_request_uri"
    assert web.asked[2:] == [URI, "https://platform.example/gone"]
    for failure in (OutboundFailed("x"), OutboundRefused("x")):
        web.failure = failure
        with pytest.raises(RequestRefused):
            read({"client_id": "c1", "request_uri": URI}, client, clock.now())


def test_an_object_by_value_and_by_address_is_refused(read: RequestObjects, clock: SettableClock) -> None:
    both = {"client_id": "c1", "request": jose.sign(KEY, claims(clock)), "request_uri": URI}
    with pytest.raises(RequestRefused) as caught:
        read(both, registered(KEY, request_uris=[URI]), clock.now())
    assert caught.value.error == "invalid_request"
