"""Take an authorization request over the back channel and give it a name that the browser carries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749.errors import InvalidRequestError

from idp.model.client import Client
from idp.oidc.client_auth import ClientAuthenticator
from idp.oidc.dpop import DpopProofs, DpopRefused
from idp.oidc.pushed import LIFE, PREFIX
from idp.oidc.requests import AuthorizationRequests, RequestDenied, RequestUnanswerable
from idp.oidc.tokens import digest, new_token
from idp.storage.pushed import PushedRequests
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork

CREDENTIALS: Final = frozenset({"client_secret", "client_assertion", "client_assertion_type"})


@dataclass(frozen=True, slots=True)
class PushRequest:
    """Authenticate the client, check its request as the authorization endpoint would, keep it for a minute.

    Args:
        new_work: opens the transaction.
        clock: what time it is.
        authenticate: tells which client asks.
        requests: checks requests; they may be signed.
        proofs: of possession.
        url: of the endpoint, as the world calls it.
    """

    new_work: NewWork
    clock: Clock
    authenticate: ClientAuthenticator
    requests: AuthorizationRequests
    proofs: DpopProofs = field(repr=False)
    url: str

    def __call__(
        self, pairs: Sequence[tuple[str, str]], headers: Mapping[str, str], proofs: Sequence[str]
    ) -> Mapping[str, object]:
        """Return the body of the answer.

        Args:
            pairs: names and values as they came.
            headers: of the request.
            proofs: the values of its `DPoP` headers.

        Raises:
            OAuth2Error: the client, its proof or its request is refused.
        Standard:
            RFC 9126, 2.1 to 2.3; RFC 9449, 10.1.
        """
        at = self.clock.now()
        form = {name: value for name, value in pairs if value}
        own = [name for name, _ in pairs if name in CREDENTIALS | {"client_id"}]
        if len(own) != len(set(own)):
            raise InvalidRequestError("a parameter is there twice")
        client = self.authenticate(form, headers, at)
        if "request_uri" in form:
            raise InvalidRequestError("request_uri: not in a pushed request")
        if form.get("client_id", client.id) != client.id:
            raise InvalidRequestError("client_id: of another client")
        kept = self._checked(pairs, client, self.proofs(proofs, method="POST", url=self.url, at=at), at)
        name = new_token()
        with self.new_work() as work:
            PushedRequests(work.db).add(digest(name), client.id, kept, at, at + LIFE)
            work.journal.append("request-pushed", f"client/{client.id}", f"client {client.id}", {})
        return {"request_uri": PREFIX + name, "expires_in": int(LIFE.total_seconds())}

    def _checked(
        self, pairs: Sequence[tuple[str, str]], client: Client, key: str | None, at: datetime
    ) -> Mapping[str, str]:
        said = [pair for pair in pairs if pair[0] not in CREDENTIALS | {"client_id"}]
        try:
            request, _ = self.requests.read([("client_id", client.id), *said], at, pushed=True)
        except RequestUnanswerable as error:
            why = "redirect_uri: not registered" if error.reason == "redirect" else "the request cannot be read"
            raise InvalidRequestError(why) from error
        except RequestDenied as error:
            raise OAuth2Error(error=error.refusal.error, description=error.refusal.description) from error
        if key is not None and request.key not in ("", key):
            raise DpopRefused(description="dpop_jkt: not the key of the proof")
        bound = {} if key is None else {"dpop_jkt": key}
        scope = " ".join(request.scopes)
        return {**request.parameters, "redirect_uri": request.redirect_uri, "scope": scope, **bound}
