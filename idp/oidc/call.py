"""One request to the token endpoint, in the shape in which Authlib's grants read it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from authlib.oauth2.rfc6749 import OAuth2Request
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload

from idp.model.client import Client
from idp.model.grant import Grant
from trust.storage.unit_of_work import UnitOfWork

# Authlib wants transport security by the look of the address; ours is the business of the proxy and of the settings.
_ADDRESS = "https://provider.invalid/oauth/token"


class Registered:
    """A client as Authlib asks about it; it was authenticated already."""

    def __init__(self, client: Client) -> None:
        self.registered = client

    def get_client_id(self) -> str:
        return self.registered.id

    def get_allowed_scope(self, scope: str | None) -> str:
        return " ".join(one for one in (scope or "").split() if one in self.registered.scopes)

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.registered.grant_types

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        del endpoint
        return method == self.registered.auth_method


class Call(OAuth2Request):  # type: ignore[misc]  # Authlib has no types
    """A request whose client proved who it is, inside the transaction that answers it.

    Attributes:
        granted: the grant that the tokens come from, once it is known.
        replayed: the grant that a token or code was used of twice.
        access_claims: what a signed access token says, to be signed after the transaction.
        id_claims: what the ID token says, to be signed after the transaction.
    """

    def __init__(
        self, form: Mapping[str, str], client: Client, at: datetime, work: UnitOfWork, key: str, kind: str
    ) -> None:
        super().__init__("POST", _ADDRESS, headers={})
        self.payload = BasicOAuth2Payload(form)
        self.said = form
        self.registered = Registered(client)
        self.at = at
        self.work = work
        self.key = key
        self.kind = kind  # of access tokens: Bearer, DPoP
        self.auth_method = client.auth_method
        self.granted: Grant | None = None
        self.replayed: Grant | None = None
        self.access_claims: dict[str, Any] | None = None
        self.id_claims: dict[str, Any] | None = None

    @property
    def form(self) -> Mapping[str, str]:
        return self.said
