"""The description of the provider, as the configuration profile reads it."""

from urllib.parse import urlsplit

import pytest

from tests.support.relying_party import RelyingParty

REQUIRED = {
    "issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported",
    "subject_types_supported", "id_token_signing_alg_values_supported", "userinfo_endpoint", "scopes_supported",
    "claims_supported", "grant_types_supported", "end_session_endpoint", "introspection_endpoint",
    "revocation_endpoint", "token_endpoint_auth_methods_supported", "response_modes_supported",
}  # fmt: skip


def test_it_says_what_is_required(first: RelyingParty) -> None:
    said = first.metadata
    assert said.keys() >= REQUIRED
    assert said["issuer"] == first.issuer
    assert said["response_types_supported"] == ["code"]
    assert set(said["response_modes_supported"]) >= {"query", "form_post"}
    assert "RS256" in said["id_token_signing_alg_values_supported"]
    assert "none" not in said["id_token_signing_alg_values_supported"]
    assert "none" not in said.get("request_object_signing_alg_values_supported", ())
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert set(said["grant_types_supported"]) >= {"authorization_code", "refresh_token", "client_credentials"}
    assert not {"implicit", "password"} & set(said["grant_types_supported"])
    assert "openid" in said["scopes_supported"]
    assert set(said["subject_types_supported"]) <= {"pairwise", "public"}
    assert said["claims_parameter_supported"] is True
    assert said["request_uri_parameter_supported"] is False
    assert said["backchannel_logout_supported"] is True
    assert said["backchannel_logout_session_supported"] is True
    assert said["authorization_response_iss_parameter_supported"] is True


def test_every_endpoint_is_the_issuers(first: RelyingParty) -> None:
    for name, value in first.metadata.items():
        if name.endswith(("_endpoint", "_uri")) and isinstance(value, str):
            assert value.startswith(first.issuer), name
            assert not urlsplit(value).query, name


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"])
def test_it_is_json_that_may_be_kept_a_while(first: RelyingParty, path: str) -> None:
    answer = first.walker.client.get(first.issuer + path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json()["issuer"] == first.issuer
    tag = answer.headers["etag"]
    assert first.walker.client.get(first.issuer + path, headers={"if-none-match": tag}).status_code == 304


def test_keys_are_named_apart_and_public(first: RelyingParty) -> None:
    keys = first.walker.client.get(first.metadata["jwks_uri"]).json()["keys"]
    names = [key["kid"] for key in keys]
    assert len(set(names)) == len(names)
    assert {"RSA", "EC"} <= {key["kty"] for key in keys}
    for key in keys:
        assert key["use"] == "sig"
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & key.keys()


def test_locales_are_written_as_the_registry_writes_them(first: RelyingParty) -> None:
    assert set(first.metadata.get("ui_locales_supported", ["zh-CN"])) >= {"zh-CN"}
