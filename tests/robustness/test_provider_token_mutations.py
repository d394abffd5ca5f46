"""What clients send to the provider, changed in one place or signed over anything at all: an answer, or a refusal of ours."""

import base64
import hashlib
import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from authlib.oauth2.base import OAuth2Error

from idp.model.authorization import RequestRefused
from idp.oidc import jose
from idp.oidc.assertion import AssertionVerifier
from idp.oidc.client_keys import ClientKeys, read_set
from idp.oidc.mtls import ClientCertificates
from idp.oidc.request_object import RequestObjects
from tests.idp.oidc.test_mtls import SECRET, SUBJECT, der, made
from tests.robustness.test_token_mutations import CLOCK, ODD, Encoded, changed
from tests.support.mutation import mutate_inside
from tests.support.tokens import Known, registered, signing_key
from trust.errors import TrustError
from trust.net.client import Answer
from trust.net.errors import OutboundFailed
from trust.web.jwt import TokenUnfit

ROUNDS = 1500
ISSUER = "https://id.example"
KEY = signing_key("ES256")
NOW = int(CLOCK.now().timestamp())
CLAIMS: dict[str, Any] = {
    "iss": "c1", "sub": "s", "aud": ISSUER, "iat": NOW, "nbf": NOW, "exp": NOW + 60, "jti": "1", "client_id": "c1",
    "state": "s", "scope": "openid", "claims": {"id_token": {"acr": None}}, "max_age": 1, "resource": ["https://a"],
}  # fmt: skip


class Nowhere:
    """No network."""

    def get(self, url: str, *, most: int) -> Answer:
        raise OutboundFailed(f"{url} {most}")


KEYS = ClientKeys(Nowhere(), CLOCK)


def oddly(chance: random.Random, claims: dict[str, Any]) -> str:
    said = dict(claims)
    for _ in range(chance.randint(1, 2)):
        said[chance.choice([*claims, "prompt", "dpop_jkt", "a b", "é"])] = chance.choice(ODD)
    return jose.sign(KEY, said, chance.choice(["JWT", "jwt", "at+jwt", ""]))


def present(reader: Callable[[str], object], claims: dict[str, Any], seed: int) -> int:
    """How many were taken; whatever is refused is refused in words that an OAuth answer can carry."""
    chance, taken = random.Random(seed), 0
    good = jose.sign(KEY, claims)
    for number in range(ROUNDS):
        try:
            reader(changed(good, chance) if number % 2 else oddly(chance, claims))
        except (OAuth2Error, RequestRefused) as refused:
            OAuth2Error(description=refused.description)
        except TokenUnfit as refused:
            OAuth2Error(description=str(refused))
        else:
            taken += 1
    return taken


@pytest.mark.parametrize("alg", ["ES256", "RS256", "SM2-SM3"])
def test_tokens_of_ours_that_come_back(alg: str) -> None:
    key, chance = signing_key(alg), random.Random(5)
    good = jose.sign(key, CLAIMS)
    for _ in range(ROUNDS):
        each = changed(good, chance)
        try:
            found = jose.verify(each, Known([key]), algorithms=(alg,), issuer="c1", audience=(ISSUER,), at=CLOCK.now())
        except TrustError:
            continue
        assert each == good
        assert found.values == CLAIMS


def test_assertions() -> None:
    check = AssertionVerifier(ISSUER, (), KEYS, Encoded())
    claims = {**CLAIMS, "sub": "c1"}
    taken = present(lambda text: check(text, registered(KEY), CLOCK.now()), claims, 1)
    assert taken < ROUNDS // 2


def test_request_objects() -> None:
    reader = RequestObjects(ISSUER, KEYS, Nowhere())

    def read(text: str) -> None:
        said = reader({"client_id": "c1", "request": text}, registered(KEY), CLOCK.now())
        assert all(isinstance(value, str) for value in said.values())
        json.dumps(dict(said), ensure_ascii=False).encode()

    assert 0 < present(read, CLAIMS, 2) < ROUNDS


def test_key_sets() -> None:
    chance, read = random.Random(3), 0
    rows = [dict(signing_key(alg).public) for alg in ("ES256", "RS256", "SM2-SM3")]
    for _ in range(ROUNDS):
        row = dict(chance.choice(rows))
        for _ in range(chance.randint(1, 2)):
            row[chance.choice([*row, "x5c", "key_ops", "d"])] = chance.choice(ODD)
        read += len(read_set({"keys": [row]}))
        for whole in (row, [row], {"keys": row}, {"keys": [row] * 40}):
            with pytest.raises(TokenUnfit):
                read_set(whole)
    assert 0 < read < ROUNDS


def test_certificates_in_headers() -> None:

    digest = hashlib.sha256(SECRET.encode()).digest()
    check = ClientCertificates("c", "v", "p", digest, KEYS, CLOCK)
    client = registered(method="tls_client_auth", tls_client_auth_subject_dn=SUBJECT)
    chance, good = random.Random(4), der(made())
    for _ in range(ROUNDS):
        text = f":{base64.b64encode(mutate_inside(good, chance)).decode()}:"
        check({"c": text, "v": "SUCCESS", "p": SECRET}, client)
        check({"c": changed(text, chance), "v": "SUCCESS", "p": SECRET}, client)
