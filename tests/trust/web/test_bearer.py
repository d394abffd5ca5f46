"""Access tokens: who calls, and every way in which a token is not one for us."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

from tests.support.clock import SettableClock
from tests.support.issuer import Person, SmallIssuer, small_issuer
from tests.support.seen import Seen
from trust.errors import TrustError
from trust.net.client import Outbound
from trust.net.guard import Guard
from trust.values.assurance import Rank
from trust.values.principal import Principal, PrincipalKind
from trust.web import dpop, jwt, problems
from trust.web.bearer import Bearer, Tokens
from trust.web.challenge import TokenInvalid
from trust.web.issuer import Issuer, keys_of
from trust.web.step_up import require

CODE = "11440000006939748G"
HOME = "https://trust.example"


@pytest.fixture
def issuer(clock: SettableClock) -> Iterator[SmallIssuer]:
    with small_issuer(clock) as made:
        yield made


@pytest.fixture
def keys(issuer: SmallIssuer, clock: SettableClock) -> Iterator[Issuer]:
    outbound = Outbound(Guard.rule(issuer.url, ()))
    yield Issuer(issuer.url, outbound, clock)
    outbound.close()


@pytest.fixture
def tokens(issuer: SmallIssuer, keys: Issuer) -> Tokens:
    return Tokens(keys, issuer.audience)


@pytest.fixture
def api(tokens: Tokens, clock: SettableClock) -> TestClient:
    bearer = Bearer(tokens, Seen(), HOME, clock)
    app = FastAPI()
    problems.install(app)

    @app.get("/acts/{number}")
    def act(by: Annotated[Principal, Depends(require(bearer, Rank(2), scope="openid"))], number: int) -> dict[str, str]:
        return {"by": str(by), "number": str(number)}

    return TestClient(app, base_url="http://elsewhere.example")


def refused(tokens: Tokens, text: str, clock: SettableClock) -> None:
    with pytest.raises(TokenInvalid):
        tokens.verify(text, clock.now())


def test_a_token_says_who_calls(issuer: SmallIssuer, tokens: Tokens, clock: SettableClock) -> None:
    holder = bytes(range(16))
    token = issuer.access_token(
        Person("o-1", 4, clock.now() - timedelta(minutes=3), "s-1", {"subject_type": "staff"}),
        body=CODE, post="审批", region="330100", holder_ix=jwt.base64url(holder), mandate="m-1", scope="openid seal",
    )  # fmt: skip
    found = tokens.verify(token, clock.now())
    by = found.principal
    assert (by.subject, by.kind, by.level) == ("o-1", PrincipalKind.OFFICIAL, Rank(4))
    assert by.proven_at == clock.now() - timedelta(minutes=3)
    assert (str(by.body), by.post, str(by.region), by.holder) == (CODE, "审批", "330100", holder)
    assert (by.acting_for, by.client, by.scopes) == ("m-1", issuer.client, frozenset({"openid", "seal"}))
    assert (found.key, found.sid, found.until) == (None, "s-1", clock.now() + timedelta(seconds=60))


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"subject_type": "natural"}, PrincipalKind.PERSON),
        ({"subject_type": "legal", "body": CODE}, PrincipalKind.BODY),
        ({"subject_type": "unincorporated", "body": "0" * 32}, PrincipalKind.BODY),
        ({"subject_type": None, "sub": "trust-pages"}, PrincipalKind.CLIENT),
    ],
)
def test_the_kinds_of_callers(
    issuer: SmallIssuer, tokens: Tokens, clock: SettableClock, said: dict[str, Any], kind: PrincipalKind
) -> None:
    assert tokens.verify(issuer.access_token(**said), clock.now()).principal.kind is kind


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"}, {"iss": None}, {"aud": "others"}, {"aud": ["others"]}, {"aud": None},
        {"aud": 7}, {"jti": None}, {"jti": ""}, {"jti": 7}, {"exp": None}, {"exp": "soon"}, {"exp": True}, {"iat": None},
        {"exp": 1e30}, {"exp": -1}, {"sub": None}, {"sub": ""}, {"sub": "a" * 256}, {"client_id": None},
        {"subject_type": "king"}, {"subject_type": None}, {"subject_type": "client"}, {"auth_time": "yesterday"},
        {"body": "11440000006939748H"}, {"region": "33"}, {"region": 330000}, {"holder_ix": "%"}, {"scope": 7},
        {"subject_type": "natural", "sub": "trust-pages", "client_id": "trust-pages", "body": "x"},
        {"cnf": {}}, {"cnf": "key"}, {"cnf": {"x5t#S256": "a"}}, {"cnf": {"jkt": "a", "x5t#S256": "b"}},
        {"scope": " ".join(f"s{n}" for n in range(65))},
    ],
)  # fmt: skip
def test_a_claim_that_is_wrong_refuses_the_token(
    issuer: SmallIssuer, tokens: Tokens, clock: SettableClock, claims: dict[str, Any]
) -> None:
    refused(tokens, issuer.access_token(**claims), clock)


def test_a_token_ends(issuer: SmallIssuer, tokens: Tokens, clock: SettableClock) -> None:
    token = issuer.access_token()
    clock.advance(timedelta(seconds=69))
    tokens.verify(token, clock.now())
    clock.advance(timedelta(seconds=1))
    refused(tokens, token, clock)


def test_a_token_that_lives_long_or_begins_later_is_refused(
    issuer: SmallIssuer, tokens: Tokens, clock: SettableClock
) -> None:
    at = int(clock.now().timestamp())
    refused(tokens, issuer.access_token(exp=at + 61), clock)
    refused(tokens, issuer.access_token(iat=at + 11, exp=at + 60), clock)
    refused(tokens, issuer.access_token(nbf=at + 30), clock)


@pytest.mark.parametrize("typ", ["JWT", "logout+jwt", "dpop+jwt", "at", ""])
def test_another_type_of_token_is_refused(issuer: SmallIssuer, tokens: Tokens, clock: SettableClock, typ: str) -> None:
    refused(tokens, issuer.access_token(typ=typ), clock)


def test_the_long_spelling_of_the_type_is_the_same(issuer: SmallIssuer, tokens: Tokens, clock: SettableClock) -> None:
    tokens.verify(issuer.access_token(typ="application/AT+JWT"), clock.now())


def test_an_id_token_is_no_access_token(issuer: SmallIssuer, tokens: Tokens, clock: SettableClock) -> None:
    refused(tokens, issuer.id_token(issuer.person, None), clock)


def test_only_the_registered_algorithm_and_the_issuers_keys_count(
    issuer: SmallIssuer, tokens: Tokens, clock: SettableClock
) -> None:
    good = issuer.access_token()
    payload = good.split(".")[1]
    claims, kid = json.loads(jwt.from_base64url(payload)), issuer.keys[0].kid
    none = urlsafe_b64encode(json.dumps({"alg": "none", "typ": "at+jwt", "kid": kid}).encode()).rstrip(b"=").decode()
    refused(tokens, f"{none}.{payload}.", clock)
    refused(tokens, f"{none}.{payload}.AAAA", clock)
    # The public key as an HMAC secret.
    secret = OctKey.import_key(jwt.from_base64url(str(issuer.keys[0].as_dict(private=False)["x"])))
    header = {"alg": "HS256", "typ": "at+jwt", "kid": kid}
    refused(tokens, jws.serialize_compact(header, json.dumps(claims), secret, ["HS256"]), clock)
    rsa = RSAKey.generate_key(2048)
    refused(tokens, jwt.sign(claims, rsa, "RS256", {"typ": "at+jwt", "kid": kid}), clock)
    # A stranger's key: under the issuer's name, under its own, brought along in the header.
    stranger = ECKey.generate_key("P-256", {"kid": "stranger"})
    refused(tokens, jwt.sign(claims, stranger, "ES256", {"typ": "at+jwt", "kid": kid}), clock)
    refused(tokens, issuer.sign(claims, "at+jwt", stranger), clock)
    jwk = stranger.as_dict(private=False)
    refused(tokens, jwt.sign(claims, stranger, "ES256", {"typ": "at+jwt", "kid": kid, "jwk": jwk}), clock)
    refused(tokens, jwt.sign(claims, stranger, "ES256", {"typ": "at+jwt", "jku": f"{HOME}/keys"}), clock)
    refused(tokens, jwt.sign(claims, issuer.keys[0], "ES256", {"typ": "at+jwt"}), clock)
    refused(tokens, issuer.sign(claims, "at+jwt", crit=["kid"]), clock)


@pytest.mark.parametrize("place", range(0, 60, 7))
def test_a_changed_signature_does_not_hold(
    issuer: SmallIssuer, tokens: Tokens, clock: SettableClock, place: int
) -> None:
    head, body, signature = issuer.access_token().split(".")
    raw = bytearray(jwt.from_base64url(signature))
    raw[place] ^= 1
    refused(tokens, f"{head}.{body}.{jwt.base64url(bytes(raw))}", clock)


def test_rubbish_is_refused(tokens: Tokens, clock: SettableClock) -> None:
    deep = jwt.base64url(b"[" * 5000)
    twice = jwt.base64url(b'{"alg":"none","alg":"ES256"}')
    texts = [
        "",
        "a",
        "a.b",
        "a.b.c.d",
        "..",
        "é.é.é",
        "a" * 9000,
        f"{deep}.{deep}.AA",
        f"{twice}.e30.AA",
        "bnVsbA.e30.AA",
    ]
    for text in texts:
        refused(tokens, text, clock)


@pytest.mark.parametrize("acr", ["l5", "urn:cn-gov:loa:l9", "urn:cn-gov:loa:l", "urn:other:l5", 5, None, ["x"]])
def test_a_level_nobody_knows_proves_nothing(
    issuer: SmallIssuer, tokens: Tokens, clock: SettableClock, acr: object
) -> None:
    assert tokens.verify(issuer.access_token(acr=acr), clock.now()).principal.level == Rank(0)


# --- the issuer's keys ---------------------------------------------------------------------------------------------


def jwks_asked(issuer: SmallIssuer) -> int:
    return sum(each.path == "/jwks" for each in issuer.asked)


def test_keys_are_fetched_once_and_a_rotation_is_noticed(
    issuer: SmallIssuer, tokens: Tokens, clock: SettableClock
) -> None:
    old = issuer.access_token()
    for _ in range(3):
        tokens.verify(old, clock.now())
    assert jwks_asked(issuer) == 1
    issuer.rotate()
    clock.advance(timedelta(seconds=30))
    tokens.verify(issuer.access_token(), clock.now())
    tokens.verify(old, clock.now())  # the overlap
    assert jwks_asked(issuer) == 2


def test_invented_key_names_cost_one_question_in_ten_seconds(
    issuer: SmallIssuer, tokens: Tokens, clock: SettableClock
) -> None:
    tokens.verify(issuer.access_token(), clock.now())
    clock.advance(timedelta(seconds=11))
    for number in range(20):
        stranger = ECKey.generate_key("P-256", {"kid": f"k{number}"})
        refused(tokens, issuer.sign({}, "at+jwt", stranger), clock)
    assert jwks_asked(issuer) == 2


def test_known_keys_outlive_a_pause_of_the_issuer_but_not_for_ever(
    issuer: SmallIssuer, tokens: Tokens, clock: SettableClock
) -> None:
    tokens.verify(issuer.access_token(), clock.now())
    issuer.down = True
    clock.advance(timedelta(minutes=30))
    tokens.verify(issuer.access_token(), clock.now())
    clock.advance(timedelta(minutes=31))
    with pytest.raises(TrustError) as caught:
        tokens.verify(issuer.access_token(), clock.now())
    assert caught.value.code == "outbound-failed"


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://other.example"},
        {"jwks_uri": None},
        {"jwks_uri": "file:///etc/passwd"},
        {"token_endpoint": 7},
    ],
)
def test_a_description_that_does_not_fit_is_refused(
    issuer: SmallIssuer, tokens: Tokens, clock: SettableClock, metadata: dict[str, Any]
) -> None:
    issuer.metadata = metadata
    with pytest.raises(TrustError) as caught:
        tokens.verify(issuer.access_token(), clock.now())
    assert caught.value.code == "issuer-unfit"


def test_keys_of_other_kinds_are_passed_over() -> None:
    good = ECKey.generate_key("P-256", {"kid": "good"}).as_dict(private=False)
    odd: list[Any] = [
        7, {}, {**good, "use": "enc", "kid": "a"}, {**good, "alg": "ES384", "kid": "b"}, {**good, "kid": ""},
        {**good, "kid": 7}, {**good, "kty": "RSA", "kid": "c"}, {**good, "d": "AAAA", "kid": "d"}, {**good, "x": "AA", "kid": "e"},
        {**ECKey.generate_key("P-384").as_dict(private=False), "kid": "f"}, {"kty": "EC", "kid": "g"},
    ]  # fmt: skip
    assert set(keys_of({"keys": [*odd, good]})) == {"good"}
    wrongs: list[Any] = [None, [], {}, {"keys": {}}, {"keys": [good] * 33}]
    for wrong in wrongs:
        with pytest.raises(TrustError):
            keys_of(wrong)


def test_what_is_known_serves_while_another_thread_asks(
    issuer: SmallIssuer, tokens: Tokens, keys: Issuer, clock: SettableClock
) -> None:
    tokens.verify(issuer.access_token(), clock.now())
    clock.advance(timedelta(minutes=11))
    with keys._lock:
        tokens.verify(issuer.access_token(), clock.now())
    assert jwks_asked(issuer) == 1
    tokens.verify(issuer.access_token(), clock.now())
    assert jwks_asked(issuer) == 2


# --- over HTTP -----------------------------------------------------------------------------------------------------


def ask(api: TestClient, authorization: str | None, **headers: str) -> Any:
    given = {} if authorization is None else {"Authorization": authorization}
    return api.get("/acts/7", headers={**given, **headers})


def test_a_caller_with_a_token_is_let_in(api: TestClient, issuer: SmallIssuer) -> None:
    answer = ask(api, f"Bearer {issuer.access_token()}")
    assert (answer.status_code, answer.json()) == (200, {"by": "person person-1", "number": "7"})


def test_a_caller_without_a_token_is_told_which_to_bring(api: TestClient) -> None:
    for given in (None, "Basic YTpi", "Bearer", "Bearer "):
        answer = ask(api, given)
        assert (answer.status_code, answer.json()["code"]) == (401, "token-missing")
        assert answer.headers["www-authenticate"] == 'Bearer realm="province-trust"'


def test_a_wrong_token_is_an_invalid_token(api: TestClient) -> None:
    answer = ask(api, "Bearer rubbish")
    assert (answer.status_code, answer.json()["code"]) == (401, "token-invalid")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_a_token_in_the_address_or_a_second_one_is_a_bad_request(api: TestClient, issuer: SmallIssuer) -> None:
    token = issuer.access_token()
    answer = api.get("/acts/7", params={"access_token": token})
    assert (answer.status_code, answer.json()["code"]) == (400, "token-ambiguous")
    two = [("Authorization", f"Bearer {token}"), ("Authorization", f"Bearer {token}")]
    assert api.get("/acts/7", headers=two).status_code == 400


def test_a_scope_that_is_missing_is_named(api: TestClient, issuer: SmallIssuer) -> None:
    answer = ask(api, f"Bearer {issuer.access_token(scope='profile')}")
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient-scope")
    assert 'scope="openid"' in answer.headers["www-authenticate"]


def test_an_issuer_out_of_reach_is_no_refusal(api: TestClient, issuer: SmallIssuer) -> None:
    issuer.down = True
    answer = ask(api, f"Bearer {issuer.access_token()}")
    assert (answer.status_code, "www-authenticate" in answer.headers) == (503, False)


# --- tokens that belong to a key -----------------------------------------------------------------------------------


class Holder:
    """A caller with a key, and tokens that belong to it."""

    def __init__(self, issuer: SmallIssuer, clock: SettableClock) -> None:
        self.key = ECKey.generate_key("P-256")
        self.token = issuer.access_token(cnf={"jkt": self.key.thumbprint()})
        self._clock = clock

    def proof(self, key: ECKey | None = None, **changes: Any) -> str:
        key = key or self.key
        claims = {
            "jti": "p-1", "htm": "GET", "htu": f"{HOME}/acts/7", "iat": int(self._clock.now().timestamp()),
            "ath": dpop.token_hash(self.token), **changes,
        }  # fmt: skip
        return jwt.sign(claims, key, "ES256", {"typ": "dpop+jwt", "jwk": key.as_dict(private=False)})


@pytest.fixture
def holder(issuer: SmallIssuer, clock: SettableClock) -> Holder:
    return Holder(issuer, clock)


def test_whoever_holds_the_key_is_let_in_once(api: TestClient, holder: Holder) -> None:
    proof = holder.proof(htu=f"{HOME.upper()}:443/acts/7?a=b#c".replace("TRUST.EXAMPLE", "trust.example"))
    assert ask(api, f"DPoP {holder.token}", DPoP=proof).status_code == 200
    again = ask(api, f"DPoP {holder.token}", DPoP=proof)
    assert (again.status_code, again.json()["code"]) == (401, "dpop-proof-invalid")
    said = again.headers["www-authenticate"]
    assert said.startswith("DPoP ")
    assert 'error="invalid_dpop_proof"' in said
    assert 'algs="ES256 EdDSA PS256"' in said
    assert ask(api, f"DPoP {holder.token}", DPoP=holder.proof(jti="p-2")).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"htm": "POST"}, {"htu": "https://elsewhere.example/acts/7"}, {"htu": f"{HOME}/acts/8"}, {"ath": "other"},
        {"ath": None}, {"iat": 0}, {"iat": 1e12}, {"jti": None}, {"jti": ""}, {"iat": "now"},
    ],
)  # fmt: skip
def test_a_proof_of_something_else_is_refused(api: TestClient, holder: Holder, changes: dict[str, Any]) -> None:
    assert ask(api, f"DPoP {holder.token}", DPoP=holder.proof(**changes)).status_code == 401


def test_a_stolen_token_is_worth_nothing(api: TestClient, holder: Holder, issuer: SmallIssuer) -> None:
    thief = ECKey.generate_key("P-256")
    assert ask(api, f"DPoP {holder.token}", DPoP=holder.proof(thief)).status_code == 401
    assert ask(api, f"DPoP {holder.token}").status_code == 401
    assert ask(api, f"Bearer {holder.token}").status_code == 401
    assert ask(api, f"Bearer {holder.token}", DPoP=holder.proof()).status_code == 401
    assert ask(api, f"DPoP {issuer.access_token()}", DPoP=holder.proof()).status_code == 401
    two = [("Authorization", f"DPoP {holder.token}"), ("DPoP", holder.proof()), ("DPoP", holder.proof(jti="p-3"))]
    assert api.get("/acts/7", headers=two).status_code == 401
