"""Keys of clients: read from the registration, fetched seldom, never trusted further than needed."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest

from idp.model.client import Client, Profile
from idp.oidc import client_keys, jose
from idp.oidc.client_keys import ClientKeys, read_set
from tests.support.clock import SettableClock
from tests.support.http_server import Asked, Given, serving
from tests.support.tokens import registered, signing_key
from trust.net.client import Answer, Outbound
from trust.net.errors import OutboundFailed, OutboundRefused
from trust.net.guard import Guard
from trust.web.jwt import TokenUnfit

URI = "https://platform.example/jwks"
FIRST, SECOND = signing_key("ES256"), signing_key("ES256", 2)


@dataclass
class Web:
    """What stands at addresses, and who asked."""

    keys: Any = None
    failure: Exception | None = None
    asked: list[str] = field(default_factory=list)

    def get(self, url: str, *, most: int) -> Answer:
        assert most == 64 << 10
        self.asked.append(url)
        if self.failure is not None:
            raise self.failure
        return Answer(200, {}, json.dumps({"keys": self.keys}).encode())


@pytest.fixture
def web() -> Web:
    return Web([dict(FIRST.public)])


@pytest.fixture
def keys(web: Web, clock: SettableClock) -> ClientKeys:
    return ClientKeys(web, clock)


def at_address(name: str = "c1") -> Client:
    return registered(name=name, jwks_uri=URI)


def found(keys: ClientKeys, client: Client, kid: str | None, alg: str = "ES256") -> int:
    return len(keys.of(client).find(kid, alg))


def test_a_key_set_is_fetched_once_in_five_minutes(keys: ClientKeys, web: Web, clock: SettableClock) -> None:
    client = at_address()
    for _ in range(30):
        assert found(keys, client, FIRST.kid) == 1
        clock.advance(timedelta(seconds=10))
    assert len(web.asked) == 1
    clock.advance(timedelta(seconds=10))
    assert found(keys, client, FIRST.kid) == 1
    assert web.asked == [URI, URI]


def test_an_unknown_name_is_asked_for_once_a_minute(keys: ClientKeys, web: Web, clock: SettableClock) -> None:
    client = at_address()
    assert found(keys, client, FIRST.kid) == 1
    for _ in range(50):  # the first time at once: a client may have changed its keys just now
        assert found(keys, client, "invented") == 0
    assert len(web.asked) == 2
    web.keys = [dict(SECOND.public)]
    assert found(keys, client, SECOND.kid) == 0
    clock.advance(timedelta(minutes=1))
    assert found(keys, client, SECOND.kid) == 1
    assert found(keys, client, FIRST.kid) == 0  # and it is gone: a client withdraws a key by taking it out
    assert len(web.asked) == 3


@pytest.mark.parametrize("failure", [OutboundFailed("no answer"), OutboundRefused("not there")])
def test_a_client_that_does_not_answer_keeps_its_keys_for_an_hour(
    keys: ClientKeys, web: Web, clock: SettableClock, failure: Exception
) -> None:
    client = at_address()
    assert found(keys, client, FIRST.kid) == 1
    web.failure = failure
    clock.advance(timedelta(minutes=59))
    assert found(keys, client, FIRST.kid) == 1
    clock.advance(timedelta(minutes=2))
    with pytest.raises(TokenUnfit):
        found(keys, client, FIRST.kid)


def test_a_client_that_never_answered_is_not_asked_on_and_on(keys: ClientKeys, web: Web, clock: SettableClock) -> None:
    web.failure = OutboundFailed("no answer")
    for _ in range(20):
        with pytest.raises(TokenUnfit):
            found(keys, at_address(), FIRST.kid)
    assert len(web.asked) == 1
    clock.advance(timedelta(seconds=9))
    with pytest.raises(TokenUnfit):
        found(keys, at_address(), FIRST.kid)
    assert len(web.asked) == 1
    web.failure = None
    clock.advance(timedelta(seconds=1))
    assert found(keys, at_address(), FIRST.kid) == 1


def test_who_has_an_address_has_no_other_keys_and_a_change_counts_at_once(keys: ClientKeys, web: Web) -> None:
    both = registered(SECOND, jwks_uri=URI)
    assert found(keys, both, SECOND.kid) == 0
    inline = registered(SECOND)
    assert found(keys, inline, SECOND.kid) == 1
    assert found(keys, registered(FIRST), SECOND.kid) == 0
    assert found(keys, registered(FIRST), FIRST.kid) == 1
    assert web.asked == [URI, URI]  # the second time because of the name


@pytest.mark.parametrize(
    "metadata",
    [{}, {"jwks": None}, {"jwks": []}, {"jwks": {"keys": {}}}, {"jwks": "x"}, {"jwks_uri": ""}, {"jwks_uri": 7}],
)
def test_a_client_without_keys_proves_nothing(keys: ClientKeys, metadata: dict[str, Any]) -> None:
    with pytest.raises(TokenUnfit):
        found(keys, registered(**metadata), "k")


def test_rows_that_are_not_for_this_are_passed_over() -> None:
    good = dict(FIRST.public)
    rows = [
        good, 7, {}, {**good, "use": "enc"}, {**good, "key_ops": ["sign"]}, {**good, "key_ops": "verify"}, {**good, "kid": 7},
        {**good, "d": "AAAA"}, {**good, "x": "AAAA"}, {"kty": "oct", "k": "AAAA", "kid": "mac"}, {**good, "alg": ["ES256"]},
    ]  # fmt: skip
    assert [one.kid for one in read_set({"keys": rows})] == [FIRST.kid]
    with pytest.raises(TokenUnfit):
        read_set({"keys": [good] * 33})


def test_a_key_is_used_for_its_own_algorithm_alone(keys: ClientKeys) -> None:
    rsa = signing_key("RS256")
    client = registered(jwks={"keys": [{**rsa.public, "alg": "PS256"}, dict(FIRST.public)]})
    assert [found(keys, client, rsa.kid, alg) for alg in ("PS256", "RS256", "ES256", "EdDSA", "SM2-SM3")] == [
        1,
        0,
        0,
        0,
        0,
    ]
    bare = {name: value for name, value in rsa.public.items() if name not in ("alg", "kid", "use")}
    assert found(keys, registered(jwks={"keys": [bare]}), "whatever", "RS256") == 1


def test_a_token_that_names_no_key_is_tried_with_four_at_most(keys: ClientKeys) -> None:
    rows = [dict(signing_key("ES256", number).public) for number in range(10, 16)]
    assert found(keys, registered(jwks={"keys": rows}), None) == 4


def test_sm2_is_for_clients_registered_for_it(keys: ClientKeys) -> None:
    sm2 = signing_key("SM2-SM3")
    client = registered(sm2, profile=Profile.GUOMI)
    token = jose.sign(sm2, {"sub": "s"})
    allowed = client_keys.algorithms(client, "x")
    assert jose.verify(token, keys.of(client), algorithms=allowed).text("sub") == "s"
    for profile in (Profile.STANDARD, Profile.FAPI2):
        other = registered(sm2, profile=profile, x="SM2-SM3")
        assert client_keys.algorithms(other, "x") == ()
        assert "SM2-SM3" not in client_keys.algorithms(other, "y")


@pytest.mark.parametrize("alg", ["none", "HS256", "RS1", "", None, ["ES256"], 7])
def test_no_registration_brings_a_weak_algorithm(alg: object) -> None:
    for profile in Profile:
        allowed = client_keys.algorithms(registered(profile=profile, x=alg), "x")
        assert set(allowed) <= {"ES256", "PS256", "RS256", "EdDSA", "SM2-SM3"}
        assert alg is None or allowed == ()
    assert "RS256" not in client_keys.algorithms(registered(profile=Profile.FAPI2), "x")


def test_others_go_on_with_what_is_known_while_one_asks(clock: SettableClock) -> None:
    entered, go = Event(), Event()

    class Slow(Web):
        def get(self, url: str, *, most: int) -> Answer:
            if self.asked:
                entered.set()
                assert go.wait(10)
            return Web.get(self, url, most=most)

    keys = ClientKeys(web := Slow([dict(FIRST.public)]), clock)
    client = at_address()
    assert found(keys, client, FIRST.kid) == 1
    clock.advance(timedelta(minutes=6))
    thread = Thread(target=found, args=(keys, client, FIRST.kid))
    thread.start()
    assert entered.wait(10)
    assert found(keys, client, FIRST.kid) == 1
    go.set()
    thread.join()
    assert len(web.asked) == 2


def test_the_real_way_out_stops_at_64_kilobytes_and_at_redirects(clock: SettableClock) -> None:
    answers = {
        "/good": Given(200, json.dumps({"keys": [dict(FIRST.public)]}).encode()),
        "/large": Given(200, json.dumps({"keys": [dict(FIRST.public)], "x": "x" * (64 << 10)}).encode()),
        "/away": Given(302, b"", {"location": "/good"}),
        "/error": Given(500, b"{}"),
        "/text": Given(200, b"hello"),
        "/deep": Given(200, b"[" * 60_000),
    }

    def answer(asked: Asked) -> Given:
        return answers[asked.path]

    outbound = Outbound(Guard.rule("http://127.0.0.1", ("127.0.0.0/8",)))
    keys = ClientKeys(outbound, clock)
    with serving(answer) as base:
        assert found(keys, registered(name="good", jwks_uri=f"{base}/good"), FIRST.kid) == 1
        for path in ("large", "away", "error", "text", "deep"):
            with pytest.raises(TokenUnfit):
                found(keys, registered(name=path, jwks_uri=f"{base}/{path}"), FIRST.kid)
    closed = ClientKeys(Outbound(Guard.rule("https://id.example", ())), clock)
    for uri in ("http://127.0.0.1:1/", "https://169.254.169.254/", "file:///etc/passwd", "https://[::1]/", "nonsense"):
        with pytest.raises(TokenUnfit):
            found(closed, registered(jwks_uri=uri), FIRST.kid)
    outbound.close()
