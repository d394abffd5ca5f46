"""Assertions by which a client with a key proves who it is.

Standard:
    RFC 7523, 2.2 and 3; OpenID Connect Core 1.0, 9 (`private_key_jwt`); FAPI 2.0 Security Profile, 5.3.2.1.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from authlib.oauth2.rfc6749.errors import InvalidClientError

from idp.model.client import Client, Profile
from idp.oidc import jose
from idp.oidc.client_keys import ClientKeys, algorithms
from trust.web.dpop import ProofsSeen
from trust.web.jwt import Claims, TokenUnfit

TYPES: Final = ("", "jwt", "client-authentication+jwt")
LONGEST: Final = timedelta(minutes=5)
LONGEST_OF_LIBRARIES: Final = timedelta(hours=1)  # what widespread ones write and offer no way to change
MEMBER: Final = "token_endpoint_auth_signing_alg"


@dataclass(frozen=True, slots=True)
class AssertionVerifier:
    """Checks assertions, each of which counts once; the hook `verify_assertion` of `ClientAuthenticator`.

    Args:
        issuer: of this provider, which every client may name as the audience, and a `fapi2` client must.
        endpoints: of this provider, which other clients may name as well.
        keys: of clients.
        seen: takes the identifiers.
    """

    issuer: str
    endpoints: Collection[str]
    keys: ClientKeys
    seen: ProofsSeen

    def __call__(self, assertion: str, client: Client, at: datetime) -> None:
        """Return when the assertion proves that the client sent it; call it with no transaction open.

        Raises:
            InvalidClientError: it does not; the description says why.
        """
        try:
            claims = jose.verify(
                assertion,
                self.keys.of(client),
                algorithms=algorithms(client, MEMBER),
                types=TYPES,
                at=at,
                issuer=client.id,
            )
            until = self._read(claims, client, at)
            # The client is part of what is remembered: nobody can use up the identifiers of another.
            if not self.seen.take(f"{client.id}\0{claims.text('jti')}", until, at):
                raise TokenUnfit("the assertion was used before")  # noqa: TRY301  the one place that words it
        except TokenUnfit as error:
            raise InvalidClientError(description=f"client assertion: {error}", status_code=401) from error

    def _read(self, claims: Claims, client: Client, at: datetime) -> datetime:
        if claims.text("sub") != client.id:
            raise TokenUnfit("the assertion is about another client")
        strict = client.profile is Profile.FAPI2
        if strict and claims.values.get("aud") != self.issuer:
            raise TokenUnfit("the audience is the issuer alone, as a text")
        if not {self.issuer, *self.endpoints} & set(claims.audience()):
            raise TokenUnfit("the assertion is for somebody else")
        until = claims.instant("exp")
        if until > at + (LONGEST if strict else LONGEST_OF_LIBRARIES) + jose.LEEWAY:
            raise TokenUnfit("the assertion lives too long")
        return until
