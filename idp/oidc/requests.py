"""Authorization requests as they arrive: whose they are, whether the address is registered, and what they ask."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from idp.model.authorization import RESPONSE_MODES, AuthorizationRequest, RequestRefused
from idp.model.client import OUR_SCOPES, Client
from idp.oidc.request_object import RequestObjects

MAX_PARAMETERS: Final = 60
MAX_VALUE: Final = 32_768
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)
_STATE: Final = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")


class RequestUnanswerable(Exception):
    """There is no address to which the answer could go: the browser gets a page; `reason` is a word for its text."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RequestDenied(Exception):
    """The request is refused at the client's address."""

    def __init__(self, refusal: RequestRefused, redirect_uri: str, mode: str, state: str | None) -> None:
        super().__init__(refusal.description)
        self.refusal, self.redirect_uri, self.mode, self.state = refusal, redirect_uri, mode, state


@dataclass(frozen=True, slots=True)
class AuthorizationRequests:
    """Reads requests; none is believed before its client and its address are known.

    Args:
        find: a client in use.
        objects: reads signed request objects.
    """

    find: Callable[[str], Client | None] = field(repr=False)
    objects: RequestObjects = field(repr=False)

    def read(
        self, pairs: Sequence[tuple[str, str]], at: datetime, *, pushed: bool = False
    ) -> tuple[AuthorizationRequest, Client]:
        """Return the request and its client.

        Args:
            pairs: names and values as they came.
            at: now.
            pushed: it came over the back channel.

        Raises:
            RequestUnanswerable: no such client, or an address that it did not register.
            RequestDenied: anything else.
        Standard:
            RFC 6749, 4.1.1 and 4.1.2.1; RFC 9700, 2.1; OpenID Connect Core 1.0, 3.1.2 and 6.
        """
        if len(pairs) > MAX_PARAMETERS or any(len(value) > MAX_VALUE or "\0" in value for _, value in pairs):
            raise RequestUnanswerable("malformed")
        counted = Counter(name for name, _ in pairs)
        said = {name: value for name, value in pairs if value}
        if counted["client_id"] > 1 or counted["redirect_uri"] > 1:
            raise RequestUnanswerable("malformed")
        client = self.find(said.get("client_id", ""))
        if client is None:
            raise RequestUnanswerable("client")
        address = said.get("redirect_uri", "")
        if not client.accepts_redirect(address):
            raise RequestUnanswerable("redirect")
        mode, state = said.get("response_mode", "query"), said.get("state")
        mode = mode if mode in RESPONSE_MODES else "query"
        if state is not None and not _STATE.fullmatch(state):
            raise RequestUnanswerable("malformed")
        try:
            _permit_once(counted)
            if counted["resource"] > 1:
                said["resource"] = " ".join(value for name, value in pairs if name == "resource")
            return self._checked(self.objects(said, client, at), client, address, pushed=pushed), client
        except RequestRefused as refusal:
            raise RequestDenied(refusal, address, mode, state) from refusal

    @staticmethod
    def _checked(said: Mapping[str, str], client: Client, address: str, *, pushed: bool) -> AuthorizationRequest:
        if said.get("redirect_uri", address) != address:
            raise RequestRefused("invalid_request", "redirect_uri: not the one outside the request object")
        kind = said.get("response_type")
        if kind is None:
            raise RequestRefused("invalid_request", "response_type: missing")
        if kind != "code":
            raise RequestRefused("unsupported_response_type", "response_type: code is the only one")
        if "authorization_code" not in client.grant_types:
            raise RequestRefused("unauthorized_client", "the client is not registered for codes")
        if client.pushes_requests and not pushed:
            raise RequestRefused("invalid_request", "the client has to push its requests")
        _pkce(said, client)
        scopes = " ".join(one for one in said.get("scope", "openid").split() if one in client.scopes)
        if not scopes:
            raise RequestRefused("invalid_scope", "scope: none that the client is registered for")
        return AuthorizationRequest.parse({**said, "client_id": client.id}, address, scopes)


def own_scopes(client: Client) -> frozenset[str]:
    """Return the scopes of a client that are about itself and no user."""
    return frozenset(client.scopes - set(OUR_SCOPES))


def _permit_once(counted: Mapping[str, int]) -> None:
    """Standard: RFC 6749, 3.1; RFC 8707, 2 for `resource`."""
    if any(count > 1 and name != "resource" for name, count in counted.items()):
        raise RequestRefused("invalid_request", "a parameter is there twice")


def _pkce(said: Mapping[str, str], client: Client) -> None:
    """Standard: RFC 7636, 4.3; RFC 9700, 2.1.1; OAuth 2.1 draft, 7.5.1 for the exception with a nonce."""
    challenge, method = said.get("code_challenge"), said.get("code_challenge_method")
    if challenge is None:
        if method is not None:
            raise RequestRefused("invalid_request", "code_challenge: missing")
        if client.pkce_required:
            raise RequestRefused("invalid_request", "code_challenge: required of this client (PKCE)")
        if "nonce" not in said:
            raise RequestRefused("invalid_request", "nonce: required where there is no code_challenge")
        return
    if method != "S256":
        raise RequestRefused("invalid_request", "code_challenge_method: S256 is the only one")
    if not _CHALLENGE.fullmatch(challenge):
        raise RequestRefused("invalid_request", "code_challenge: not the digest of a verifier")
