"""Authlib's server of grants behind one small adapter: it validates, we store and sign."""

from collections.abc import Mapping, Sequence
from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationServer
from authlib.oauth2.rfc6749.errors import InvalidScopeError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant

from idp.oidc.call import Call, Registered
from idp.oidc.code_grant import CodeGrant, Pkce
from idp.oidc.exchange_grant import ExchangeGrant
from idp.oidc.refresh_grant import RefreshGrant
from idp.oidc.requests import own_scopes
from idp.oidc.tokens import Tokens

Answer = tuple[int, Mapping[str, Any], Sequence[tuple[str, str]]]


class ClientGrant(ClientCredentialsGrant):  # type: ignore[misc]  # Authlib has no types
    """Tokens of a client about itself. Standard: RFC 6749, 4.4."""

    request: Call

    def generate_token(self, scope: str | None = None, **_: Any) -> dict[str, Any]:
        mine = own_scopes(self.request.registered.registered)
        asked = (scope or "").split()
        if not set(asked) <= mine:
            raise InvalidScopeError("a scope that the client may not have without a user")
        tokens: Tokens = self.server.tokens
        return tokens.issue(self.request, None, tuple(asked or sorted(mine)), first=False)

    def save_token(self, token: Any) -> None:
        """It was recorded as it was made."""


class TokenServer(AuthorizationServer):  # type: ignore[misc]  # Authlib has no types
    """Answers calls: status, body, headers. What a refusal wrote stays in the caller's transaction."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self.tokens = tokens
        self.register_grant(CodeGrant, [Pkce(required=True)])
        self.register_grant(RefreshGrant)
        self.register_grant(ClientGrant)
        self.register_grant(ExchangeGrant)

    def authenticate_client(self, request: Call, methods: Any, endpoint: str = "token") -> Registered:
        """It was done before the transaction, in the way that the client registered."""
        del methods, endpoint
        return request.registered

    def create_oauth2_request(self, request: Call) -> Call:
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> Answer:
        return status, body, headers

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def query_client(self, client_id: str) -> None:
        """Clients are known before."""
