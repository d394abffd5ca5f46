"""What a token is worth, for resource servers that ask."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidClientError, InvalidRequestError

from idp.model.client import Client
from idp.model.grant import Context
from idp.oidc.client_auth import ClientAuthenticator
from idp.oidc.tokens import digest
from idp.storage.grants import Access, Grants
from idp.storage.statements import Statements
from trust.clock import Clock

INACTIVE: Mapping[str, Any] = {"active": False}


@dataclass(frozen=True, slots=True)
class Introspection:
    """Answers about tokens of the client that asks, and of those meant for it; of others it knows nothing.

    Standard:
        RFC 7662, 2; RFC 9449, 6.2; RFC 8693, 4.1.
    """

    statements: Statements
    clock: Clock
    authenticate: ClientAuthenticator
    issuer: str

    def __call__(self, form: Mapping[str, str], headers: Mapping[str, str]) -> Mapping[str, Any]:
        """Return what the token is worth.

        Raises:
            OAuth2Error: the client is refused, has no secret, or says no token.
        """
        at = self.clock.now()
        client = self.authenticate(form, headers, at)
        if not client.confidential:
            raise InvalidClientError(description="only clients with credentials may ask", status_code=401)
        if "token" not in form:
            raise InvalidRequestError("token: missing")
        found = Grants(self.statements).find_access(digest(form["token"]))  # type: ignore[arg-type]  # one statement
        if found is None or not found.live(at) or not _concerns(client, found):
            return INACTIVE
        said: dict[str, Any] = {
            "active": True,
            "client_id": found.client,
            "scope": " ".join(found.scopes),
            "token_type": "DPoP" if found.key else "Bearer",
            "iat": int(found.at.timestamp()),
            "exp": int(found.until.timestamp()),
            "iss": self.issuer,
        }
        if found.audience:
            said["aud"] = list(found.audience)
        if found.key:
            said["cnf"] = {"jkt": found.key}
        if found.actor:
            said["act"] = json.loads(found.actor)
        if found.grant:
            context = Context.decode(found.context)
            said |= {"sub": found.sub, "acr": context.acr, "auth_time": context.auth_time, "sid": found.sid}
        return said


def _concerns(client: Client, found: Access) -> bool:
    return found.client == client.id or client.id in found.audience
