"""Assertions of clients: whose, for whom, how long, and once."""

from threading import Thread
from typing import Any

import pytest
from authlib.oauth2.rfc6749.errors import InvalidClientError, InvalidRequestError
from authlib.oauth2.rfc7523 import private_key_jwt_sign
from joserfc.jwk import ECKey

from idp.model.client import Client, Profile
from idp.oidc import jose
from idp.oidc.assertion import AssertionVerifier
from idp.oidc.client_auth import ASSERTION_TYPE, ClientAuthenticator
from idp.oidc.client_keys import ClientKeys
from tests.support.clock import SettableClock
from tests.support.seen import Seen
from tests.support.tokens import put_together, registered, resigned, signing_key
from trust.net.client import Answer
from trust.net.errors import OutboundFailed
from trust.storage.database import Database
from trust.storage.replay import SeenProofs

ISSUER = "https://id.example"
TOKEN = f"{ISSUER}/oauth/token"
KEY, OTHER = signing_key("ES256"), signing_key("ES256", 2)


class Nowhere:
    """No network."""

    def get(self, url: str, *, most: int) -> Answer:
        raise OutboundFailed(f"{url} {most}")


@pytest.fixture
def check(clock: SettableClock) -> AssertionVerifier:
    return AssertionVerifier(ISSUER, (TOKEN, f"{ISSUER}/oauth/par"), ClientKeys(Nowhere(), clock), Seen())


def claims(clock: SettableClock, **changes: Any) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    said = {"iss": "c1", "sub": "c1", "aud": ISSUER, "iat": now, "exp": now + 60, "jti": "1", **changes}
    return {name: value for name, value in said.items() if value is not ...}


@pytest.mark.parametrize("aud", [ISSUER, TOKEN, f"{ISSUER}/oauth/par", [TOKEN], ["https://other.example", ISSUER]])
@pytest.mark.parametrize("typ", ["JWT", "client-authentication+jwt"])
def test_an_assertion_for_us_is_taken(check: AssertionVerifier, clock: SettableClock, aud: object, typ: str) -> None:
    check(jose.sign(KEY, claims(clock, aud=aud), typ), registered(KEY), clock.now())


@pytest.mark.parametrize("aud", [TOKEN, [ISSUER], [ISSUER, TOKEN], f"{ISSUER}/", None, ...])
def test_a_fapi2_client_names_the_issuer_alone(check: AssertionVerifier, clock: SettableClock, aud: object) -> None:
    client = registered(KEY, profile=Profile.FAPI2)
    with pytest.raises(InvalidClientError):
        check(jose.sign(KEY, claims(clock, aud=aud)), client, clock.now())
    check(jose.sign(KEY, claims(clock)), client, clock.now())


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://id.example.evil"},
        {"aud": []},
        {"aud": ...},
        {"iss": "c2"},
        {"iss": ...},
        {"sub": "c2"},
        {"sub": ...},
        {"iss": ["c1"]},
        {"exp": ...},
        {"exp": 0},
        {"exp": "soon"},
        {"exp": 1e18},
        {"iat": 4_000_000_000},
        {"nbf": 4_000_000_000},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 256},
        {"jti": "a\0b"},
    ],
)
def test_what_an_assertion_must_say(check: AssertionVerifier, clock: SettableClock, changes: dict[str, Any]) -> None:
    for profile in (Profile.STANDARD, Profile.FAPI2):
        with pytest.raises(InvalidClientError) as caught:
            check(jose.sign(KEY, claims(clock, **changes)), registered(KEY, profile=profile), clock.now())
        assert caught.value.status_code == 401


def test_an_assertion_without_an_identifier_is_refused(check: AssertionVerifier, clock: SettableClock) -> None:
    token = resigned(KEY, {"alg": "ES256", "kid": KEY.kid}, claims(clock, jti=...))
    with pytest.raises(InvalidClientError):
        check(token, registered(KEY), clock.now())


@pytest.mark.parametrize(
    ("profile", "seconds", "taken"),
    [
        (Profile.FAPI2, 300, True),
        (Profile.FAPI2, 320, False),
        (Profile.STANDARD, 3_600, True),
        (Profile.STANDARD, 3_620, False),
        (Profile.GUOMI, 3_620, False),
    ],
)
def test_an_assertion_is_short_lived(
    check: AssertionVerifier, clock: SettableClock, profile: Profile, seconds: int, taken: bool
) -> None:
    token = jose.sign(KEY, claims(clock, exp=int(clock.now().timestamp()) + seconds))
    if taken:
        check(token, registered(KEY, profile=profile), clock.now())
    else:
        with pytest.raises(InvalidClientError):
            check(token, registered(KEY, profile=profile), clock.now())


