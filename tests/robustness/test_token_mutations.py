"""Tokens and proofs changed in one place, or signed over anything at all, give a principal or a typed refusal."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc.jwk import ECKey

from tests.support.clock import SettableClock
from tests.support.issuer import Person, SmallIssuer
from tests.support.seen import Seen
from trust.errors import TrustError
from trust.values.sign_in import LogoutNotice
from trust.web import dpop, jwt
from trust.web.bearer import AccessToken, Tokens
from trust.web.issued_tokens import IssuedTokens
from trust.web.jwt import Key

ROUNDS = 1500
CLOCK = SettableClock(datetime(2026, 3, 1, 8, tzinfo=UTC))
ODD: list[Any] = [
    None, True, 0, -1, 1e300, 10**15, "", "\x00", "\ud800", "a" * 300, "印", [], [None], ["a", 1], {}, {"jkt": 7}, {"a": {"b": []}},
    "2026-03-01", 0.5, "\u202e", " ", "urn:cn-gov:loa:l5", {"jkt": "a"}, ["trust-services"], "natural", "staff",
]  # fmt: skip


class Keys:
    """The issuer's keys, without a network."""

    def __init__(self, issuer: SmallIssuer) -> None:
        self.url = issuer.url
        self._keys: dict[str | None, Key] = {key.kid: key for key in issuer.keys}

    def find_key(self, kid: str) -> Key | None:
        return self._keys.get(kid)


@pytest.fixture(scope="module")
def issuer() -> SmallIssuer:
    return SmallIssuer(CLOCK, url="https://id.example")


def changed(token: str, chance: random.Random) -> str:
    place = chance.randrange(len(token))
    sign = chance.choice("ABCabc012-_.=+/ \x00é")
    return chance.choice(
        [token[:place] + sign + token[place + 1 :], token[:place], token[:place] + sign + token[place:]]
    )


def oddly(token: str, issuer: SmallIssuer, chance: random.Random) -> str:
    """The same token with one or two claims of another kind, rightly signed."""
    unverified = json.loads(jwt.from_base64url(token.split(".")[1]))
    header = json.loads(jwt.from_base64url(token.split(".", maxsplit=1)[0]))
    names = [
        *unverified,
        "nbf",
        "cnf",
        "body",
        "post",
        "region",
        "holder_ix",
        "mandate",
        "azp",
        "nonce",
        "at_hash",
        "events",
    ]
    for _ in range(chance.randint(1, 2)):
        unverified[chance.choice(names)] = chance.choice(ODD)
    return issuer.sign(unverified, header["typ"])


def tokens(token: str, issuer: SmallIssuer, seed: int) -> Iterator[str]:
    chance = random.Random(seed)
    for _ in range(ROUNDS):
        yield changed(token, chance)
        yield oddly(token, issuer, chance)


def test_access_tokens(issuer: SmallIssuer) -> None:
    reader = Tokens(Keys(issuer), issuer.audience)
    token = issuer.access_token(Person(more={"subject_type": "staff", "post": "审批"}))
    read = 0
    for each in tokens(token, issuer, 1):
        try:
            found = reader.verify(each, CLOCK.now())
        except TrustError:
            continue
        assert isinstance(found, AccessToken)
        json.dumps(str(found.principal), ensure_ascii=False).encode()
        read += 1
    assert 0 < read < ROUNDS


def test_notices_of_logout(issuer: SmallIssuer) -> None:
    reader = IssuedTokens(Keys(issuer), issuer.client)
    for each in tokens(issuer.logout_token(sid="session-1"), issuer, 2):
        try:
            found = reader.logout(each, CLOCK.now())
        except TrustError:
            continue
        assert isinstance(found, LogoutNotice)
        f"{found.sid}{found.subject}{found.identifier}".encode()


def test_proofs_of_possession() -> None:
    key, chance = ECKey.generate_key("P-256"), random.Random(3)
    public = key.as_dict(private=False)
    claims: dict[str, Any] = {"jti": "1", "htm": "POST", "htu": "https://a/b", "iat": int(CLOCK.now().timestamp())}
    good = jwt.sign(claims, key, "ES256", {"typ": "dpop+jwt", "jwk": public})
    for _ in range(ROUNDS):
        odd = jwt.sign({**claims, chance.choice([*claims, "ath", "nonce"]): chance.choice(ODD)}, key, "ES256",
                       {"typ": "dpop+jwt", "jwk": public})  # fmt: skip
        for each in (changed(good, chance), odd):
            try:
                dpop.verify_proof(each, method="POST", url="https://a/b", at=CLOCK.now(), seen=Encoded())
            except TrustError:
                continue


class Encoded(Seen):
    """A memory that needs text it can write."""

    def take(self, value: str, until: datetime, at: datetime) -> bool:
        value.encode()
        return super().take(value, until, at)
