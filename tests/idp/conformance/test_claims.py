"""What is said about a user: by scope and by the claims parameter, at UserInfo and in ID tokens."""

import json

import pytest

from tests.support.relying_party import RelyingParty

PROFILE = {
    "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture",
    "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at",
}  # fmt: skip
SCOPES = {
    "profile": PROFILE,
    "email": {"email", "email_verified"},
    "phone": {"phone_number", "phone_number_verified"},
    "address": {"address"},
}
TYPES: dict[str, type] = {"email_verified": bool, "phone_number_verified": bool, "updated_at": int, "address": dict}


@pytest.mark.parametrize("scope", list(SCOPES))
def test_a_scope_opens_its_claims_at_userinfo(first: RelyingParty, scope: str) -> None:
    tokens = first.sign_in(scope=f"openid {scope}")
    told = first.userinfo(tokens["access_token"]).json()
    assert told["sub"] == tokens["claims"]["sub"]
    assert SCOPES[scope] <= told.keys()
    for name in SCOPES[scope]:
        assert isinstance(told[name], TYPES.get(name, str)), name
    assert not SCOPES[scope] & tokens["claims"].keys()


def test_all_scopes_in_any_order(first: RelyingParty) -> None:
    tokens = first.sign_in(scope="email phone address profile openid")
    told = first.userinfo(tokens["access_token"]).json()
    assert set().union(*SCOPES.values()) <= told.keys()


def test_openid_alone_opens_nothing(first: RelyingParty) -> None:
    told = first.userinfo(first.sign_in()["access_token"]).json()
    assert not set().union(*SCOPES.values()) & told.keys()


def test_an_essential_claim_is_said_where_it_was_asked_for(first: RelyingParty) -> None:
    tokens = first.sign_in(claims=json.dumps({"userinfo": {"name": {"essential": True}}}))
    assert first.userinfo(tokens["access_token"]).json()["name"]
    assert "name" not in tokens["claims"]
    tokens = first.sign_in(claims=json.dumps({"id_token": {"email": None}}))
    assert tokens["claims"]["email"] == "user0@example.com"
    assert "email" not in first.userinfo(tokens["access_token"]).json()


def test_a_claim_nobody_knows_is_left_out(first: RelyingParty) -> None:
    tokens = first.sign_in(claims=json.dumps({"userinfo": {"favourite_colour": {"essential": True}}}))
    assert "favourite_colour" not in first.userinfo(tokens["access_token"]).json()


@pytest.mark.parametrize("claims", ["no JSON", "[]", '{"userinfo": []}', "[" * 5000])
def test_claims_that_are_none_are_refused(first: RelyingParty, claims: str) -> None:
    assert first.back(first.show(claims=claims))["error"] == "invalid_request"


def test_another_user_asked_for_by_subject_is_not_signed_in_silently(first: RelyingParty) -> None:
    first.sign_in()
    wanted = json.dumps({"id_token": {"sub": {"value": "somebody-else", "essential": True}}})
    assert first.back(first.show(prompt="none", claims=wanted))["error"] == "login_required"


def test_userinfo_is_asked_in_three_ways(first: RelyingParty) -> None:
    token = first.sign_in(scope="openid email")["access_token"]
    endpoint, client = first.metadata["userinfo_endpoint"], first.walker.client
    bearer = {"authorization": f"Bearer {token}"}
    answers = [
        client.get(endpoint, headers=bearer),
        client.post(endpoint, headers=bearer),
        client.post(endpoint, data={"access_token": token}),
    ]
    assert [one.status_code for one in answers] == [200, 200, 200]
    assert len({one.text for one in answers}) == 1


def test_a_token_in_the_address_is_no_token(first: RelyingParty) -> None:
    token = first.sign_in()["access_token"]
    answer = first.walker.client.get(first.metadata["userinfo_endpoint"], params={"access_token": token})
    assert answer.status_code == 401


def test_a_bad_token_is_challenged(first: RelyingParty) -> None:
    answer = first.userinfo("unknown")
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    bare = first.walker.client.get(first.metadata["userinfo_endpoint"])
    assert bare.status_code == 401
    assert bare.headers["www-authenticate"].startswith("Bearer")
    assert "error=" not in bare.headers["www-authenticate"]


def test_an_id_token_says_what_its_standard_asks(first: RelyingParty) -> None:
    tokens = first.sign_in()
    claims = tokens["claims"]
    assert claims["nonce"] == first.last["nonce"]
    assert {"iss", "sub", "aud", "exp", "iat", "auth_time", "acr", "amr", "sid", "jti", "at_hash"} <= claims.keys()
    assert claims["exp"] > claims["iat"] >= claims["auth_time"]
    assert len(claims["sub"]) <= 64
    assert isinstance(claims["amr"], list)


def test_subjects_are_of_one_platform(first: RelyingParty, second: RelyingParty) -> None:
    one, two = first.sign_in()["claims"], second.sign_in()["claims"]
    assert one["sub"] != two["sub"]
    assert one["sid"] == two["sid"]
