"""Take a token back at its client's word."""

from collections.abc import Mapping
from dataclasses import dataclass

from authlib.oauth2.rfc6749.errors import InvalidRequestError

from idp.oidc.client_auth import ClientAuthenticator
from idp.oidc.tokens import digest
from idp.storage.grants import Grants
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork


@dataclass(frozen=True, slots=True)
class RevokeToken:
    """An access token goes alone, a refresh token takes its grant with it; other clients' tokens are left alone."""

    new_work: NewWork
    clock: Clock
    authenticate: ClientAuthenticator

    def __call__(self, form: Mapping[str, str], headers: Mapping[str, str]) -> None:
        """Revoke the token if there is one.

        Raises:
            OAuth2Error: the client is refused, or says no token.
        Standard:
            RFC 7009, 2.1 and 2.2.
        """
        at = self.clock.now()
        client = self.authenticate(form, headers, at)
        if "token" not in form:
            raise InvalidRequestError("token: missing")
        told = digest(form["token"])
        with self.new_work() as work:
            grants = Grants(work.db)
            access, refresh = grants.find_access(told), grants.find_refresh(told)
            grant = None if refresh is None else grants.find(refresh.grant)
            subject = ""
            if access is not None and access.client == client.id and grants.revoke_access(told, at):
                subject = f"grant/{access.grant}" if access.grant else f"client/{client.id}"
            elif grant is not None and grant.client == client.id and grants.revoke(grant.id, at):
                subject = f"grant/{grant.id}"
            if subject:
                work.journal.append("token-revoked", subject, f"client {client.id}", {"client": client.id})
