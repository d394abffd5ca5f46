"""Codes and tokens: used once, bound to their client, refused in one way."""

from datetime import timedelta

import pytest

from tests.support.clock import SettableClock
from tests.support.relying_party import RelyingParty


@pytest.mark.parametrize("later", [timedelta(0), timedelta(seconds=30)])
def test_a_code_used_again_gives_nothing_and_takes_back_its_tokens(
    first: RelyingParty, package_clock: SettableClock, later: timedelta
) -> None:
    code = first.code(scope="openid email")
    tokens = first.redeem(code).json()
    assert first.userinfo(tokens["access_token"]).status_code == 200
    package_clock.advance(later)
    again = first.redeem(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert first.userinfo(tokens["access_token"]).status_code == 401
    assert first.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_code_lives_a_minute(first: RelyingParty, package_clock: SettableClock) -> None:
    code = first.code()
    package_clock.advance(timedelta(seconds=61))
    assert first.redeem(code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://first.example/back?with=query"}, {"redirect_uri": "https://evil.example/"},
        {"code_verifier": "x" * 43}, {"code_verifier": "short"},
    ],
)  # fmt: skip
def test_a_code_is_bound_to_its_request(first: RelyingParty, changes: dict[str, str]) -> None:
    answer = first.redeem(first.code(), **changes)
    assert answer.status_code == 400
    assert answer.json()["error"] in ("invalid_grant", "invalid_request")


def test_a_code_belongs_to_its_client(first: RelyingParty, second: RelyingParty) -> None:
    code = first.code()
    answer = second.redeem(code, redirect_uri=first.redirect_uri, code_verifier=first.verifier)
    assert answer.json()["error"] == "invalid_grant"


def test_a_refresh_token_belongs_to_its_client(first: RelyingParty, second: RelyingParty) -> None:
    tokens = first.sign_in()
    assert second.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert first.refresh(tokens["refresh_token"]).status_code == 200


def test_refreshing_keeps_who_and_since_when(first: RelyingParty, package_clock: SettableClock) -> None:
    before = first.sign_in(scope="openid offline_access", prompt="consent")
    package_clock.advance(timedelta(seconds=5))
    answer = first.refresh(before["refresh_token"]).json()
    after = first.claims(answer["id_token"])
    for name in ("sub", "aud", "iss", "auth_time", "acr"):
        assert after[name] == before["claims"][name]
    assert after["iat"] > before["claims"]["iat"]
    assert answer["access_token"] != before["access_token"]


def test_a_scope_never_widens(first: RelyingParty) -> None:
    tokens = first.sign_in(scope="openid email")
    assert first.refresh(tokens["refresh_token"], scope="openid email phone").json()["error"] == "invalid_scope"


def test_answers_with_tokens_are_kept_by_nobody(first: RelyingParty) -> None:
    answer = first.redeem(first.code())
    assert "no-store" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json()["token_type"].lower() == "bearer"


def test_tokens_are_asked_for_by_post_alone(first: RelyingParty) -> None:
    assert first.walker.client.get(first.metadata["token_endpoint"]).status_code == 405


def test_two_tokens_of_one_second_differ(first: RelyingParty) -> None:
    tokens = first.sign_in()
    one = first.refresh(tokens["refresh_token"]).json()
    two = first.refresh(one["refresh_token"]).json()
    assert len({tokens["id_token"], one["id_token"], two["id_token"]}) == 3


@pytest.mark.parametrize("kind", ["password", "implicit", "urn:unheard-of"])
def test_no_other_grant_is_known(first: RelyingParty, kind: str) -> None:
    answer = first.token(grant_type=kind, username="user0", password="x")
    assert answer.status_code == 400
    assert answer.json()["error"] in ("unsupported_grant_type", "unauthorized_client")


def test_a_wrong_secret_is_told_by_401_and_a_challenge(first: RelyingParty) -> None:
    answer = first.walker.client.post(
        first.metadata["token_endpoint"], data={"grant_type": "client_credentials"}, auth=("first", "wrong")
    )
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"
    assert answer.headers["www-authenticate"].startswith("Basic")


def test_an_unknown_token_is_inactive_and_nothing_else(first: RelyingParty) -> None:
    answer = first.post(first.metadata["introspection_endpoint"], token="unknown")
    assert (answer.status_code, answer.json()) == (200, {"active": False})


def test_revoking_ends_a_token_and_is_silent_about_others(first: RelyingParty) -> None:
    tokens = first.sign_in()
    endpoint = first.metadata["revocation_endpoint"]
    assert first.post(endpoint, token="unknown").status_code == 200
    assert first.post(endpoint, token=tokens["refresh_token"]).status_code == 200
    assert first.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert first.post(first.metadata["introspection_endpoint"], token=tokens["access_token"]).json() == {
        "active": False
    }
