"""Answer a client at the token endpoint."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidRequestError

from idp.model.client import Client
from idp.oidc import jose
from idp.oidc.call import Call
from idp.oidc.client_auth import ClientAuthenticator
from idp.oidc.id_token import at_hash
from idp.oidc.keys import SigningKeys
from idp.oidc.server import TokenServer
from trust.clock import Clock
from trust.storage.unit_of_work import NewWork

Prove = Callable[[Mapping[str, str], Client, datetime], tuple[str, str]]  # headers to thumbprint and kind of token


@dataclass(frozen=True, slots=True)
class IssueTokens:
    """Authenticate, redeem and record in one transaction, and sign after it.

    Args:
        new_work: opens the transaction.
        clock: what time it is.
        authenticate: tells which client asks.
        prove: the key that the tokens shall be bound to.
        server: Authlib's grants.
        keys: that sign ID tokens and access tokens.
    """

    new_work: NewWork
    clock: Clock
    authenticate: ClientAuthenticator
    prove: Prove = field(repr=False)
    server: TokenServer = field(repr=False)
    keys: SigningKeys

    def __call__(
        self, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, Any], Sequence[tuple[str, str]]]:
        """Return status, body and headers of the answer.

        Raises:
            OAuth2Error: the client or its proof of possession is refused.
        Standard:
            RFC 6749, 5; a code or refresh token that is used twice revokes its grant, whatever the answer.
        """
        at = self.clock.now()
        client = self.authenticate(form, headers, at)
        key, kind = self.prove(headers, client, at)
        if client.binds_tokens and not key:
            raise InvalidRequestError("this client's tokens are bound to a key, which has to be proven")
        with self.new_work() as work:
            call = Call(form, client, at, work, key, kind)
            status, body, more = self.server.create_token_response(call)
            if call.granted is not None:
                facts = {"client": client.id, "grant": form.get("grant_type", "")}
                work.journal.append("tokens-issued", f"grant/{call.granted.id}", f"client {client.id}", facts)
            if call.replayed is not None:
                facts = {"client": client.id, "why": "used twice"}
                work.journal.append("grant-revoked", f"grant/{call.replayed.id}", f"client {client.id}", facts)
        if call.access_claims is not None:
            access = jose.sign(self.keys.current("ES256"), call.access_claims, "at+jwt")
            body = {**body, "access_token": access}
            if call.id_claims is not None:
                call.id_claims["at_hash"] = at_hash(access)
        if call.id_claims is not None:
            signer = self.keys.current(client.id_token_alg)
            body = {**body, "id_token": jose.sign(signer, call.id_claims)}
        return status, body, more
