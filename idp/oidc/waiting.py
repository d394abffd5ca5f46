"""Finds requests that wait, and reads them back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from idp.errors import InteractionGone
from idp.model.authorization import AuthorizationRequest
from idp.model.client import Client
from idp.oidc.progress import Waiting
from idp.oidc.tokens import digest
from idp.storage.interactions import Interaction, Interactions


@dataclass(frozen=True, slots=True)
class WaitingRequests:
    """Requests under their handles.

    Args:
        find: a client in use.
    """

    find: Callable[[str], Client | None] = field(repr=False)

    def get(self, db: Connection, handle: str, browser: bytes, at: datetime) -> tuple[Interaction, Waiting]:
        """Return what waits under a handle in this browser.

        Raises:
            InteractionGone: nothing does, it is answered, its time is over, or its client is gone.
        """
        found = Interactions(db).find(digest(handle))
        if found is None or found.browser != browser or not found.open(at):
            raise InteractionGone("this sign-in is over, or belongs to another browser")
        if not found.client:
            return found, Waiting(_own(found), None, found.at, found.progress)
        client = self.find(found.client)
        said = found.parameters
        if client is None or not client.accepts_redirect(said["redirect_uri"]):
            raise InteractionGone("the platform is not registered any more")
        request = AuthorizationRequest.parse(said, said["redirect_uri"], said["scope"])
        return found, Waiting(request, client, found.at, found.progress)


def _own(found: Interaction) -> AuthorizationRequest:
    said = found.parameters
    claims = {"id_token": {"acr": {"essential": True, "values": [said["acr"]]}}} if said.get("acr") else {}
    age = int(said["max_age"]) if "max_age" in said else None
    return AuthorizationRequest("", said["then"], "query", (), said, max_age=age, claims=claims)
