"""Redeems codes: once, in time, by the client and with the verifier they were made for."""

from typing import Any, ClassVar

from authlib.oauth2.rfc6749.errors import InvalidGrantError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge

from idp.model.grant import Grant
from idp.oidc.call import Call
from idp.oidc.tokens import Tokens, digest
from idp.storage.account_states import may_sign_in
from idp.storage.grants import Grants
from idp.storage.sessions import Sessions


class Code:
    """A code as Authlib asks about it."""

    def __init__(self, grant: Grant) -> None:
        self.grant = grant
        self.code_challenge = grant.context.challenge
        self.code_challenge_method = "S256" if grant.context.challenge else None

    def get_redirect_uri(self) -> str:
        return self.grant.context.redirect_uri

    def get_scope(self) -> str:
        return " ".join(self.grant.scopes)


class Pkce(CodeChallenge):  # type: ignore[misc]  # Authlib has no types
    """S256 and nothing else. Standard: RFC 7636; RFC 9700, 2.1.1."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)
    CODE_CHALLENGE_METHODS: ClassVar = {"S256": CodeChallenge.CODE_CHALLENGE_METHODS["S256"]}


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib has no types
    """The grant; Authlib checks client, address and verifier.

    Standard:
        RFC 6749, 4.1.3 and 10.5; OpenID Connect Core 1.0, 3.1.3.2.
    """

    request: Call

    @property
    def _tokens(self) -> Tokens:
        found: Tokens = self.server.tokens
        return found

    def query_authorization_code(self, code: str, client: Any) -> Code | None:
        found = Grants(self.request.work.db).find_by_code(digest(code))
        return None if found is None or found.client != client.get_client_id() else Code(found)

    def authenticate_user(self, authorization_code: Code) -> Grant:
        """Use the code up; one that was used takes its tokens with it."""
        grant, at, db = authorization_code.grant, self.request.at, self.request.work.db
        if grant.context.key and grant.context.key != self.request.key:
            raise InvalidGrantError("the code is bound to another key")
        if grant.code_until is None or at >= grant.code_until:
            raise InvalidGrantError("the code is over")
        grants = Grants(db)
        if not grants.use_code(grant.id, at):
            grants.revoke(grant.id, at)
            self.request.replayed = grant
            raise InvalidGrantError("the code was used")
        session = Sessions(db).find_by_sid(grant.sid)
        if session is None or not session.live(at) or not may_sign_in(db, grant.account):
            raise InvalidGrantError("the session is over")
        return grant

    def generate_token(self, user: Grant, **_: Any) -> dict[str, Any]:
        return self._tokens.issue(self.request, user, user.scopes, first=True)

    def save_token(self, token: Any) -> None:
        """They were recorded as they were made."""

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """It stays, used, so that its use again is noticed."""