def test_an_assertion_counts_once_and_nobody_uses_up_anothers(check: AssertionVerifier, clock: SettableClock) -> None:
    token = jose.sign(KEY, claims(clock))
    check(token, registered(KEY), clock.now())
    for replayed in (token, jose.sign(KEY, claims(clock, aud=TOKEN))):
        with pytest.raises(InvalidClientError, match="used before"):
            check(replayed, registered(KEY), clock.now())
    theirs = registered(OTHER, name="c2")
    check(jose.sign(OTHER, claims(clock, iss="c2", sub="c2")), theirs, clock.now())


def test_a_refused_assertion_uses_nothing_up(check: AssertionVerifier, clock: SettableClock) -> None:
    with pytest.raises(InvalidClientError):
        check(jose.sign(OTHER, claims(clock)), registered(KEY), clock.now())
    check(jose.sign(KEY, claims(clock)), registered(KEY), clock.now())


def test_of_many_at_once_one_counts(database: Database, clock: SettableClock) -> None:
    check = AssertionVerifier(ISSUER, (), ClientKeys(Nowhere(), clock), SeenProofs(database, "assertion"))
    token, client = jose.sign(KEY, claims(clock)), registered(KEY)
    won: list[int] = []

    def present() -> None:
        try:
            check(token, client, clock.now())
        except InvalidClientError:
            return
        won.append(1)

    threads = [Thread(target=present) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won == [1]


def test_the_key_of_another_client_proves_nothing(check: AssertionVerifier, clock: SettableClock) -> None:
    for header in ({}, {"kid": KEY.kid}, {"kid": OTHER.kid}, {"jwk": dict(OTHER.public)}):
        with pytest.raises(InvalidClientError):
            check(resigned(OTHER, {"alg": "ES256", **header}, claims(clock)), registered(KEY), clock.now())


@pytest.mark.parametrize("alg", ["none", "HS256", "RS256", "PS256", "EdDSA", "SM2-SM3"])
def test_the_registered_algorithm_alone_counts(check: AssertionVerifier, clock: SettableClock, alg: str) -> None:
    client = registered(KEY, token_endpoint_auth_signing_alg="ES256")
    for token in (
        put_together({"alg": alg, "kid": KEY.kid}, claims(clock), b"x" * 64),
        resigned(KEY, {"alg": alg, "kid": KEY.kid}, claims(clock)),
    ):
        with pytest.raises(InvalidClientError):
            check(token, client, clock.now())
    check(jose.sign(KEY, claims(clock)), client, clock.now())


def test_rs256_is_not_for_fapi2_clients_nor_for_those_registered_for_another(
    check: AssertionVerifier, clock: SettableClock
) -> None:
    rsa = signing_key("RS256")
    check(jose.sign(rsa, claims(clock)), registered(rsa), clock.now())
    for client in (registered(rsa, profile=Profile.FAPI2), registered(rsa, token_endpoint_auth_signing_alg="PS256")):
        with pytest.raises(InvalidClientError):
            check(jose.sign(rsa, claims(clock, jti="2")), client, clock.now())


@pytest.mark.parametrize("assertion", ["", "x", "a.b.c", "é", "A" * 100_000, "e30.e30.e30"])
def test_rubbish_is_refused(check: AssertionVerifier, clock: SettableClock, assertion: str) -> None:
    with pytest.raises(InvalidClientError):
        check(assertion, registered(KEY), clock.now())


def test_a_widespread_library_is_understood(check: AssertionVerifier, clock: SettableClock) -> None:
    key = ECKey.generate_key("P-256")
    client = registered(jwks={"keys": [key.as_dict(private=False)]})
    made = private_key_jwt_sign(key, "c1", TOKEN, alg="ES256", issued_at=int(clock.now().timestamp()))
    check(made, client, clock.now())


def test_an_authenticator_asks_the_hook(check: AssertionVerifier, clock: SettableClock) -> None:
    client = registered(KEY)

    def find(name: str) -> Client | None:
        return client if name == client.id else None

    authenticate = ClientAuthenticator(find, check)
    form = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": jose.sign(KEY, claims(clock))}
    assert authenticate(form, {}, clock.now()) is client
    with pytest.raises(InvalidClientError):
        authenticate(form, {}, clock.now())
    with pytest.raises(InvalidClientError):
        authenticate({**form, "client_assertion": jose.sign(KEY, claims(clock, sub="c2"))}, {}, clock.now())
    with pytest.raises(InvalidRequestError):
        authenticate({**form, "client_secret": "x"}, {}, clock.now())
