"""Access tokens that resource servers of ours read by themselves: for whom they are, and what they say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from authlib.oauth2.base import OAuth2Error

from idp.model.account import AccountKind
from idp.model.grant import Grant
from idp.oidc.call import Call
from idp.storage.accounts import Accounts
from idp.storage.persons import Vault
from trust.web.jwt import base64url


class TargetRefused(OAuth2Error):  # type: ignore[misc]  # Authlib has no types
    """The resource is not one the tokens may be for. Standard: RFC 8707, 2."""

    error = "invalid_target"


@dataclass(frozen=True, slots=True)
class OwnAccess:
    """Decides for whom an access token is, and words the claims of a signed one.

    Args:
        vault: of the persons.
        issuer: our address.
        audiences: resource servers of ours.
        life: of signed tokens; nobody can take them back, so it is short.
    """

    vault: Vault
    issuer: str
    audiences: frozenset[str]
    life: timedelta

    def audience(self, call: Call, grant: Grant | None) -> tuple[str, ...]:
        """Return the resource servers that the token is for.

        Raises:
            TargetRefused: none that was granted, or one of ours together with others.
        Standard:
            RFC 8707, 2.2.
        """
        granted = () if grant is None else grant.context.resources
        asked = tuple(call.form.get("resource", "").split())
        if grant is None and not self.audiences.issuperset(asked):
            raise TargetRefused(description="resource: none of ours")
        if grant is not None and not set(asked) <= set(granted):
            raise TargetRefused(description="resource: was not granted")
        chosen = asked or granted
        if len(chosen) > 1 and self.audiences.intersection(chosen):
            raise TargetRefused(description="resource: name one")
        return chosen

    def signs(self, audience: tuple[str, ...]) -> bool:
        """Whether a token for these is signed instead of kept."""
        return bool(self.audiences.intersection(audience))

    def claims(self, call: Call, grant: Grant | None, scopes: tuple[str, ...], audience: str) -> dict[str, Any]:
        """Return the claims of a signed token; the blind index of a person's number goes through our clients alone.

        Standard:
            RFC 9068, 2.2; RFC 9449, 6.1; RFC 8705, 3.1.
        """
        client = call.registered.registered
        said: dict[str, Any] = {
            "iss": self.issuer,
            "sub": client.id if grant is None else grant.sub,
            "aud": audience,
            "client_id": client.id,
            "iat": int(call.at.timestamp()),
            "exp": int((call.at + self.life).timestamp()),
            "scope": " ".join(scopes),
        }
        if call.key:
            said["cnf"] = {"jkt" if call.kind == "DPoP" else "x5t#S256": call.key}
        return said if grant is None else said | self._about(call, grant, first_party=client.first_party)

    def _about(self, call: Call, grant: Grant, *, first_party: bool) -> dict[str, Any]:
        context, accounts = grant.context, Accounts(call.work.db, self.vault)
        account = accounts.find(grant.account)
        staff = account is not None and account.kind is AccountKind.STAFF
        number = accounts.index_of(grant.account, "number") if first_party else None
        acting: Mapping[str, Any] = context.acting or {}
        said = {
            "sid": grant.sid,
            "subject_type": "staff" if staff else "natural",
            "acr": context.acr,
            "auth_time": context.auth_time,
            "region": None if account is None else account.region,
            "body": acting.get("body"),
            "mandate": acting.get("mandate"),
            "holder_ix": None if number is None else base64url(number),
        }
        return {name: value for name, value in said.items() if value not in (None, "")}
