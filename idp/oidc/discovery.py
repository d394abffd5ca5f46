"""The description of the provider; it lists what is there, and nothing else."""

from typing import Any

from idp.model.claims import SUPPORTED
from idp.model.client import OUR_SCOPES
from idp.model.ladder import Ladder
from idp.oidc.exchange_grant import TOKEN_EXCHANGE
from idp.settings import IdpSettings
from trust.values.assurance import Rank

SIGNING = ("RS256", "ES256", "SM2-SM3")
CLIENT_SIGNING = ("RS256", "PS256", "ES256")
METHODS = (
    "client_secret_basic", "client_secret_post", "private_key_jwt", "tls_client_auth", "self_signed_tls_client_auth",
    "none",
)  # fmt: skip


def describe(settings: IdpSettings, ladder: Ladder) -> dict[str, Any]:
    """Return the metadata.

    Args:
        settings: of the provider.
        ladder: the table of levels.

    Standard:
        OpenID Connect Discovery 1.0, 3; RFC 8414, 2; RFC 9207, 3; OpenID Connect Back-Channel Logout 1.0, 2.1.
    """
    url = settings.url
    with_key = [one for one in METHODS if one != "none"]
    return {
        "issuer": settings.issuer,
        "authorization_endpoint": url("/oauth/authorize"),
        "token_endpoint": url("/oauth/token"),
        "userinfo_endpoint": url("/oauth/userinfo"),
        "jwks_uri": url("/oauth/jwks"),
        "introspection_endpoint": url("/oauth/introspect"),
        "revocation_endpoint": url("/oauth/revoke"),
        "end_session_endpoint": url("/oauth/logout"),
        "pushed_authorization_request_endpoint": url("/oauth/par"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials", TOKEN_EXCHANGE],
        "subject_types_supported": ["pairwise", "public"],
        "id_token_signing_alg_values_supported": list(SIGNING),
        "request_object_signing_alg_values_supported": list(CLIENT_SIGNING),
        "token_endpoint_auth_methods_supported": list(METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(CLIENT_SIGNING),
        "introspection_endpoint_auth_methods_supported": with_key,
        "revocation_endpoint_auth_methods_supported": list(METHODS),
        "dpop_signing_alg_values_supported": ["ES256"],
        "tls_client_certificate_bound_access_tokens": True,
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": list(OUR_SCOPES),
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "amr", "sid", *SUPPORTED],
        "claim_types_supported": ["normal"],
        "acr_values_supported": [*(ladder.acr(Rank(rank)) for rank in range(1, 6)), "phr", "phrh"],
        "claims_parameter_supported": True,
        "request_parameter_supported": True,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "ui_locales_supported": ["zh-CN", "en"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
    }
