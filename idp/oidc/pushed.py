"""Names of pushed requests: what they look like, and what the authorization endpoint gets for one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from idp.model.authorization import AuthorizationRequest, RequestRefused
from idp.model.client import Client
from idp.oidc.requests import AuthorizationRequests, RequestDenied, RequestUnanswerable
from idp.oidc.tokens import digest
from idp.storage.pushed import PushedRequests
from trust.storage.database import Database

PREFIX: Final = "urn:ietf:params:oauth:request_uri:"
LIFE: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Requests:
    """Reads requests of browsers: those that were pushed by their names, others as they stand.

    Args:
        database: where pushed requests wait.
        find: a client in use.
        spoken: reads those that were not pushed.
    """

    database: Database
    find: Callable[[str], Client | None] = field(repr=False)
    spoken: AuthorizationRequests

    def read(self, pairs: Sequence[tuple[str, str]], at: datetime) -> tuple[AuthorizationRequest, Client]:
        """Return the request and its client; a pushed one is used up by it, and what stands beside it is ignored.

        Raises:
            RequestUnanswerable: as `AuthorizationRequests.read`, or a name that is unknown, over, used or another's.
            RequestDenied: as `AuthorizationRequests.read`.
        Standard:
            RFC 9126, 4; RFC 9101, 5.
        """
        names = [value for name, value in pairs if name == "request_uri"]
        if not any(one.startswith(PREFIX) for one in names):
            return self.spoken.read(pairs, at)
        clients = [value for name, value in pairs if name == "client_id"]
        if len(names) > 1 or len(clients) > 1 or any("\0" in one for one in clients):
            raise RequestUnanswerable("malformed")
        client = self.find(clients[0]) if clients else None
        if client is None:
            raise RequestUnanswerable("client")
        with self.database.writing() as db:
            kept = PushedRequests(db).take(digest(names[0].removeprefix(PREFIX)), client.id, at)
        if kept is None:
            raise RequestUnanswerable("gone")
        address = kept["redirect_uri"]
        if not client.accepts_redirect(address):  # the registration changed meanwhile
            raise RequestUnanswerable("redirect")
        try:
            return AuthorizationRequest.parse(kept, address, kept["scope"]), client
        except RequestRefused as refusal:
            raise RequestDenied(refusal, address, kept.get("response_mode", "query"), kept.get("state")) from refusal
