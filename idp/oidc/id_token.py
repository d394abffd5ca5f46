"""What an ID token says, and what UserInfo does."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from idp.model import claims
from idp.model.client import Client
from idp.model.grant import Grant
from idp.storage.accounts import Accounts
from idp.storage.persons import Vault


@dataclass(frozen=True, slots=True)
class UserClaims:
    """Says what a grant lets a client know about a user.

    Args:
        vault: of the persons.
        issuer: our address.
        life: of ID tokens.
    """

    vault: Vault
    issuer: str
    life: timedelta

    def id_token(
        self, db: Connection, client: Client, grant: Grant, at: datetime, access_token: str, *, first: bool
    ) -> dict[str, Any]:
        """Return the claims of an ID token.

        Args:
            db: for what is known of the person.
            client: the audience.
            grant: what was granted.
            at: now.
            access_token: that goes with it.
            first: it answers the authorization itself, so that the nonce belongs into it.

        Standard:
            OpenID Connect Core 1.0, 2, 3.1.3.6, 5.5 and 12.2.
        """
        context = grant.context
        said: dict[str, Any] = {
            "iss": self.issuer,
            "sub": grant.sub,
            "aud": client.id,
            "iat": int(at.timestamp()),
            "exp": int((at + self.life).timestamp()),
            "acr": context.acr,
            "amr": list(context.amr),
            "sid": grant.sid,
            "at_hash": at_hash(access_token),
        }
        if context.auth_time is not None:
            said["auth_time"] = context.auth_time
        if first and context.nonce is not None:
            said["nonce"] = context.nonce
        if client.first_party:
            said |= {"il": context.il, "al": context.al}
        requested = context.claims.get("id_token") or {}
        names = claims.asked((), requested, client.scopes)
        return said | self._about(db, grant, names)

    def userinfo(self, db: Connection, client: Client, grant: Grant, scopes: tuple[str, ...]) -> dict[str, Any]:
        """Return what UserInfo answers. Standard: OpenID Connect Core 1.0, 5.3.2 and 5.4."""
        requested = grant.context.claims.get("userinfo") or {}
        names = claims.asked(scopes, requested, client.scopes)
        return {"sub": grant.sub, **self._about(db, grant, names)}

    def _about(self, db: Connection, grant: Grant, names: frozenset[str]) -> dict[str, Any]:
        if not names:
            return {}
        account = Accounts(db, self.vault).find(grant.account)
        if account is None or not account.may_sign_in:
            return {}
        said = claims.of_person(self.vault.open(account), sorted(names))
        acting: Mapping[str, Any] | None = grant.context.acting
        if acting is not None and "act" in names:
            said["act"] = {name: value for name, value in acting.items() if name != "body"}
        if acting is not None and "org" in names:
            said["org"] = {"uscc": acting["body"]}
        return said


def at_hash(token: str) -> str:
    """Return the claim that ties an access token to its ID token. Standard: OpenID Connect Core 1.0, 3.1.3.6."""
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()[:16]).rstrip(b"=").decode()
