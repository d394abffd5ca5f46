"""Makes tokens: 256 random bits each, of which only the digest is kept."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from idp.model.grant import Grant
from idp.oidc.access_token import OwnAccess
from idp.oidc.call import Call
from idp.oidc.id_token import UserClaims
from idp.storage.grants import Grants


def new_token() -> str:
    """Return 256 random bits as 43 characters."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """Return what is kept of a token: it is as long as the digest, so that no salt is needed."""
    return hashlib.sha256(token.encode()).digest()


@dataclass(frozen=True, slots=True)
class Tokens:
    """Issues access, refresh and ID tokens of a grant.

    Args:
        claims: what is said about users.
        access_life: of access tokens.
        refresh_life: of refresh tokens, from each use.
        grace: within which a refresh token may be used again, because the answer to its use may have been lost.
        grace_uses: how often.
        own: of signed access tokens.
    """

    claims: UserClaims
    access_life: timedelta
    refresh_life: timedelta
    grace: timedelta
    grace_uses: int
    own: OwnAccess

    def issue(self, call: Call, grant: Grant | None, scopes: tuple[str, ...], *, first: bool) -> dict[str, Any]:
        """Return the body of the answer and record its tokens; without a grant they are the client's own.

        Standard:
            RFC 6749, 5.1; OpenID Connect Core 1.0, 3.1.3.3 and 12.2; RFC 9449, 5; RFC 9068, 3.
        """
        client, at, grants = call.registered.registered, call.at, Grants(call.work.db)
        access = new_token()
        audience = self.own.audience(call, grant)
        life = self.access_life
        if self.own.signs(audience):
            life = self.own.life
            call.access_claims = self.own.claims(call, grant, scopes, audience[0])
        else:
            grants.add_access(digest(access), grant, client.id, scopes, at, at + life, audience=audience, key=call.key)
        said: dict[str, Any] = {
            "access_token": access,
            "token_type": call.kind,
            "expires_in": int(life.total_seconds()),
            "scope": " ".join(scopes),
        }
        if grant is None:
            return said
        call.granted = grant
        if "refresh_token" in client.grant_types:
            refresh = new_token()
            grants.add_refresh(digest(refresh), grant.id, scopes, call.key, at, self.until(at))
            said["refresh_token"] = refresh
        if "openid" in scopes:
            call.id_claims = self.claims.id_token(call.work.db, client, grant, at, access, first=first)
        return said

    def exchange(
        self, call: Call, grant: Grant, scopes: tuple[str, ...], audience: str, act: Mapping[str, Any],
        until: datetime,
    ) -> dict[str, Any]:  # fmt: skip
        """Return an access token with which a service acts for the user of another token, and no other token.

        Args:
            call: the service's.
            grant: of that token.
            scopes: of the new one.
            audience: the service for which it is.
            act: who acts, and who did before.
            until: when that token ends, and this one at the latest.

        Standard:
            RFC 8693, 2.2.1 and 4.1.
        """
        client, at, access = call.registered.registered, call.at, new_token()
        call.granted = grant
        signed = self.own.signs((audience,))
        until = min(until, at + (self.own.life if signed else self.access_life))
        if signed:
            said = self.own.claims(call, grant, scopes, audience)
            call.access_claims = {**said, "exp": int(until.timestamp()), "act": act}
        else:
            Grants(call.work.db).add_access(
                digest(access), grant, client.id, scopes, at, until, audience=(audience,), key=call.key,
                actor=json.dumps(act, separators=(",", ":")),
            )  # fmt: skip
        left = int((until - at).total_seconds())
        return {"access_token": access, "token_type": call.kind, "expires_in": left, "scope": " ".join(scopes)}

    def until(self, at: datetime) -> datetime:
        """Return when a refresh token of now is over."""
        return at + self.refresh_life
