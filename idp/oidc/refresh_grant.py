"""Rotates refresh tokens; one that is used again long after its use revokes the whole family."""

from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidGrantError
from authlib.oauth2.rfc6749.grants import RefreshTokenGrant

from idp.model.grant import Grant
from idp.oidc.call import Call
from idp.oidc.tokens import Tokens, digest
from idp.storage.account_states import may_sign_in
from idp.storage.grants import Grants, Refresh
from idp.storage.sessions import Sessions


class Presented:
    """A refresh token as Authlib asks about it."""

    def __init__(self, refresh: Refresh, grant: Grant) -> None:
        self.refresh = refresh
        self.grant = grant

    def check_client(self, client: Any) -> bool:
        return bool(self.grant.client == client.get_client_id())

    def get_scope(self) -> str:
        return " ".join(self.refresh.scopes)


class RefreshGrant(RefreshTokenGrant):  # type: ignore[misc]  # Authlib has no types
    """The grant; Authlib checks client and scope.

    Standard:
        RFC 6749, 6; RFC 9700, 4.14.2; RFC 9449, 5: those of public clients are bound to their key.
    """

    request: Call
    INCLUDE_NEW_REFRESH_TOKEN = True

    @property
    def _tokens(self) -> Tokens:
        found: Tokens = self.server.tokens
        return found

    def authenticate_refresh_token(self, refresh_token: str) -> Presented | None:
        grants = Grants(self.request.work.db)
        found = grants.find_refresh(digest(refresh_token))
        grant = None if found is None else grants.find(found.grant)
        if found is None or grant is None or grant.revoked_at is not None or self.request.at >= found.until:
            return None
        return Presented(found, grant)

    def authenticate_user(self, refresh_token: Presented) -> Grant:
        """Use the token up, or take its family back."""
        found, grant, at, db = refresh_token.refresh, refresh_token.grant, self.request.at, self.request.work.db
        client = self.request.registered.registered
        same_key = found.key == self.request.key
        if found.key and not same_key and not client.confidential:
            raise InvalidGrantError("the token is bound to another key")
        if not may_sign_in(db, grant.account) or not (grant.offline or self._session_lasts(grant)):
            raise InvalidGrantError("the session is over")
        grants = Grants(db)
        if grants.use_refresh(found.digest, at):
            return grant
        if same_key and grants.use_refresh_again(found.digest, at, self._tokens.grace, self._tokens.grace_uses):
            return grant
        grants.revoke(grant.id, at)
        self.request.replayed = grant
        raise InvalidGrantError("the token was used")

    def issue_token(self, user: Grant, refresh_token: Presented) -> dict[str, Any]:
        asked = (self.request.payload.scope or "").split() or refresh_token.refresh.scopes
        scopes = tuple(one for one in refresh_token.refresh.scopes if one in asked)
        return self._tokens.issue(self.request, user, scopes, first=False)

    def save_token(self, token: Any) -> None:
        """They were recorded as they were made."""

    def revoke_old_credential(self, refresh_token: Presented) -> None:
        """It was used up before anything was issued."""

    def _session_lasts(self, grant: Grant) -> bool:
        """Whether the session was not ended; that nobody used it for a while does not matter to a platform in use."""
        session = Sessions(self.request.work.db).find_by_sid(grant.sid)
        return session is not None and session.ended_at is None and self.request.at < session.stops_at
