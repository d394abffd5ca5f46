"""Exchanges the access token that a service received for one with which it goes on to the next service."""

import json
from typing import Any, Final

from authlib.oauth2.rfc6749.errors import InvalidRequestError, InvalidScopeError, UnauthorizedClientError
from authlib.oauth2.rfc6749.grants import BaseGrant, TokenEndpointMixin

from idp.model.grant import Grant
from idp.oidc.access_token import TargetRefused
from idp.oidc.call import Call
from idp.oidc.tokens import Tokens, digest
from idp.storage.account_states import may_sign_in
from idp.storage.grants import Access, Grants

ACCESS_TOKEN: Final = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - the name of a type
TOKEN_EXCHANGE: Final = "urn:ietf:params:oauth:grant-type:token-exchange"  # noqa: S105 - the name of a grant
MAX_ACTORS: Final = 8  # one behind the other
PERMITTED: Final = "exchange_audiences"  # client metadata: services to which it may go on


class ExchangeGrant(BaseGrant, TokenEndpointMixin):  # type: ignore[misc]  # Authlib has no types
    """The grant: never wider than the token it comes from, never longer, and revoked with the same authorization.

    Standard:
        RFC 8693, 2 and 4.1; RFC 8707, 2.
    """

    GRANT_TYPE = TOKEN_EXCHANGE
    request: Call

    def validate_token_request(self) -> None:
        """Check who asks, what is shown, and where it shall lead.

        Raises:
            OAuth2Error: not permitted.
        """
        client = self.authenticate_token_endpoint_client()
        registered, form = self.request.registered.registered, self.request.form
        if not client.check_grant_type(self.GRANT_TYPE) or not registered.confidential:
            raise UnauthorizedClientError("the client is not registered for exchanges")
        self.request.client = client
        if form.get("subject_token_type") != ACCESS_TOKEN or "subject_token" not in form:
            raise InvalidRequestError("subject_token: an access token of ours is the only kind")
        if form.get("requested_token_type", ACCESS_TOKEN) != ACCESS_TOKEN:
            raise InvalidRequestError("requested_token_type: access tokens are the only kind")
        if "actor_token" in form or "actor_token_type" in form:
            raise InvalidRequestError("actor_token: the client itself is the actor")
        if "audience" in form and "resource" in form:
            raise TargetRefused(description="audience: name one service")
        target = form.get("audience") or form.get("resource", "")
        if target not in registered.metadata.get(PERMITTED, ()):
            raise TargetRefused(description="audience: not a service to which this client may go on")

    def create_token_response(self) -> tuple[int, dict[str, Any], Any]:
        """Return the answer."""
        shown, grant = self._shown()
        asked = tuple(dict.fromkeys((self.request.form.get("scope") or "").split())) or shown.scopes
        if not set(asked) <= set(shown.scopes):
            raise InvalidScopeError("scope: more than the token has")
        tokens: Tokens = self.server.tokens
        target = self.request.form.get("audience") or self.request.form["resource"]
        said = tokens.exchange(self.request, grant, asked, target, self._act(shown), shown.until)
        return 200, {**said, "issued_token_type": ACCESS_TOKEN}, self.TOKEN_RESPONSE_HEADER

    def _act(self, shown: Access) -> dict[str, Any]:
        """Who acts now, around those who did before. Standard: RFC 8693, 4.1."""
        act: dict[str, Any] = {"sub": self.request.registered.registered.id}
        if shown.actor:
            act["act"] = json.loads(shown.actor)
        if shown.actor.count('"sub"') >= MAX_ACTORS:
            raise InvalidRequestError("subject_token: it went through too many hands")
        return act

    def _shown(self) -> tuple[Access, Grant]:
        """The token of a user that the client received, or holds. Standard: RFC 8693, 2.2.2 for the error."""
        call, client = self.request, self.request.registered.registered
        grants = Grants(call.work.db)
        shown = grants.find_access(digest(call.form["subject_token"]))
        grant = None if shown is None or not shown.live(call.at) else grants.find(shown.grant)
        if shown is None or grant is None or not may_sign_in(call.work.db, grant.account):
            raise InvalidRequestError("subject_token: opens nothing")
        received = client.id in shown.audience
        held = shown.client == client.id and shown.key in ("", call.key)
        if not (received or held):
            raise InvalidRequestError("subject_token: opens nothing")
        return shown, grant
