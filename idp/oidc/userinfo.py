"""What UserInfo says to whoever holds an access token."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from idp.model.client import Client
from idp.oidc.id_token import UserClaims
from idp.oidc.tokens import digest
from idp.storage.grants import Grants
from trust.clock import Clock
from trust.storage.database import Database


class TokenRefused(Exception):
    """The token is none, over, revoked, or not for this; `error` is the code of RFC 6750, 3.1."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass(frozen=True, slots=True)
class UserInfo:
    """Reads the claims of a token's grant.

    Standard:
        OpenID Connect Core 1.0, 5.3; RFC 6750, 3.1; RFC 9449, 7.
    """

    database: Database
    clock: Clock
    find: Callable[[str], Client | None] = field(repr=False)
    claims: UserClaims

    def __call__(self, token: str, key: str | None, scheme: str) -> dict[str, Any]:
        """Return the claims.

        Args:
            token: as it was presented.
            key: thumbprint of the key that was proven with it.
            scheme: ``bearer`` or ``dpop``.

        Raises:
            TokenRefused: it opens nothing.
        """
        at = self.clock.now()
        with self.database.reading() as db:
            grants = Grants(db)
            access = grants.find_access(digest(token))
            if access is None or not access.live(at) or not access.grant:
                raise TokenRefused("invalid_token")
            if access.key and (access.key != key or scheme == "bearer"):
                raise TokenRefused("invalid_token")
            if "openid" not in access.scopes:
                raise TokenRefused("insufficient_scope")
            client, grant = self.find(access.client), grants.find(access.grant)
            if client is None or grant is None:
                raise TokenRefused("invalid_token")
            return self.claims.userinfo(db, client, grant, access.scopes)
